import { lstatSync } from "node:fs";
import { resolve } from "node:path";

import type { DigestResult } from "../digest/content-digest.ts";
import { isMd5Etag } from "../digest/etag.ts";
import { createHashPool, cutIntoBatches, type HashJob } from "../digest/hash-pool.ts";
import { S3PinError } from "../errors.ts";
import { createIndexCursor } from "../local-index/index-cursor.ts";
import { defaultIndexFile, realPathOf } from "../local-index/index-location.ts";
import { openIndex } from "../local-index/open-index.ts";
import { entryIdentity, type IndexRow, sameIdentity } from "../local-index/types.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { Manifest, ManifestEntry } from "../manifest/types.ts";
import { checkPath, TEMP_DIR_NAME } from "../paths/key-to-path.ts";
import { HOST_PLATFORM, resolverInRoot } from "../paths/resolve-in-root.ts";
import type { Progress, Proof } from "../progress.ts";
import { fileState, MISSING } from "../restore/file-state.ts";
import { createRootDirectories, parentOf } from "../restore/root-directories.ts";
import { walkRoot } from "../restore/walk-root.ts";

export interface VerifyOptions {
  readonly manifest: Manifest;
  readonly root: string;
  /** Where the local index is: it remembers the MD5 of bytes whose ETag is none. @default as for restore */
  readonly indexFile?: string | undefined;
  /** Do not report files that the manifest does not have. @default false */
  readonly extraFilesOk?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told of each entry that is not as pinned, and of each that is. */
  readonly onPath?: ((finding: VerifyFinding) => void) | undefined;
}

/** What verifying found at one path. */
export type VerifyFinding =
  | { readonly kind: "verified"; readonly path: string; readonly proof: Proof }
  | { readonly kind: "missing"; readonly path: string }
  | { readonly kind: "differs"; readonly path: string; readonly expected: string; readonly found: string }
  /** The manifest says nothing by which the bytes could be told: an ETag that is no MD5, and no memory of a download. */
  | { readonly kind: "unproven"; readonly path: string; readonly md5: string }
  | { readonly kind: "extra"; readonly path: string };

export interface VerifyReport {
  readonly entries: number;
  readonly counts: Readonly<Record<VerifyFinding["kind"], number>>;
  /** Whether every entry was verified and, unless they are allowed, no file is extra. */
  readonly ok: boolean;
}

