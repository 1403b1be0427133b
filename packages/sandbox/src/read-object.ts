import { sliceBody } from "./body.ts";
import { type Bucket, type ObjectVersion, requireBucket, type Version, versionsOf } from "./bucket-store.ts";
import { checksumHeader } from "./checksums.ts";
import { checkConditions } from "./conditions.ts";
import type { Context, Operation } from "./context.ts";
import { invalidArgument, invalidRequest, methodNotAllowed, noSuchKey, noSuchVersion, S3Error } from "./errors.ts";
import { parseCount } from "./listing.ts";
import { encryptionHeaders, requireCustomerKey, versionIdHeader } from "./object-attributes.ts";
import { checksumElements, checksumHeaders, objectChecksum } from "./object-checksum.ts";
import { type ByteRange, parseRange } from "./range.ts";
import { emptyReply, type Reply, xmlReply } from "./reply.ts";
import { header, type S3Request } from "./s3-request.ts";
import { isVersionId } from "./version-id.ts";
import { element } from "./xml.ts";

/** Storage classes whose bytes must be restored before they can be read. */
const archivedClasses = ["GLACIER", "DEEP_ARCHIVE"];

/** Parts a page of GetObjectAttributes. */
const MAX_PARTS = 1000;

/** GetObject and HeadObject: the server leaves the body of the latter away. */
export const getObject: Operation = (context, request) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  const version = findObject(context, bucket, request);
  requireCustomerKey(request, version);
  const validators = {
    etag: `"${version.etag}"`,
    "last-modified": httpDate(version.lastModifiedMs),
    ...versionIdHeader(bucket, version.versionId),
  };
  if (checkConditions(request, version) === "not-modified") return emptyReply(304, validators);
  if (request.method === "GET" && archivedClasses.includes(version.storageClass)) {
    throw new S3Error(403, "InvalidObjectState", "The operation is not valid for the object's storage class", {
      fields: { StorageClass: version.storageClass },
    });
  }

  const part = requestedPart(request, version);
  const range = part ?? parseRange(header(request, "range"), version.body.sizeBytes);
  const headers: Record<string, string> = {
    ...validators,
    "accept-ranges": "bytes",
    ...version.headers,
    ...encryptionHeaders(version.encryption),
    ...overrides(request),
  };
  if (version.storageClass !== "STANDARD") headers["x-amz-storage-class"] = version.storageClass;
  if (part && version.parts) headers["x-amz-mp-parts-count"] = String(version.parts.length);
  if (header(request, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED") {
    Object.assign(headers, shownChecksum(context, version, part, range));
  }
  if (!range) return { status: 200, headers, body: version.body };
  headers["content-range"] = `bytes ${range.start}-${range.end - 1}/${version.body.sizeBytes}`;
  return { status: 206, headers, body: sliceBody(version.body, range.start, range.end) };
};

/** GetObjectAttributes; the names in its header may be separated by `,` or `, `. */
export const getObjectAttributes: Operation = (context, request) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  const version = findObject(context, bucket, request);
  requireCustomerKey(request, version);
  const wanted = (header(request, "x-amz-object-attributes") ?? "").split(",").map((name) => name.trim());
  if (wanted[0] === "")
    throw invalidRequest(
      "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    );
  const writers: Readonly<Record<string, () => string>> = {
    ETag: () => element("ETag", version.etag),
    Checksum: () => `<Checksum>${checksumElements(version, context.quirks)}</Checksum>`,
    ObjectParts: () => partsElement(context, request, version),
    StorageClass: () => element("StorageClass", version.storageClass),
    ObjectSize: () => element("ObjectSize", version.body.sizeBytes),
  };
  const unknown = wanted.find((name) => !(name in writers));
  if (unknown !== undefined) {
    throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", unknown);
  }
  const inner = Object.entries(writers).map(([name, write]) => (wanted.includes(name) ? write() : ""));
  return xmlReply("GetObjectAttributesResponse", inner.join(""), {
    "last-modified": httpDate(version.lastModifiedMs),
    ...versionIdHeader(bucket, version.versionId),
  });
};

/**
 * The version that a request names by key and `versionId`, or the current one.
 *
 * | found                        | without versionId       | with versionId      |
 * |------------------------------|-------------------------|---------------------|
 * | an object                    | it                      | it                  |
 * | a delete marker              | 404 NoSuchKey           | 405 MethodNotAllowed|
 * | nothing                      | 404 NoSuchKey           | 404 NoSuchVersion   |
 * | nothing, and it is no id     |                         | 400 InvalidArgument |
 */
