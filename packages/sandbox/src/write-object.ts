import { createHash } from "node:crypto";
import { readBody } from "./body.ts";
import {
  addVersion,
  type Bucket,
  deleteKey,
  type ObjectVersion,
  removeVersion,
  requireBucket,
  versionsOf,
} from "./bucket-store.ts";
import { parseAlgorithm } from "./checksums.ts";
import { checkConditions, matchesEtag } from "./conditions.ts";
import type { Context, Operation } from "./context.ts";
import { invalidRequest, malformedXml, noSuchKey, preconditionFailed, S3Error } from "./errors.ts";
import { listTime } from "./listing.ts";
import {
  encryptionHeaders,
  type ObjectAttributes,
  readAttributes,
  requireCustomerKey,
  singlePartEtag,
  versionIdHeader,
} from "./object-attributes.ts";
import { checksumElements, checksumHeaders, objectChecksum } from "./object-checksum.ts";
import { receivePayload, receiveText } from "./payload.ts";
import { findVersion, requireVersionId } from "./read-object.ts";
import { emptyReply, xmlReply } from "./reply.ts";
import { header, requireKeyLength, type S3Request } from "./s3-request.ts";
import { element, elementText, innerElements } from "./xml.ts";

/** Keys that one DeleteObjects may name: S3's limit. */
const MAX_DELETES = 1000;

/** What an object without any checksum of its own is given. */
const DEFAULT_CHECKSUM = "CRC64NVME";

export const putObject: Operation = async (context, request, identity) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  requireKeyLength(request.key);
  requireContentLength(request);
  const attributes = readAttributes(request, context.region);
  const payload = await receivePayload(request, identity, context.bodies);
  checkWriteConditions(bucket, request);
  const version = addObject(context, bucket, {
    key: request.key,
    body: payload.body,
    etag: singlePartEtag(payload.md5, attributes.encryption),
    checksum: payload.checksum ? { ...payload.checksum, type: "FULL_OBJECT" } : DEFAULT_CHECKSUM,
    ...attributes,
  });
  return emptyReply(200, { etag: `"${version.etag}"`, ...writtenHeaders(context, bucket, version) });
};

export const copyObject: Operation = (context, request) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  requireKeyLength(request.key);
  const source = readCopySource(context, request);
  const isReplacing = header(request, "x-amz-metadata-directive")?.toUpperCase() === "REPLACE";
  const attributes = copyAttributes(context, request, source.version, isReplacing);
  const isSame = source.bucket === bucket && versionsOf(bucket, request.key).at(-1) === source.version;
  const changes = ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-website-redirect-location"];
  if (isSame && !isReplacing && !changes.some((name) => request.headers[name] !== undefined)) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  checkWriteConditions(bucket, request);

  const { body } = source.version;
  const md5 = createHash("md5");
  for (const piece of readBody(body)) md5.update(piece);
  const asked = parseAlgorithm(header(request, "x-amz-checksum-algorithm") ?? "");
  const version = addObject(context, bucket, {
    key: request.key,
    body,
    etag: singlePartEtag(md5.digest(), attributes.encryption),
    checksum: asked ?? objectChecksum(source.version).algorithm,
    ...attributes,
  });
  const inner = [
    element("LastModified", listTime(version.lastModifiedMs, context.quirks)),
    element("ETag", `"${version.etag}"`),
    checksumElements(version, context.quirks),
  ];
  return xmlReply("CopyObjectResult", inner.join(""), {
    ...source.headers,
    ...encryptionHeaders(version.encryption),
    ...(bucket.versioning === "Enabled" ? { "x-amz-version-id": version.versionId } : {}),
  });
};

export const deleteObject: Operation = (context, request) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  const versionId = request.query.get("versionId");
  const { isMarker, id } = deleteOne(context, bucket, request.key, versionId);
  return emptyReply(204, {
    ...(isMarker ? { "x-amz-delete-marker": "true" } : {}),
    ...(id === undefined ? {} : { "x-amz-version-id": id }),
  });
};

export const deleteObjects: Operation = async (context, request, identity) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  const xml = await receiveText(request, identity, context.bodies);
  const objects = innerElements(xml, "Object");
  if (objects.length === 0 || objects.length > MAX_DELETES) throw malformedXml();
  const isQuiet = elementText(xml, "Quiet") === "true";
  const results = objects.map((object) => {
    const key = elementText(object, "Key");
    if (key === undefined) throw malformedXml();
    return deleteResult(context, bucket, key, elementText(object, "VersionId"), isQuiet);
  });
  return xmlReply("DeleteResult", results.join(""));
};

