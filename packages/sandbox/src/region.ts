import type { Context } from "./context.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./s3-request.ts";
import type { Identity } from "./sigv4.ts";

/**
 * Refuses a request signed for a region where its bucket is not. The one endpoint plays all regions: a request signed for the
 * bucket's own is served, one signed for the sandbox's region came to the wrong endpoint, any other was signed wrongly.
 * @throws {S3Error} 301 PermanentRedirect, 400 AuthorizationHeaderMalformed, both with x-amz-bucket-region
 */
export function requireRegion(context: Context, request: S3Request, identity: Identity): void {
  const signedFor = identity.region;
  const bucket = context.buckets.get(request.bucket);
  const region = bucket?.region ?? context.region;
  // A new bucket may be asked for in any region.
  if (signedFor === undefined || signedFor === region || (!bucket && request.operation === "CreateBucket")) return;
  const headers = { "x-amz-bucket-region": region };
  if (signedFor === context.region) {
    throw new S3Error(
      301,
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
      { fields: { Endpoint: `${request.bucket}.s3.${region}.amazonaws.com`, Bucket: request.bucket }, headers },
    );
  }
  throw new S3Error(
    400,
    "AuthorizationHeaderMalformed",
    `The authorization header is malformed; the region '${signedFor}' is wrong; expecting '${region}'`,
    { fields: { Region: region }, headers },
  );
}
