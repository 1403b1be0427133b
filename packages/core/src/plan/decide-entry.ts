import type { DigestResult } from "../digest/content-digest.ts";
import { isMd5Etag, multipartEtagParts } from "../digest/etag.ts";
import { entryIdentity, type Identity, type IndexRow, sameIdentity } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { Proof } from "../progress.ts";
import type { FetchReason, FileState } from "./types.ts";

/** What is known of one entry before its file is read. */
export type Decision =
  | { readonly kind: "keep"; readonly proof: Proof; readonly row: IndexRow }
  /** Only the file's bytes can tell. */
  | { readonly kind: "hash" }
  | { readonly kind: "fetch"; readonly reason: FetchReason };

/**
 * The trust ladder before reading the file:
 *
 * | file    | index row                    | then  |
 * |---------|------------------------------|-------|
 * | missing | any                          | fetch |
 * | symlink | any                          | fetch: it is replaced |
 * | file    | same stat, same identity     | keep  |
 * | file    | same stat, MD5 is the ETag   | keep  |
 * | file    | same stat, MD5 is not the ETag | fetch |
 * | file of another size | any             | fetch |
 * | file    | other stat or no row         | hash  |
 *
 * Where the ETag or what is known is no MD5, that proves nothing either way, so the file is hashed.
 */
export function decideEntry(
  entry: ManifestEntry,
  state: FileState,
  row: IndexRow | undefined,
  rehash: boolean,
): Decision {
  switch (state.kind) {
    case "missing":
    case "directory":
    case "special":
      return { kind: "fetch", reason: "missing" };
    case "symlink":
      return { kind: "fetch", reason: "symlink" };
    case "file":
  }
  if (entry.sizeBytes !== undefined && state.sizeBytes !== entry.sizeBytes) return { kind: "fetch", reason: "size" };
  if (row === undefined || rehash || row.sizeBytes !== state.sizeBytes || row.mtimeNs !== state.mtimeNs)
    return couldBeProven(entry, row) ? { kind: "hash" } : { kind: "fetch", reason: "unproven" };
  const identity = entryIdentity(entry);
  if (sameIdentity(identity, row.identity)) return { kind: "keep", proof: "index", row };
  if (isMd5Etag(entry.etag) && isMd5Etag(row.digest))
    return entry.etag.toLowerCase() === row.digest
      ? { kind: "keep", proof: "md5", row: { ...row, identity } }
      : { kind: "fetch", reason: "content" };
  return couldBeProven(entry, row) ? { kind: "hash" } : { kind: "fetch", reason: "unproven" };
}

/**
 * The trust ladder after the file was read: its digest, or what the index remembers of a file with that digest.
 * @param digest of a hash job whose `remembered` is the row's
 */
export function decideHashed(
  entry: ManifestEntry,
  digest: DigestResult,
  row: IndexRow | undefined,
  mtimeNs: bigint,
): Exclude<Decision, { kind: "hash" }> {
  const identity = entryIdentity(entry);
  const keep = (proof: Proof): Decision & { kind: "keep" } => ({
    kind: "keep",
    proof,
    row: { path: entry.path, sizeBytes: digest.sizeBytes, mtimeNs, digest: digest.digest, identity },
  });
  if (digest.proof !== undefined) return keep(digest.proof);
  if (remembers(row, identity) && digest.isRemembered) return keep("index");
  return { kind: "fetch", reason: digest.mismatch === undefined ? "unproven" : "content" };
}

/** Whether reading the file can lead to a proof at all. */
function couldBeProven(entry: ManifestEntry, row: IndexRow | undefined): boolean {
  return isMd5Etag(entry.etag) || multipartEtagParts(entry.etag) !== undefined || remembers(row, entryIdentity(entry));
}

function remembers(row: IndexRow | undefined, identity: Identity | undefined): row is IndexRow {
  return row !== undefined && sameIdentity(row.identity, identity);
}
