import { printable, S3PinError } from "../errors.ts";

/** A source URI taken apart; the key of an entry is `prefix` followed by the entry's path. */
export interface Source {
  /** A bucket's name or alias, or the ARN of an access point. */
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
}

const EXAMPLE = "s3://media.example.com/site/";
const BUCKET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** An ARN holds slashes itself, so its end is told by its form: as the AWS CLI does. */
const ACCESS_POINT =
  /^arn:aws[a-z-]*:(?:s3:[a-z0-9-]*:[0-9]{12}:accesspoint|s3-outposts:[a-z0-9-]+:[0-9]{12}:outpost[:/][A-Za-z0-9-]+[:/]accesspoint)[:/][A-Za-z0-9.-]{1,63}(?=\/|$)/;

/**
 * Takes a source URI apart and ends its prefix in `/`: `s3://bucket`, `s3://bucket/`, `s3://bucket/prefix` and
 * `s3://bucket/prefix/` are all fine. The bucket may be an access point's ARN, as in
 * `s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/site/prefix/`.
 * @throws {S3PinError} `INVALID_URI` for anything else
 * @example
 * parseSource("s3://media.example.com/site"); // { bucket: "media.example.com", prefix: "site/" }
 */
export function parseSource(uri: string): Source {
  if (!uri.startsWith("s3://")) throw invalid(uri, "it does not start with s3://", schemeHint(uri));
  const rest = uri.slice("s3://".length);
  const bucket = ACCESS_POINT.exec(rest)?.[0] ?? rest.slice(0, slashOrEnd(rest));
  const prefix = rest.slice(bucket.length + 1);
  if (bucket === "") throw invalid(uri, "the bucket is missing", `Write the bucket after s3://, as in ${EXAMPLE}.`);
  if (!BUCKET_NAME.test(bucket) && !ACCESS_POINT.test(bucket)) {
    throw invalid(uri, `"${printable(bucket)}" is not the name of a bucket`, bucketHint(bucket));
  }
  if (/\p{Surrogate}/u.test(prefix)) {
    throw invalid(uri, "the prefix is not valid Unicode", "Give the prefix in UTF-8.");
  }
  return { bucket, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` };
}

/** Writes a source as the URI that {@link parseSource} reads, always with a final `/`. */
export function formatSource(source: Source): string {
  return `s3://${source.bucket}/${source.prefix}`;
}

function slashOrEnd(text: string): number {
  const slash = text.indexOf("/");
  return slash < 0 ? text.length : slash;
}

function schemeHint(uri: string): string {
  if (/^s3:\/\//i.test(uri)) return "Write s3:// in lower case.";
  if (/^https?:/i.test(uri)) return `Write the bucket, as in ${EXAMPLE}; a server's address goes into --endpoint-url.`;
  if (/^s3:/i.test(uri)) return "Write two slashes after s3:.";
  if (BUCKET_NAME.test(uri.slice(0, slashOrEnd(uri)))) return `Did you mean s3://${printable(uri)}?`;
  return `Write it as ${EXAMPLE}.`;
}

function bucketHint(bucket: string): string {
  if (bucket.startsWith("arn:")) {
    return "Of the ARNs only those of access points are known: arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME.";
  }
  if (bucket.includes(":")) return "Write the bucket alone; a server's address goes into --endpoint-url.";
  return "A bucket's name has letters, digits, dots, hyphens and underscores.";
}

function invalid(uri: string, reason: string, hint: string): S3PinError {
  return new S3PinError("INVALID_URI", `"${printable(uri)}" is not a source: ${reason}; expected s3://bucket/prefix/`, {
    hint,
    details: { found: uri, expected: EXAMPLE },
  });
}
