/**
 * What s3pin remembers of one file below the root. The index is a cache: it may be lost or stale at any time, and then
 * costs time, never correctness.
 */
export interface IndexRow {
  /** Below the root, `/`-separated. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Nanoseconds since 1970; {@link UNTRUSTED_MTIME} when the stat proves nothing. */
  readonly mtimeNs: bigint;
  /** The MD5 in lower-case hex, or another checksum with its name; see `DigestResult.digest`. */
  readonly digest: string;
  /** The version whose bytes the file was last proven to hold; undefined when it was only hashed. */
  readonly identity: Identity | undefined;
}

/** What tells one version of one object from all others. */
export interface Identity {
  readonly source: string;
  readonly versionId: string;
  /** Guards the mutable `null` version; empty when the manifest does not say. */
  readonly etag: string;
}

/** An mtime that no file has: the row's stat is not to be trusted, its digest is. */
export const UNTRUSTED_MTIME = -1n;

/**
 * A file touched in the same tick of the file system's clock as it was hashed may have changed after; FAT's ticks last
 * two seconds, all others less. Git calls such entries "racily clean".
 * @see https://git-scm.com/docs/racy-git
 */
const RACY_NS = 2_000_000_000n;

/** The mtime to remember for a file that was hashed at `nowNs`. */
export function trustedMtime(mtimeNs: bigint, nowNs: bigint): bigint {
  return mtimeNs > nowNs - RACY_NS ? UNTRUSTED_MTIME : mtimeNs;
}

/** The identity of a manifest's entry; undefined without a source, since then nothing tells two buckets apart. */
export function entryIdentity(entry: {
  readonly source: string | undefined;
  readonly versionId: string;
  readonly etag: string | undefined;
}): Identity | undefined {
  return entry.source === undefined
    ? undefined
    : { source: entry.source, versionId: entry.versionId, etag: entry.etag ?? "" };
}

/** Whether two identities name the same bytes. */
export function sameIdentity(a: Identity | undefined, b: Identity | undefined): boolean {
  return (
    a !== undefined && b !== undefined && a.versionId === b.versionId && a.etag === b.etag && a.source === b.source
  );
}
