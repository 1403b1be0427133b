import { type Bucket, requireBucket, type Version } from "./bucket-store.ts";
import type { Operation } from "./context.ts";
import { invalidArgument } from "./errors.ts";
import {
  commonPrefixElements,
  keyWriter,
  type ListRequest,
  listTime,
  OWNER_ID,
  type Page,
  parseListRequest,
  walkKeys,
} from "./listing.ts";
import { checksumSummary } from "./object-checksum.ts";
import type { Quirks } from "./quirks.ts";
import { xmlReply } from "./reply.ts";
import { element } from "./xml.ts";

/** ListObjectsV2. */
export const listObjectsV2: Operation = (context, request) => {
  const { quirks } = context;
  const bucket = requireBucket(context.buckets, request.bucket);
  const list = parseListRequest(request, quirks);
  const startAfter = request.query.get("start-after") ?? "";
  const token = request.query.get("continuation-token");
  const page = currentObjects(bucket, list, token === undefined ? startAfter : parseToken(token), quirks);

  const write = keyWriter(list, quirks);
  const withOwner = request.query.get("fetch-owner") === "true";
  const inner = [
    element("Name", bucket.name),
    element("Prefix", write(list.prefix)),
    element("ContinuationToken", token),
    page.isTruncated ? element("NextContinuationToken", formatToken(lastName(page))) : "",
    startAfter === "" ? "" : element("StartAfter", write(startAfter)),
    element("KeyCount", page.rows.length + page.commonPrefixes.length),
    ...shared(list, page, write),
    ...page.rows.map((row) => contents(row, write, withOwner, quirks)),
    commonPrefixElements(page.commonPrefixes, write),
  ];
  return xmlReply("ListBucketResult", inner.join(""));
};

/** ListObjects, the first version. */
export const listObjects: Operation = (context, request) => {
  const { quirks } = context;
  const bucket = requireBucket(context.buckets, request.bucket);
  const list = parseListRequest(request, quirks);
  const marker = request.query.get("marker") ?? "";
  const page = currentObjects(bucket, list, marker, quirks);

  const write = keyWriter(list, quirks);
  const inner = [
    element("Name", bucket.name),
    element("Prefix", write(list.prefix)),
    element("Marker", write(marker)),
    page.isTruncated && list.delimiter !== "" ? element("NextMarker", write(lastName(page))) : "",
    ...shared(list, page, write),
    ...page.rows.map((row) => contents(row, write, true, quirks)),
    commonPrefixElements(page.commonPrefixes, write),
  ];
  return xmlReply("ListBucketResult", inner.join(""));
};

function currentObjects(bucket: Bucket, list: ListRequest, after: string, quirks: Readonly<Quirks>): Page {
  const { prefix, delimiter, maxKeys: limit } = list;
  const rowsOf = (_: string, versions: readonly Version[]) => {
    const current = versions.at(-1);
    return current?.kind === "object" ? [current] : [];
  };
  return walkKeys(bucket, { prefix, delimiter, after, mayRevisit: false, limit, rowsOf }, quirks);
}

function shared(list: ListRequest, page: Page, write: (key: string) => string): string[] {
  return [
    element("MaxKeys", list.maxKeys),
    list.delimiter === "" ? "" : element("Delimiter", write(list.delimiter)),
    list.isUrlEncoded ? element("EncodingType", "url") : "",
    element("IsTruncated", page.isTruncated),
  ];
}

function contents(row: Version, write: (key: string) => string, withOwner: boolean, quirks: Readonly<Quirks>): string {
  if (row.kind === "marker") return "";
  const inner = [
    element("Key", write(row.key)),
    element("LastModified", listTime(row.lastModifiedMs, quirks)),
    element("ETag", `"${row.etag}"`),
    checksumSummary(row, quirks),
    element("Size", row.body.sizeBytes),
    withOwner ? `<Owner>${element("ID", OWNER_ID)}</Owner>` : "",
    element("StorageClass", row.storageClass),
  ];
  return `<Contents>${inner.join("")}</Contents>`;
}

function lastName(page: Page): string {
  return typeof page.last === "string" ? page.last : (page.last?.key ?? "");
}

/** The token is opaque to clients: the last name in base64url behind a mark. */
function formatToken(name: string): string {
  return `1.${Buffer.from(name).toString("base64url")}`;
}

function parseToken(token: string): string {
  if (token.startsWith("1.")) return Buffer.from(token.slice(2), "base64url").toString("utf8");
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}
