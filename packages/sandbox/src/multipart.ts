import { createHash } from "node:crypto";
import { type Body, joinBodies, readBody, sliceBody } from "./body.ts";
import { type Bucket, type ObjectPart, type ObjectVersion, requireBucket } from "./bucket-store.ts";
import {
  type ChecksumAlgorithm,
  type ChecksumType,
  checksumHeader,
  checksumOf,
  compositeChecksum,
  parseAlgorithm,
} from "./checksums.ts";
import type { Context, Operation } from "./context.ts";
import { invalidArgument, invalidRequest, malformedXml, noSuchUpload, S3Error } from "./errors.ts";
import { listTime, OWNER_ID, parseCount } from "./listing.ts";
import { encryptionHeaders, type ObjectAttributes, readAttributes, singlePartEtag } from "./object-attributes.ts";
import { checksumElements } from "./object-checksum.ts";
import { badDigest, receivePayload, receiveText } from "./payload.ts";
import { parseRange } from "./range.ts";
import { emptyReply, xmlReply } from "./reply.ts";
import { header, requireKeyLength, type S3Request } from "./s3-request.ts";
import { addObject, checkWriteConditions, readCopySource, requireContentLength } from "./write-object.ts";
import { element, elementText, innerElements } from "./xml.ts";

/** Every part but the last has at least this size: S3's limit. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** The highest part number: S3's limit. */
const MAX_PART_NUMBER = 10_000;

/** Parts a page of ListParts. */
const MAX_PARTS = 1000;

/** A multipart upload under way. */
export interface Upload {
  readonly id: string;
  readonly bucket: Bucket;
  readonly key: string;
  readonly attributes: ObjectAttributes;
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly type: ChecksumType | undefined;
  readonly startedMs: number;
  readonly parts: Map<number, UploadedPart>;
}

interface UploadedPart {
  readonly number: number;
  readonly body: Body;
  /** without quotes */
  readonly etag: string;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  readonly lastModifiedMs: number;
}

export const createMultipartUpload: Operation = (context, request) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  requireKeyLength(request.key);
  const { algorithm, type } = readChecksumKind(request);
  const attributes = readAttributes(request, context.region);
  const id = context.ids.uploadId();
  const startedMs = context.now();
  context.uploads.set(id, { id, bucket, key: request.key, attributes, algorithm, type, startedMs, parts: new Map() });
  const inner = element("Bucket", bucket.name) + element("Key", request.key) + element("UploadId", id);
  return xmlReply("InitiateMultipartUploadResult", inner, {
    ...encryptionHeaders(attributes.encryption),
    ...(algorithm ? { "x-amz-checksum-algorithm": algorithm } : {}),
    ...(type ? { "x-amz-checksum-type": type } : {}),
  });
};

export const uploadPart: Operation = async (context, request, identity) => {
  const upload = requireUpload(context, request);
  const number = partNumber(request);
  requireContentLength(request);
  const payload = await receivePayload(request, identity, context.bodies);
  if (payload.checksum && upload.algorithm && payload.checksum.algorithm !== upload.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${payload.checksum.algorithm.toLowerCase()}`,
    );
  }
  const part = addPart(context, upload, number, payload.body, payload.md5, payload.checksum);
  return emptyReply(200, {
    etag: `"${part.etag}"`,
    ...encryptionHeaders(upload.attributes.encryption),
    ...(part.checksum ? { [checksumHeader(part.checksum.algorithm)]: part.checksum.value } : {}),
  });
};

export const uploadPartCopy: Operation = (context, request) => {
  const upload = requireUpload(context, request);
  const number = partNumber(request);
  const source = readCopySource(context, request);
  const text = header(request, "x-amz-copy-source-range");
  const range = parseRange(text, source.version.body.sizeBytes);
  if (text !== undefined && !range) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      text,
    );
  }
  const body = range ? sliceBody(source.version.body, range.start, range.end) : source.version.body;
  const md5 = createHash("md5");
  for (const piece of readBody(body)) md5.update(piece);
  const part = addPart(context, upload, number, body, md5.digest(), undefined);
  const inner = [
    element("LastModified", listTime(part.lastModifiedMs, context.quirks)),
    element("ETag", `"${part.etag}"`),
    part.checksum ? element(`Checksum${part.checksum.algorithm}`, part.checksum.value) : "",
  ];
  return xmlReply("CopyPartResult", inner.join(""), source.headers);
};

export const completeMultipartUpload: Operation = async (context, request, identity) => {
  const upload = requireUpload(context, request);
  // The request's x-amz-checksum-* headers are those of the object to be, not of this XML.
  const bare = { ...request, headers: withoutChecksums(request.headers) };
  const xml = await receiveText(bare, identity, context.bodies);
  const parts = chosenParts(upload, xml);
  checkSizes(parts, header(request, "x-amz-mp-object-size"));
  const type = checksumType(upload, header(request, "x-amz-checksum-type"));
  if (type === "COMPOSITE") requirePartChecksums(upload, parts, xml);
  checkWriteConditions(upload.bucket, request);

  const algorithm = upload.algorithm ?? "CRC64NVME";
  const object = assemble(parts, algorithm, type);
  const promised = header(request, checksumHeader(algorithm));
  if (promised !== undefined && promised !== checksumValue(object)) throw badDigest(algorithm);

  context.uploads.delete(upload.id);
  const version = addObject(context, upload.bucket, { key: upload.key, ...object, ...upload.attributes });
  const inner = [
    element("Location", `http://${request.headers.host ?? ""}/${upload.bucket.name}/${upload.key}`),
    element("Bucket", upload.bucket.name),
    element("Key", upload.key),
    element("ETag", `"${version.etag}"`),
    checksumElements(version, context.quirks),
  ];
  return xmlReply("CompleteMultipartUploadResult", inner.join(""), {
    ...encryptionHeaders(version.encryption),
    ...(upload.bucket.versioning === "Enabled" ? { "x-amz-version-id": version.versionId } : {}),
  });
};

