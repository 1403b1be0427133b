/** One line of a manifest: an object version, and where it lands below the root. */
export interface ManifestEntry {
  /** Where the entry lands below the root, `/`-separated; the object's key is the source's prefix followed by it. */
  readonly path: string;
  /** S3's opaque id of the version; the text `null` is a valid one. */
  readonly versionId: string;
  /** Bytes; undefined when the file does not say. */
  readonly sizeBytes: number | undefined;
  /** The ETag without its quotes; an MD5 only for some objects. */
  readonly etag: string | undefined;
  /** Milliseconds since 1970, UTC. */
  readonly lastModifiedMs: number | undefined;
  /** `s3://bucket/` or `s3://bucket/prefix/`; undefined when neither the file nor the caller says. */
  readonly source: string | undefined;
  /** The cells of the columns that s3pin does not know, in the order of {@link Manifest.extraColumns}. */
  readonly extra: readonly string[] | undefined;
}

/** A manifest in memory. */
export interface Manifest {
  /** Sorted by path in UTF-8 byte order, each path once. */
  readonly entries: readonly ManifestEntry[];
  /** Names of the columns that s3pin does not know, in file order; they are carried through. */
  readonly extraColumns: readonly string[];
}

/** How a manifest file is written. */
export type ManifestFormat = "s3pin" | "seed" | "aws-rollback";

/** One thing that is wrong with a manifest file. */
export interface ManifestProblem {
  /** 1-based line of the file. */
  readonly line: number;
  /** 1-based column (character) within the line, where known. */
  readonly column: number | undefined;
  readonly found: string;
  readonly expected: string;
}
