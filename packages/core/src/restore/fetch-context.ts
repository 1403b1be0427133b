import type { DigestResult } from "../digest/content-digest.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { Proof } from "../progress.ts";
import type { RetryOptions } from "../retry/with-retry.ts";
import type { GetVersionRequest, ObjectHead, ObjectStore } from "../s3/object-store.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { PieceFetcher } from "./fetch-piece.ts";
import type { TempDir, TempFile, TempFiles } from "./temp-dir.ts";

/** What fetching needs besides the entry. */
export interface FetchContext {
  readonly store: ObjectStore;
  readonly tempDir: TempDir;
  /** For ranges that wait in memory for their turn to be hashed. */
  readonly budget: ByteBudget;
  readonly retry: RetryOptions;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
  /** Fetches the pieces of large objects. */
  readonly pieces: PieceFetcher;
  /** Pieces of one object under way at once. */
  readonly piecesInFlight: number;
}

/** The object of an entry. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** A fetched and verified file, not yet at its place. */
export interface FetchedFile {
  readonly file: TempFile;
  readonly digest: DigestResult;
  readonly proof: Proof;
  /** What the store says, for manifests that do not. */
  readonly lastModifiedMs: number | undefined;
}

export function getRequest(entry: ManifestEntry, address: ObjectAddress): GetVersionRequest {
  return {
    ...address,
    versionId: entry.versionId,
    // The null version is the one that can be overwritten.
    ...(entry.versionId === "null" && entry.etag !== undefined ? { ifMatch: entry.etag } : {}),
  };
}

/**
 * Refuses an answer that is not of the pinned version: some stores ignore `versionId` and answer with what is current.
 * @throws {S3PinError} `WRONG_VERSION`
 */
export function checkHead(entry: ManifestEntry, head: ObjectHead): void {
  const wrong = (expected: string, found: string) =>
    new S3PinError(
      "WRONG_VERSION",
      `${printable(entry.path)}: the store answered with another version than the pinned one (expected ${printable(expected)}, found ${printable(found)})`,
      {
        hint: "Does the store know versions, and is its bucket versioned? s3pin accepts no other bytes than the pinned ones.",
        details: { path: entry.path, expected, found },
      },
    );
  if (head.versionId !== entry.versionId && !(entry.versionId === "null" && head.versionId === undefined))
    throw wrong(
      `version ${entry.versionId}`,
      head.versionId === undefined ? "no x-amz-version-id" : `version ${head.versionId}`,
    );
  if (entry.etag !== undefined && head.etag !== undefined && head.etag !== entry.etag)
    throw wrong(`ETag ${entry.etag}`, `ETag ${head.etag}`);
}

/** @throws {S3PinError} `SIZE_MISMATCH`, `DIGEST_MISMATCH` when the bytes are not the pinned ones */
export function judged(
  entry: ManifestEntry,
  digest: DigestResult,
): { readonly digest: DigestResult; readonly proof: Proof } {
  if (entry.sizeBytes !== undefined && digest.sizeBytes !== entry.sizeBytes)
    throw sizeMismatch(entry, digest.sizeBytes);
  if (digest.mismatch !== undefined)
    throw new S3PinError(
      "DIGEST_MISMATCH",
      `${printable(entry.path)}: the bytes that came are not the pinned ones (expected ${digest.mismatch.expected}, found ${digest.mismatch.found})`,
      {
        hint: "They were thrown away. If it stays so, the object is damaged at the store or something between changes it.",
        details: { path: entry.path, ...digest.mismatch },
      },
    );
  return { digest, proof: digest.proof ?? "version-id" };
}

export function sizeMismatch(entry: ManifestEntry, found: number, expected = entry.sizeBytes): S3PinError {
  return new S3PinError(
    "SIZE_MISMATCH",
    `${printable(entry.path)}: ${found} bytes came where ${expected} were expected`,
    {
      hint: "Is the manifest's size right? Pin again if it was edited.",
      details: { path: entry.path, expected, found },
    },
  );
}

/** @throws {S3PinError} the disk's */
export function createTempFile(tempDir: TempFiles, entry: ManifestEntry): TempFile {
  try {
    return tempDir.create();
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}

/** @throws {S3PinError} the disk's */
export function writeChunk(file: TempFile, chunk: Uint8Array, offset: number | undefined, entry: ManifestEntry): void {
  try {
    file.write(chunk, offset);
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}
