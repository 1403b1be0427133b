/** One row of a versions listing: a version of an object, or a delete marker. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  /** As the store says; some stores say it of a row that is not the first of its key. */
  readonly isLatest: boolean;
  /** Milliseconds since 1970, UTC; whole seconds on AWS. */
  readonly lastModifiedMs: number;
  /** Bytes; 0 for a delete marker. */
  readonly sizeBytes: number;
  /** Without its quotes; empty for a delete marker. */
  readonly etag: string;
}

/** One page of ListObjectVersions, rows in document order. */
export interface VersionsPage {
  readonly rows: readonly ObjectVersion[];
  readonly isTruncated: boolean;
  /** To be given back untouched: on some stores it is not a key. */
  readonly nextKeyMarker: string | undefined;
  readonly nextVersionIdMarker: string | undefined;
}