export const abortMultipartUpload: Operation = (context, request) => {
  context.uploads.delete(requireUpload(context, request).id);
  return emptyReply(204);
};

export const listParts: Operation = (context, request) => {
  const upload = requireUpload(context, request);
  const marker = parseCount(request.query.get("part-number-marker"), "part-number-marker", 0);
  const max = Math.min(parseCount(request.query.get("max-parts"), "max-parts", MAX_PARTS), MAX_PARTS);
  const left = sortedParts(upload).filter((part) => part.number > marker);
  const shown = left.slice(0, max);
  const inner = [
    element("Bucket", upload.bucket.name),
    element("Key", upload.key),
    element("UploadId", upload.id),
    element("PartNumberMarker", marker),
    element("NextPartNumberMarker", shown.at(-1)?.number ?? marker),
    element("MaxParts", max),
    element("IsTruncated", left.length > shown.length),
    element("StorageClass", upload.attributes.storageClass),
    element("ChecksumAlgorithm", upload.algorithm),
    element("ChecksumType", upload.type),
    ...shown.map((part) => {
      const checksum = part.checksum ? element(`Checksum${part.checksum.algorithm}`, part.checksum.value) : "";
      const time = element("LastModified", listTime(part.lastModifiedMs, context.quirks));
      return `<Part>${element("PartNumber", part.number)}${time}${element("ETag", `"${part.etag}"`)}${element("Size", part.body.sizeBytes)}${checksum}</Part>`;
    }),
  ];
  return xmlReply("ListPartsResult", inner.join(""));
};

/** All uploads at once: the sandbox never has so many that pages would matter. */
export const listMultipartUploads: Operation = (context, request) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  const prefix = request.query.get("prefix") ?? "";
  const uploads = [...context.uploads.values()].filter(
    (upload) => upload.bucket === bucket && upload.key.startsWith(prefix),
  );
  const inner = [
    element("Bucket", bucket.name),
    element("Prefix", prefix),
    element("IsTruncated", false),
    ...uploads.map((upload) => {
      const named = element("Key", upload.key) + element("UploadId", upload.id);
      const started = element("Initiated", listTime(upload.startedMs, context.quirks));
      return `<Upload>${named}<Owner>${element("ID", OWNER_ID)}</Owner>${element("StorageClass", upload.attributes.storageClass)}${started}</Upload>`;
    }),
  ];
  return xmlReply("ListMultipartUploadsResult", inner.join(""));
};

/** Bytes, ETag `md5-N`, checksum and parts of an object made of such pieces. */
export function assemble(
  parts: readonly Pick<UploadedPart, "number" | "body" | "etag" | "checksum">[],
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
): Pick<ObjectVersion, "body" | "etag" | "checksum" | "parts"> {
  const md5 = createHash("md5");
  for (const part of parts) md5.update(Buffer.from(part.etag, "hex"));
  const objectParts: ObjectPart[] = parts.map(({ number, body, checksum }) => ({
    number,
    sizeBytes: body.sizeBytes,
    checksum: checksum?.algorithm === algorithm ? checksum.value : undefined,
  }));
  const partChecksums = objectParts.map((part) => part.checksum ?? "");
  return {
    body: joinBodies(parts.map((part) => part.body)),
    etag: `${md5.digest("hex")}-${parts.length}`,
    checksum:
      type === "FULL_OBJECT" ? algorithm : { algorithm, type, value: compositeChecksum(algorithm, partChecksums) },
    parts: objectParts,
  };
}

