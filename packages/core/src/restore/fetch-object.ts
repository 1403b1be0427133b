import { ContentDigest, type DigestResult } from "../digest/content-digest.ts";
import { isMd5Etag } from "../digest/etag.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { isS3PinError, printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { Proof } from "../progress.ts";
import { type RetryOptions, withRetry } from "../retry/with-retry.ts";
import type { GetVersionRequest, ObjectHead, ObjectStore } from "../s3/object-store.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { TempDir, TempFile } from "./temp-dir.ts";

/** Above this an object comes in parallel ranges: one connection gives only a share of the line. */
export const LARGE_OBJECT_BYTES = 32 * 1024 * 1024;

/** S3's guide advises ranges of 8 to 16 MiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html */
const RANGE_BYTES = 8 * 1024 * 1024;

/** Ranges of one object under way at once. */
const RANGES_IN_FLIGHT = 8;

/** What fetching needs besides the entry. */
export interface FetchContext {
  readonly store: ObjectStore;
  readonly tempDir: TempDir;
  /** For parts that wait in memory for their turn to be hashed. */
  readonly budget: ByteBudget;
  readonly retry: RetryOptions;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/** A fetched and verified file, not yet at its place. */
export interface FetchedFile {
  readonly file: TempFile;
  readonly digest: DigestResult;
  readonly proof: Proof;
  /** What the store says, for manifests that do not. */
  readonly lastModifiedMs: number | undefined;
}

/** The object of an entry. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Fetches one pinned version into a temporary file, hashing it on the way.
 * @throws {S3PinError} of the last attempt; the temporary file is gone then
 */
export async function fetchObject(
  entry: ManifestEntry,
  address: ObjectAddress,
  context: FetchContext,
): Promise<FetchedFile> {
  const { sizeBytes } = entry;
  if (sizeBytes !== undefined && sizeBytes > LARGE_OBJECT_BYTES) {
    const attempt = () => fetchInRanges(entry, address, sizeBytes, context);
    // Each range has its own retries, so only a wrong digest of the whole is worth a second round.
    const inRanges = await attempt().catch((error) => {
      if (isS3PinError(error) && error.code === "DIGEST_MISMATCH") return attempt();
      throw error;
    });
    if (inRanges !== undefined) return inRanges;
  }
  return withRetry(() => fetchWhole(entry, address, context), context.retry);
}

async function fetchWhole(entry: ManifestEntry, address: ObjectAddress, context: FetchContext): Promise<FetchedFile> {
  let file: TempFile | undefined;
  let digest: ContentDigest | undefined;
  let lastModifiedMs: number | undefined;
  let received = 0;
  try {
    await context.store.getVersion(
      getRequest(entry, address),
      {
        start(head) {
          checkHead(entry, head);
          if (
            entry.sizeBytes !== undefined &&
            head.contentLength !== undefined &&
            head.contentLength !== entry.sizeBytes
          )
            throw sizeMismatch(entry, head.contentLength);
          digest = contentDigest(entry, head);
          lastModifiedMs = head.lastModifiedMs;
          file = createTempFile(context.tempDir, entry);
        },
        write(chunk) {
          received += chunk.length;
          context.onBytes(chunk.length);
          digest?.update(chunk);
          writeChunk(file, chunk, undefined, entry);
          return undefined;
        },
      },
      context.signal,
    );
    if (file === undefined || digest === undefined)
      throw new S3PinError("SHORT_BODY", `No body came for ${printable(entry.path)}`);
    return { ...verified(entry, file, digest), lastModifiedMs };
  } catch (error) {
    file?.discard();
    context.onBytes(-received);
    throw error;
  }
}

/**
 * Fetches an object in parallel ranges. Each range waits in memory until all before it were hashed, so the digest runs in
 * order and no byte is read again; the budget bounds what waits. Undefined when the store ignores ranges.
 */
async function fetchInRanges(
  entry: ManifestEntry,
  address: ObjectAddress,
  sizeBytes: number,
  context: FetchContext,
): Promise<FetchedFile | undefined> {
  const count = Math.ceil(sizeBytes / RANGE_BYTES);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  let digest: ContentDigest | undefined;
  let lastModifiedMs: number | undefined;
  let received = 0;
  let hashed: Promise<void> = Promise.resolve();
  let next = 0;
  const file = createTempFile(context.tempDir, entry);

  const fetchRange = async (number: number): Promise<void> => {
    const first = number * RANGE_BYTES;
    const length = Math.min(RANGE_BYTES, sizeBytes - first);
    const before = hashed;
    let turnDone: () => void = () => {};
    hashed = new Promise((resolve) => {
      turnDone = resolve;
    });
    // In order, so that the range whose turn it is never waits for memory that later ones hold.
    await context.budget.take(length);
    try {
      const bytes = await withRetry(
        async () => {
          const part = await readRange(entry, address, [first, first + length - 1], { ...context, signal }, (head) => {
            digest ??= contentDigest(entry, head);
            lastModifiedMs = head.lastModifiedMs;
          });
          context.onBytes(part.length);
          received += part.length;
          return part;
        },
        { ...context.retry, signal },
      );
      writeChunk(file, bytes, first, entry);
      await before;
      if (!signal.aborted) digest?.update(bytes);
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      context.budget.give(length);
      turnDone();
    }
  };
  const worker = async () => {
    while (next < count && !signal.aborted) await fetchRange(next++);
  };

  try {
    const outcomes = await Promise.allSettled(Array.from({ length: Math.min(RANGES_IN_FLIGHT, count) }, worker));
    const failure = outcomes
      .map((outcome) => (outcome.status === "rejected" ? outcome.reason : undefined))
      .find(isFirstCause);
    if (failure !== undefined) throw failure;
    context.signal.throwIfAborted();
    if (digest === undefined) throw new S3PinError("SHORT_BODY", `No body came for ${printable(entry.path)}`);
    return { ...verified(entry, file, digest), lastModifiedMs };
  } catch (error) {
    file.discard();
    context.onBytes(-received);
    if (error instanceof RangesIgnored) return undefined;
    throw error;
  }
}

/** The failure that stopped the other ranges, not their having been stopped. */
function isFirstCause(reason: unknown): boolean {
  return reason !== undefined && !(isS3PinError(reason) && reason.code === "ABORTED");
}

/** A 200 to a Range request: legal, and the object then starts over as a whole. */
class RangesIgnored extends Error {}

async function readRange(
  entry: ManifestEntry,
  address: ObjectAddress,
  range: readonly [number, number],
  { store, signal }: FetchContext,
  onHead: (head: ObjectHead) => void,
): Promise<Buffer> {
  const length = range[1] - range[0] + 1;
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  await store.getVersion(
    { ...getRequest(entry, address), range, ...(entry.etag === undefined ? {} : { ifMatch: entry.etag }) },
    {
      start(head) {
        if (head.status === 200) throw new RangesIgnored();
        checkHead(entry, head);
        if (head.contentLength !== undefined && head.contentLength !== length)
          throw sizeMismatch(entry, head.contentLength, length);
        onHead(head);
      },
      write(chunk) {
        if (filled + chunk.length > length) return Promise.reject(sizeMismatch(entry, filled + chunk.length, length));
        bytes.set(chunk, filled);
        filled += chunk.length;
        return undefined;
      },
    },
    signal,
  );
  if (filled !== length)
    throw new S3PinError("SHORT_BODY", `${printable(entry.path)}: ${filled} of ${length} bytes came`);
  return bytes;
}

function getRequest(entry: ManifestEntry, address: ObjectAddress): GetVersionRequest {
  return {
    ...address,
    versionId: entry.versionId,
    // The null version is the one that can be overwritten.
    ...(entry.versionId === "null" && entry.etag !== undefined ? { ifMatch: entry.etag } : {}),
    checksums: !isMd5Etag(entry.etag),
  };
}

/** Some stores ignore `versionId` and answer with whatever is current. */
function checkHead(entry: ManifestEntry, head: ObjectHead): void {
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

function contentDigest(entry: ManifestEntry, head: ObjectHead): ContentDigest {
  return new ContentDigest({
    sizeBytes: entry.sizeBytes ?? head.contentLength,
    etag: entry.etag ?? head.etag,
    etagMayBeMd5: head.etagMayBeMd5,
    // With a range they may be those of a part.
    checksums: head.status === 200 ? head.checksums : {},
  });
}

function verified(entry: ManifestEntry, file: TempFile, running: ContentDigest): Omit<FetchedFile, "lastModifiedMs"> {
  const digest = running.finish();
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
  return { file, digest, proof: digest.proof ?? "version-id" };
}

function sizeMismatch(entry: ManifestEntry, found: number, expected = entry.sizeBytes): S3PinError {
  return new S3PinError(
    "SIZE_MISMATCH",
    `${printable(entry.path)}: ${found} bytes came where ${expected} were expected`,
    {
      hint: "Is the manifest's size right? Pin again if it was edited.",
      details: { path: entry.path, expected, found },
    },
  );
}

function createTempFile(tempDir: TempDir, entry: ManifestEntry): TempFile {
  try {
    return tempDir.create();
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}

function writeChunk(
  file: TempFile | undefined,
  chunk: Uint8Array,
  offset: number | undefined,
  entry: ManifestEntry,
): void {
  try {
    file?.write(chunk, offset);
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}