/** Adds an object as the newest version of its key, at the time of the settable clock. */
export function addObject(
  context: Context,
  bucket: Bucket,
  object: Omit<ObjectVersion, "kind" | "versionId" | "sequence" | "lastModifiedMs">,
): ObjectVersion {
  const added = addVersion(bucket, { kind: "object", lastModifiedMs: context.now(), ...object }, context.ids.versionId);
  return added as ObjectVersion;
}

/** The headers by which a write tells what it has made. */
function writtenHeaders(context: Context, bucket: Bucket, version: ObjectVersion): Record<string, string> {
  return {
    ...encryptionHeaders(version.encryption),
    ...checksumHeaders(version, context.quirks),
    ...(bucket.versioning === "Enabled" ? { "x-amz-version-id": version.versionId } : {}),
  };
}

/** @throws {S3Error} 412 PreconditionFailed, 404 NoSuchKey */
export function checkWriteConditions(bucket: Bucket, request: S3Request): void {
  const current = versionsOf(bucket, request.key).at(-1);
  const etag = current?.kind === "object" ? current.etag : undefined;
  const ifNoneMatch = header(request, "if-none-match");
  if (ifNoneMatch !== undefined && etag !== undefined && matchesEtag(ifNoneMatch, etag)) {
    throw preconditionFailed("If-None-Match");
  }
  const ifMatch = header(request, "if-match");
  if (ifMatch === undefined) return;
  if (etag === undefined) throw noSuchKey(request.key);
  if (!matchesEtag(ifMatch, etag)) throw preconditionFailed("If-Match");
}

/** @throws {S3Error} 411 MissingContentLength */
export function requireContentLength(request: S3Request): void {
  const { headers } = request;
  if (headers["content-length"] !== undefined || headers["x-amz-decoded-content-length"] !== undefined) return;
  throw new S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
}

interface CopySource {
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
  /** to send back */
  readonly headers: Readonly<Record<string, string>>;
}

/** What `x-amz-copy-source` names: `[/]bucket/key[?versionId=…]`, percent-encoded; conditions and customer key checked. */
export function readCopySource(context: Context, request: S3Request): CopySource {
  const [path = "", query = ""] = (header(request, "x-amz-copy-source") ?? "").split("?versionId=");
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path));
  if (!match) throw invalidRequest("Invalid copy source object key");
  const bucket = requireBucket(context.buckets, match[1] ?? "");
  const versionId = query === "" ? undefined : decodeURIComponent(query);
  const version = findVersion(bucket, match[2] ?? "", versionId);
  if (version.kind === "marker") {
    if (versionId === undefined) throw noSuchKey(version.key);
    throw invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.");
  }
  requireCustomerKey(request, version, "x-amz-copy-source-");
  if (checkConditions(request, version, "x-amz-copy-source-") === "not-modified") {
    throw preconditionFailed("x-amz-copy-source-If-None-Match");
  }
  const shown = versionIdHeader(bucket, version.versionId)["x-amz-version-id"];
  return { bucket, version, headers: shown === undefined ? {} : { "x-amz-copy-source-version-id": shown } };
}

function copyAttributes(
  context: Context,
  request: S3Request,
  source: ObjectVersion,
  isReplacing: boolean,
): ObjectAttributes {
  const attributes = readAttributes(request, context.region);
  return isReplacing ? attributes : { ...attributes, headers: source.headers };
}

interface Deleted {
  /** whether a marker was made, or removed */
  readonly isMarker: boolean;
  readonly id: string | undefined;
}

function deleteOne(context: Context, bucket: Bucket, key: string, versionId: string | undefined): Deleted {
  if (versionId === undefined) {
    const marker = deleteKey(bucket, key, context.now(), context.ids.versionId);
    return { isMarker: marker !== undefined, id: marker?.versionId };
  }
  const removed = removeVersion(bucket, key, versionId);
  if (!removed) requireVersionId(versionId);
  return { isMarker: removed?.kind === "marker", id: versionId };
}

function deleteResult(
  context: Context,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
  isQuiet: boolean,
): string {
  const named = element("Key", key) + element("VersionId", versionId);
  try {
    const { isMarker, id } = deleteOne(context, bucket, key, versionId);
    const marker = isMarker ? element("DeleteMarker", true) + element("DeleteMarkerVersionId", id) : "";
    return isQuiet ? "" : `<Deleted>${named}${marker}</Deleted>`;
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return `<Error>${named}${element("Code", "NoSuchVersion")}${element("Message", error.message)}</Error>`;
  }
}
