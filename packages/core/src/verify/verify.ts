import { lstatSync } from "node:fs";
import { resolve } from "node:path";

import { isMd5Etag } from "../digest/etag.ts";
import { hashFile } from "../digest/hash-file.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { S3PinError } from "../errors.ts";
import { createIndexCursor } from "../local-index/index-cursor.ts";
import { defaultIndexFile, realPathOf } from "../local-index/index-location.ts";
import { openIndex } from "../local-index/open-index.ts";
import { entryIdentity, sameIdentity } from "../local-index/types.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { Manifest, ManifestEntry } from "../manifest/types.ts";
import { checkPath, TEMP_DIR_NAME } from "../paths/key-to-path.ts";
import { HOST_PLATFORM, resolverInRoot } from "../paths/resolve-in-root.ts";
import type { Progress, Proof } from "../progress.ts";
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
  let done = 0;
  let bytesDone = 0;
  const bytesTotal = manifest.entries.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  try {
    for (const entry of manifest.entries) {
      if (signal.aborted) throw new S3PinError("ABORTED", "Stopped on request");
      report(await verifyEntry(entry));
      onProgress({ phase: "plan", done: ++done, total: manifest.entries.length, bytesDone, bytesTotal });
    }
  } finally {
    reader.close();
  }
  if (!extraFilesOk) {
    const wanted = new Set(manifest.entries.map(({ path }) => path));
    for (const path of walkRoot(root, "", TEMP_DIR_NAME).files.sort(compareUtf8))
      if (!wanted.has(path)) report({ kind: "extra", path });
  }
  const ok = counts.verified === manifest.entries.length && counts.extra === 0;
  return { entries: manifest.entries.length, counts, ok };

  async function verifyEntry(entry: ManifestEntry): Promise<VerifyFinding> {
    const { path, sizeBytes, etag } = entry;
    if (checkPath(path, HOST_PLATFORM, sizeBytes) !== undefined) return { kind: "missing", path };
    if (path.endsWith("/"))
      return directories.state(path.slice(0, -1)) === "directory"
        ? { kind: "verified", path, proof: "md5" }
        : { kind: "missing", path };
    if (directories.state(parentOf(path)) !== "directory") return { kind: "missing", path };
    const file = toFile(path);
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return { kind: "missing", path };
    const differs = (expected: string, found: string): VerifyFinding => ({ kind: "differs", path, expected, found });
    if (!stat.isFile())
      return differs(
        "a file",
        stat.isSymbolicLink() ? "a symlink" : stat.isDirectory() ? "a directory" : "a special file",
      );
    if (sizeBytes !== undefined && stat.size !== sizeBytes) return differs(`${sizeBytes} bytes`, `${stat.size} bytes`);
    const digest = await hashFile(file, { sizeBytes, etag }, signal).catch((error) => {
      throw fileSystemError(error, file);
    });
    bytesDone += digest.sizeBytes;
    if (digest.proof !== undefined) return { kind: "verified", path, proof: digest.proof };
    const row = index.find(path);
    if (row !== undefined && sameIdentity(row.identity, entryIdentity(entry)))
      return row.md5 === digest.md5
        ? { kind: "verified", path, proof: "index" }
        : differs(`MD5 ${row.md5} (remembered from its download)`, `MD5 ${digest.md5}`);
    if (isMd5Etag(etag)) return differs(`MD5 ${etag.toLowerCase()}`, `MD5 ${digest.md5}`);
    return { kind: "unproven", path, md5: digest.md5 };
  }
}