/** CRCs can be of the whole object or of its parts, SHAs only of the parts, CRC64NVME only of the whole. */
function readChecksumKind(request: S3Request): Pick<Upload, "algorithm" | "type"> {
  const name = header(request, "x-amz-checksum-algorithm");
  const type = header(request, "x-amz-checksum-type")?.toUpperCase();
  if (name === undefined) {
    if (type === undefined) return { algorithm: undefined, type: undefined };
    throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  const algorithm = parseAlgorithm(name);
  if (!algorithm)
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  const chosen = type ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  if (chosen !== "FULL_OBJECT" && chosen !== "COMPOSITE")
    throw invalidRequest("Value for x-amz-checksum-type header is invalid.");
  if (
    algorithm === (chosen === "COMPOSITE" ? "CRC64NVME" : undefined) ||
    (chosen === "FULL_OBJECT" && algorithm.startsWith("SHA"))
  ) {
    throw invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: chosen };
}

function requireUpload(context: Context, request: S3Request): Upload {
  const bucket = requireBucket(context.buckets, request.bucket);
  const id = request.query.get("uploadId") ?? "";
  const upload = context.uploads.get(id);
  if (!upload || upload.bucket !== bucket || upload.key !== request.key) throw noSuchUpload(id);
  return upload;
}

function partNumber(request: S3Request): number {
  const text = request.query.get("partNumber") ?? "";
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PART_NUMBER) return number;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
    "partNumber",
    text,
  );
}

function addPart(
  context: Context,
  upload: Upload,
  number: number,
  body: Body,
  md5: Buffer,
  sent: UploadedPart["checksum"],
): UploadedPart {
  const { algorithm } = upload;
  const checksum = sent ?? (algorithm && { algorithm, value: checksumOf(algorithm, readBody(body)) });
  const etag = singlePartEtag(md5, upload.attributes.encryption);
  const part = { number, body, etag, checksum, lastModifiedMs: context.now() };
  upload.parts.set(number, part);
  return part;
}

function sortedParts(upload: Upload): UploadedPart[] {
  return [...upload.parts.values()].sort((a, b) => a.number - b.number);
}

/** The parts that a CompleteMultipartUpload names, each as it was uploaded. */
function chosenParts(upload: Upload, xml: string): UploadedPart[] {
  let previous = 0;
  const parts = innerElements(xml, "Part").map((inner) => {
    const number = Number(elementText(inner, "PartNumber"));
    const etag = (elementText(inner, "ETag") ?? "").replace(/^"|"$/g, "");
    if (number <= previous) {
      throw new S3Error(
        400,
        "InvalidPartOrder",
        "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
        {
          fields: { UploadId: upload.id },
        },
      );
    }
    previous = number;
    const part = upload.parts.get(number);
    const named = part?.checksum && elementText(inner, `Checksum${part.checksum.algorithm}`);
    if (part && part.etag === etag && (named === undefined || named === part.checksum?.value)) return part;
    throw new S3Error(
      400,
      "InvalidPart",
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      { fields: { UploadId: upload.id, PartNumber: String(number), ETag: etag } },
    );
  });
  if (parts.length === 0) throw malformedXml();
  return parts;
}

function checkSizes(parts: readonly UploadedPart[], promisedSize: string | undefined): void {
  const small = parts.slice(0, -1).find((part) => part.body.sizeBytes < MIN_PART_BYTES);
  if (small) {
    throw new S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      fields: {
        ProposedSize: String(small.body.sizeBytes),
        MinSizeAllowed: String(MIN_PART_BYTES),
        PartNumber: String(small.number),
        ETag: small.etag,
      },
    });
  }
  const sizeBytes = parts.reduce((sum, part) => sum + part.body.sizeBytes, 0);
  if (promisedSize !== undefined && Number(promisedSize) !== sizeBytes) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${promisedSize} does not match what was computed: ${sizeBytes}`,
    );
  }
}

function checksumType(upload: Upload, named: string | undefined): ChecksumType {
  const type = upload.type ?? "FULL_OBJECT";
  if (named === undefined || named.toUpperCase() === type) return type;
  throw invalidRequest(
    `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
  );
}

function requirePartChecksums(upload: Upload, parts: readonly UploadedPart[], xml: string): void {
  const name = `Checksum${upload.algorithm}`;
  const missing = innerElements(xml, "Part").findIndex((inner) => elementText(inner, name) === undefined);
  if (missing < 0) return;
  throw invalidRequest(
    `The upload was created using a ${upload.algorithm?.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${parts[missing]?.number} in the request.`,
  );
}

function checksumValue({ body, checksum }: Pick<ObjectVersion, "body" | "checksum">): string {
  return typeof checksum === "string" ? checksumOf(checksum, readBody(body)) : checksum.value;
}

function withoutChecksums(headers: S3Request["headers"]): S3Request["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-")));
}
