import { isS3PinError, S3PinError } from "../errors.ts";
import type { Versioning } from "../s3/object-store.ts";
import type { PinWarning } from "./types.ts";

const SAYS: Readonly<Record<Exclude<Versioning, "Enabled">, (bucket: string) => string>> = {
  Off: (bucket) => `Bucket ${bucket} has no versioning: what is pinned is lost as soon as an object is overwritten`,
  Suspended: (bucket) =>
    `Versioning of bucket ${bucket} is suspended: what is written from now on can be overwritten, and then lost`,
};

const ENABLE = (bucket: string): string =>
  `Enable it: aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled. Or accept the risk with --allow-null.`;

/**
 * Sees to it that pins of `bucket` will last.
 * @returns a warning, if any: versioning may be unknown, or off and accepted
 * @throws {S3PinError} `VERSIONING_OFF` when it is off or suspended and `allowNull` is not set
 */
export async function checkVersioning(
  bucket: string,
  { getVersioning, allowNull }: { getVersioning: () => Promise<Versioning>; allowNull: boolean },
): Promise<readonly PinWarning[]> {
  let versioning: Versioning;
  try {
    versioning = await getVersioning();
  } catch (error) {
    // many readers may list versions, but not read the bucket's configuration
    if (!isS3PinError(error) || error.code !== "ACCESS_DENIED") throw error;
    const message = `Whether bucket ${bucket} keeps versions is unknown: s3:GetBucketVersioning is not allowed`;
    return [{ code: "VERSIONING_UNKNOWN", message }];
  }
  if (versioning === "Enabled") return [];
  const message = SAYS[versioning](bucket);
  if (!allowNull)
    throw new S3PinError("VERSIONING_OFF", message, { hint: ENABLE(bucket), details: { bucket, versioning } });
  return [{ code: "VERSIONING_OFF", message }];
}
