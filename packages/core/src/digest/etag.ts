/** Whether an ETag looks like an MD5: 32 hex digits. With SSE-KMS or SSE-C it still is none, which only the answer to a GET tells. */
export function isMd5Etag(etag: string | undefined): etag is string {
  return etag !== undefined && MD5_ETAG.test(etag);
}

const MD5_ETAG = /^[0-9a-f]{32}$/i;

/** The number of parts in a multipart ETag (`md5-N`), or undefined for any other ETag. */
export function multipartEtagParts(etag: string | undefined): number | undefined {
  const match = etag === undefined ? null : /^[0-9a-f]{32}-([1-9][0-9]{0,4})$/i.exec(etag);
  return match === null ? undefined : Number(match[1]);
}

const MIB = 1024 * 1024;

/**
 * Part sizes that clients use by themselves, the most usual first, in MiB: AWS CLI, boto3 and Java 8; the JS SDK, rclone
 * and MinIO 5; the console 16; s3cmd 15; s5cmd 50; and what people configure.
 */
const USUAL_PART_SIZES_MIB = [
  8, 5, 16, 10, 15, 50, 64, 100, 32, 128, 20, 25, 6, 7, 9, 12, 24, 40, 48, 80, 96, 200, 250, 256, 500, 512, 1000, 1024,
  2048, 4096, 5120,
];

/** Each candidate costs one more MD5 over all the bytes. */
const MAX_CANDIDATES = 4;

/**
 * Part sizes, in bytes, with which an object of `sizeBytes` has exactly `parts` parts, the likeliest first, four at most.
 * A multipart ETag is the MD5 of the parts' MD5s, so its part size must be guessed before it can be recomputed.
 */
export function likelyPartSizes(sizeBytes: number, parts: number): readonly number[] {
  if (parts === 1) return [Math.max(sizeBytes, 1)];
  const fits = (partSize: number) => Math.ceil(sizeBytes / partSize) === parts;
  const sizes = USUAL_PART_SIZES_MIB.map((mib) => mib * MIB).filter(fits);
  // Clients that grow the part to stay under 10,000 parts, or cut the object evenly, round up to a whole MiB or not at all.
  for (const size of [Math.ceil(sizeBytes / parts / MIB) * MIB, Math.ceil(sizeBytes / parts)])
    if (fits(size) && !sizes.includes(size)) sizes.push(size);
  return sizes.slice(0, MAX_CANDIDATES);
}
