/** Switches that make the sandbox answer as another server does. All off, it answers as AWS does. */
export interface Quirks {
  /** `encoding-type=url` is taken and ignored: plain keys, no EncodingType (SeaweedFS, versitygw, MiniStack, moto). */
  ignoreEncodingType: boolean;
  /** A page of versions begins with the last row of the page before; with max-keys 1 that never ends (versitygw). */
  duplicateRowsAtPageBorders: boolean;
  /** A delete marker answers 404 NoSuchKey without its header, by version too (radosgw, SeaweedFS). */
  markersNotFoundAs404: boolean;
  /** NextKeyMarker is not a key: `key[minio_cache:v2,return:]` (MinIO). */
  opaqueKeyMarker: boolean;
  /** A page brings its delete markers first, then its versions (versitygw, moto). */
  deleteMarkersFirst: boolean;
  /** Keys are listed in the order of UTF-16 units (S3Proxy, S3Mock). */
  utf16Order: boolean;
  /** Lists show the real milliseconds of LastModified (MinIO, radosgw, MiniStack). */
  fractionalLastModified: boolean;
  /** Lists show LastModified without a fraction (SeaweedFS, S3Proxy, versitygw). */
  noFractionLastModified: boolean;
  /** `encoding-type=url` writes a blank as `%20` (radosgw, S3Proxy, S3Mock). */
  urlEncodeSpaceAsPercent20: boolean;
  /** Every page of versions is the first one, truncated, with the same markers. */
  endlessListing: boolean;
  /** The `null` version is listed last within its key, latest or not (SeaweedFS). */
  nullListedLast: boolean;
  /** No checksum is shown anywhere (radosgw 16). Wrong ones are still refused. */
  noChecksums: boolean;
  /** The most rows a page of a list may have, at most 1,000. */
  pageSize: number;
}

/** Rows a page: S3's limit. */
const MAX_PAGE_SIZE = 1000;

/** AWS's ways. */
export const awsQuirks: Readonly<Quirks> = {
  ignoreEncodingType: false,
  duplicateRowsAtPageBorders: false,
  markersNotFoundAs404: false,
  opaqueKeyMarker: false,
  deleteMarkersFirst: false,
  utf16Order: false,
  fractionalLastModified: false,
  noFractionLastModified: false,
  urlEncodeSpaceAsPercent20: false,
  endlessListing: false,
  nullListedLast: false,
  noChecksums: false,
  pageSize: MAX_PAGE_SIZE,
};

/** The given switches over AWS's ways. */
export function withAwsDefaults(quirks: Partial<Quirks>): Readonly<Quirks> {
  const merged = { ...awsQuirks, ...quirks };
  if (!(merged.pageSize >= 1 && merged.pageSize <= MAX_PAGE_SIZE)) {
    throw new RangeError(`pageSize must be 1 to ${MAX_PAGE_SIZE}, not ${merged.pageSize}`);
  }
  return merged;
}