function findObject(context: Context, bucket: Bucket, request: S3Request): ObjectVersion {
  const versionId = request.query.get("versionId");
  const version = findVersion(bucket, request.key, versionId);
  if (version.kind === "object") return version;
  if (context.quirks.markersNotFoundAs404) throw noSuchKey(request.key);
  const headers = { "x-amz-delete-marker": "true", ...versionIdHeader(bucket, version.versionId) };
  if (versionId === undefined) throw noSuchKey(request.key, headers);
  throw methodNotAllowed(request.method, {
    ...headers,
    allow: "DELETE",
    "last-modified": httpDate(version.lastModifiedMs),
  });
}

/** A version, delete markers included. @throws {S3Error} 404 NoSuchKey, NoSuchVersion; 400 InvalidArgument */
export function findVersion(bucket: Bucket, key: string, versionId: string | undefined): Version {
  const versions = versionsOf(bucket, key);
  if (versionId === undefined) {
    const current = versions.at(-1);
    if (current) return current;
    throw noSuchKey(key);
  }
  const version = versions.findLast((candidate) => candidate.versionId === versionId);
  if (version) return version;
  requireVersionId(versionId);
  throw noSuchVersion(key, versionId);
}

/** @throws {S3Error} 400 InvalidArgument */
export function requireVersionId(versionId: string): void {
  if (versionId === "") throw invalidArgument("Version id cannot be the empty string", "versionId", versionId);
  if (!isVersionId(versionId)) throw invalidArgument("Invalid version id specified", "versionId", versionId);
}

function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

interface PartRange extends ByteRange {
  readonly checksum: string | undefined;
}

/** The bytes that `partNumber` means. An object in one piece is its own part 1. */
function requestedPart(request: S3Request, version: ObjectVersion): PartRange | undefined {
  const text = request.query.get("partNumber");
  if (text === undefined) return undefined;
  if (header(request, "range") !== undefined) {
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  }
  const wanted = parseCount(text, "partNumber", 1);
  const parts = version.parts ?? [{ number: 1, sizeBytes: version.body.sizeBytes }];
  let start = 0;
  for (const part of parts) {
    if (part.number === wanted) return { start, end: start + part.sizeBytes, checksum: part.checksum };
    start += part.sizeBytes;
  }
  throw new S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", {
    fields: { ActualPartCount: String(parts.length), PartNumberRequested: text },
  });
}

/** The checksum of what is sent: the part's, the object's, and none for a range, which S3 has none of. */
function shownChecksum(
  context: Context,
  version: ObjectVersion,
  part: PartRange | undefined,
  range: ByteRange | undefined,
): Record<string, string> {
  if (part && version.parts) {
    if (part.checksum === undefined || context.quirks.noChecksums) return {};
    const { algorithm, type } = objectChecksum(version);
    return { [checksumHeader(algorithm)]: part.checksum, "x-amz-checksum-type": type };
  }
  return range && !part ? {} : checksumHeaders(version, context.quirks);
}

function overrides(request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of [
    "content-type",
    "content-language",
    "expires",
    "cache-control",
    "content-disposition",
    "content-encoding",
  ]) {
    const value = request.query.get(`response-${name}`);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

function partsElement(context: Context, request: S3Request, version: ObjectVersion): string {
  if (!version.parts) return "";
  const marker = parseCount(header(request, "x-amz-part-number-marker"), "part-number-marker", 0);
  const max = Math.min(parseCount(header(request, "x-amz-max-parts"), "max-parts", MAX_PARTS), MAX_PARTS);
  const left = version.parts.filter((part) => part.number > marker);
  const shown = left.slice(0, max);
  const { checksum } = version;
  const algorithm = typeof checksum === "string" ? checksum : checksum.algorithm;
  const inner = [
    element("PartsCount", version.parts.length),
    element("PartNumberMarker", marker),
    element("NextPartNumberMarker", shown.at(-1)?.number ?? marker),
    element("MaxParts", max),
    element("IsTruncated", left.length > shown.length),
    ...shown.map((part) => {
      const partChecksum = context.quirks.noChecksums ? undefined : part.checksum;
      return `<Part>${element("PartNumber", part.number)}${element("Size", part.sizeBytes)}${element(`Checksum${algorithm}`, partChecksum)}</Part>`;
    }),
  ];
  return `<ObjectParts>${inner.join("")}</ObjectParts>`;
}

/** The reply to a HEAD: the headers of the GET, its length included, and no body. */
export function withoutBody(reply: Reply): Reply {
  const length = reply.body?.sizeBytes ?? 0;
  return { status: reply.status, headers: { "content-length": String(length), ...reply.headers }, body: undefined };
}
