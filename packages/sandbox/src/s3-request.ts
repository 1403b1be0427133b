import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { S3Error } from "./errors.ts";

/** S3's limit for a key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** A request, taken apart but not yet trusted. */
export interface S3Request {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** as sent, percent-encoded */
  readonly rawPath: string;
  /** decoded, in the order sent */
  readonly query: ReadonlyMap<string, string>;
  /** `GetObject` and the like; undefined for what the sandbox does not know */
  readonly operation: string | undefined;
  /** empty for requests that concern no bucket */
  readonly bucket: string;
  /** empty for requests that concern no object */
  readonly key: string;
  readonly incoming: IncomingMessage;
}

/** @throws {S3Error} 400 InvalidURI, KeyTooLongError */
export function parseRequest(incoming: IncomingMessage): S3Request {
  const method = incoming.method ?? "GET";
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const query = parseQuery(mark < 0 ? "" : url.slice(mark + 1));
  const { bucket, key } = parseTarget(rawPath, incoming.headers.host ?? "");
  const operation = operationOf(method, bucket, key, query, incoming.headers);
  return { method, headers: incoming.headers, rawPath, query, operation, bucket, key, incoming };
}

/** @throws {S3Error} 400 KeyTooLongError */
export function requireKeyLength(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY_BYTES) return;
  throw new S3Error(400, "KeyTooLongError", "Your key is too long", {
    fields: { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) },
  });
}

/** One value of a header that S3 knows only once. */
export function header(request: Pick<S3Request, "headers">, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** Bucket and key, by path or by virtual host (`bucket.localhost`, `bucket.s3.localhost`, `bucket.s3.REGION.localhost`). */
function parseTarget(rawPath: string, host: string): { bucket: string; key: string } {
  const path = rawPath.replace(/^\/|^https?:\/\/[^/]*\/?/, "");
  const hostBucket = bucketOfHost(host);
  if (hostBucket !== undefined) return { bucket: hostBucket, key: decode(path) };
  const slash = path.indexOf("/");
  if (slash < 0) return { bucket: decode(path), key: "" };
  return { bucket: decode(path.slice(0, slash)), key: decode(path.slice(slash + 1)) };
}

function bucketOfHost(host: string): string | undefined {
  if (!host.includes("localhost")) return undefined;
  const name = host.replace(/:\d+$/, "");
  if (/^(?:s3(?:[.-][a-z0-9-]+)?\.)?localhost$/.test(name)) return undefined;
  return /^(.+?)\.(?:s3(?:[.-][a-z0-9-]+)?\.)?localhost$/.exec(name)?.[1];
}

function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    query.set(decode(name.replaceAll("+", " ")), equals < 0 ? "" : decode(pair.slice(equals + 1).replaceAll("+", " ")));
  }
  return query;
}

function decode(text: string): string {
  try {
    return text.includes("%") ? decodeURIComponent(text) : text;
  } catch {
    throw new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.", { fields: { URI: text } });
  }
}

/** Query names that turn a request on a bucket or an object into another operation, by method. */
const subresources: Readonly<Record<string, readonly (readonly [query: string, operation: string])[]>> = {
  "GET bucket": [
    ["versions", "ListObjectVersions"],
    ["versioning", "GetBucketVersioning"],
    ["location", "GetBucketLocation"],
    ["lifecycle", "GetBucketLifecycleConfiguration"],
    ["uploads", "ListMultipartUploads"],
    ["encryption", "GetBucketEncryption"],
    ["object-lock", "GetObjectLockConfiguration"],
    ["replication", "GetBucketReplication"],
    ["policy", "GetBucketPolicy"],
    ["tagging", "GetBucketTagging"],
    ["cors", "GetBucketCors"],
    ["website", "GetBucketWebsite"],
    ["list-type", "ListObjectsV2"],
  ],
  "PUT bucket": [
    ["versioning", "PutBucketVersioning"],
    ["lifecycle", "PutBucketLifecycleConfiguration"],
  ],
  "DELETE bucket": [["lifecycle", "DeleteBucketLifecycle"]],
  "POST bucket": [["delete", "DeleteObjects"]],
  "GET object": [
    ["uploadId", "ListParts"],
    ["attributes", "GetObjectAttributes"],
  ],
  "PUT object": [["uploadId", "UploadPart"]],
  "POST object": [
    ["uploads", "CreateMultipartUpload"],
    ["uploadId", "CompleteMultipartUpload"],
  ],
  "DELETE object": [["uploadId", "AbortMultipartUpload"]],
};

const plainOperations: Readonly<Record<string, string>> = {
  "GET service": "ListBuckets",
  "GET bucket": "ListObjects",
  "PUT bucket": "CreateBucket",
  "HEAD bucket": "HeadBucket",
  "DELETE bucket": "DeleteBucket",
  "GET object": "GetObject",
  "HEAD object": "HeadObject",
  "PUT object": "PutObject",
  "DELETE object": "DeleteObject",
};

/** Subresources that exist in S3 and not here: to take such a request for a plain one would overwrite or give the wrong thing. */
const unknownSubresources = [
  ...[
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "logging",
  ],
  ...["metrics", "notification", "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock"],
  ...["replication", "requestPayment", "restore", "retention", "select", "tagging", "torrent", "website"],
];

function operationOf(
  method: string,
  bucket: string,
  key: string,
  query: ReadonlyMap<string, string>,
  headers: IncomingHttpHeaders,
): string | undefined {
  const scope = `${method} ${bucket === "" ? "service" : key === "" ? "bucket" : "object"}`;
  const special = query.size === 0 ? undefined : subresources[scope]?.find(([name]) => query.has(name))?.[1];
  if (special === undefined && query.size > 0 && unknownSubresources.some((name) => query.has(name))) return undefined;
  const operation = special ?? plainOperations[scope];
  if (headers["x-amz-copy-source"] === undefined) return operation;
  if (operation === "PutObject") return "CopyObject";
  return operation === "UploadPart" ? "UploadPartCopy" : operation;
}