/**
 * Hashes every file against the manifest: stats, mtimes and sizes in the index prove nothing here. Where an ETag is no MD5
 * the digest is compared with the one that was computed when the version was downloaded.
 * @throws {S3PinError} `ROOT_INVALID`, `ABORTED`, or the disk's errors
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { manifest, extraFilesOk = false, onPath = () => {}, onProgress = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  const root = realPathOf(options.root);
  if (lstatSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new S3PinError("ROOT_INVALID", `${root} is not a directory`, {
      hint: "Name the directory that was restored into.",
    });
  const reader = openIndex(resolve(options.indexFile ?? defaultIndexFile(root)));
  const index = createIndexCursor(reader.rows());
  const directories = createRootDirectories(root);
  const toFile = resolverInRoot(root);
  const counts = { verified: 0, missing: 0, differs: 0, unproven: 0, extra: 0 };
  const report = (finding: VerifyFinding) => {
    counts[finding.kind]++;
    onPath(finding);
  };
  const hashPool = createHashPool(signal);
  const bytesTotal = manifest.entries.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  hashPool.expect(bytesTotal);
  let done = 0;
  let bytesDone = 0;
  try {
    for (let at = 0; at < manifest.entries.length; at += ENTRIES_AT_ONCE) {
      if (signal.aborted) throw stopped();
      const entries = manifest.entries.slice(at, at + ENTRIES_AT_ONCE);
      const looks = entries.map(lookAt);
      const digests = hashFiles(looks.filter((look) => look.kind === "hash"));
      await hashPool.help();
      const byFile = await digests;
      for (const look of looks) {
        report(look.kind === "hash" ? judge(look, byFile.get(look.file)) : look.finding);
        onProgress({ phase: "plan", done: ++done, total: manifest.entries.length, bytesDone, bytesTotal });
      }
    }
  } catch (error) {
    throw signal.aborted ? stopped() : error;
  } finally {
    hashPool.close();
    reader.close();
  }
  if (!extraFilesOk) {
    const wanted = new Set(manifest.entries.map(({ path }) => path));
    for (const path of walkRoot(root, "", TEMP_DIR_NAME).files.sort(compareUtf8))
      if (!wanted.has(path)) report({ kind: "extra", path });
  }
  const ok = counts.verified === manifest.entries.length && counts.extra === 0;
  return { entries: manifest.entries.length, counts, ok };

  /** What can be said of an entry without reading its file. */
  function lookAt(entry: ManifestEntry): Look {
    const { path, sizeBytes, etag } = entry;
    const row = index.find(path);
    const found = (finding: VerifyFinding): Look => ({ kind: "finding", finding });
    if (checkPath(path, HOST_PLATFORM, sizeBytes) !== undefined) return found({ kind: "missing", path });
    if (path.endsWith("/"))
      return directories.state(path.slice(0, -1)) === "directory"
        ? found({ kind: "verified", path, proof: "md5" })
        : found({ kind: "missing", path });
    const file = toFile(path);
    const state = directories.state(parentOf(path)) === "directory" ? fileState(file) : MISSING;
    if (state.kind === "missing") return found({ kind: "missing", path });
    if (state.kind !== "file") return found(differs(path, "a file", `a ${state.kind}`));
    if (sizeBytes !== undefined && state.sizeBytes !== sizeBytes)
      return found(differs(path, `${sizeBytes} bytes`, `${state.sizeBytes} bytes`));
    return { kind: "hash", entry, row, file, sizeBytes: state.sizeBytes, etag, remembered: row?.digest };
  }

  async function hashFiles(jobs: readonly HashJob[]): Promise<ReadonlyMap<string, DigestResult>> {
    const byFile = new Map<string, DigestResult>();
    const hashing: Promise<void>[] = [];
    for (const batch of cutIntoBatches(jobs)) {
      const added = hashPool.add(
        batch.map(({ file, sizeBytes, etag, remembered }) => ({ file, sizeBytes, etag, remembered })),
      );
      const settled = added.then((digests) => {
        for (const [number, digest] of digests.entries()) {
          byFile.set(batch[number]?.file ?? "", digest);
          bytesDone += digest.sizeBytes;
        }
      });
      settled.catch(() => {});
      hashing.push(settled);
    }
    await Promise.all(hashing);
    return byFile;
  }
}

/** Entries that are looked at before their findings are told, in order. */
const ENTRIES_AT_ONCE = 4_096;

type Look = { readonly kind: "finding"; readonly finding: VerifyFinding } | HashLook;

interface HashLook extends HashJob {
  readonly kind: "hash";
  readonly entry: ManifestEntry;
  readonly row: IndexRow | undefined;
}

function judge({ entry, row }: HashLook, digest: DigestResult | undefined): VerifyFinding {
  const { path, etag } = entry;
  if (digest === undefined) return { kind: "missing", path };
  if (digest.proof !== undefined) return { kind: "verified", path, proof: digest.proof };
  if (row !== undefined && sameIdentity(row.identity, entryIdentity(entry)))
    return digest.isRemembered
      ? { kind: "verified", path, proof: "index" }
      : differs(
          path,
          `${words(row.digest)} (remembered from its download)`,
          isMd5Etag(row.digest) ? words(digest.digest) : "other bytes",
        );
  if (isMd5Etag(etag)) return differs(path, `MD5 ${etag.toLowerCase()}`, words(digest.digest));
  return { kind: "unproven", path, md5: digest.digest };
}

function words(digest: string): string {
  return isMd5Etag(digest) ? `MD5 ${digest}` : digest;
}

function differs(path: string, expected: string, found: string): VerifyFinding {
  return { kind: "differs", path, expected, found };
}

function stopped(): S3PinError {
  return new S3PinError("ABORTED", "Stopped on request");
}
