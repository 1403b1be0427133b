import { type Bucket, removedSequence, requireBucket, type Version } from "./bucket-store.ts";
import type { Operation } from "./context.ts";
import { invalidArgument } from "./errors.ts";
import {
  commonPrefixElements,
  keyWriter,
  listTime,
  OWNER_ID,
  type Page,
  parseListRequest,
  walkKeys,
} from "./listing.ts";
import { checksumSummary } from "./object-checksum.ts";
import type { Quirks } from "./quirks.ts";
import { xmlReply } from "./reply.ts";
import { isVersionId, NULL_VERSION } from "./version-id.ts";
import { element, escapeXml } from "./xml.ts";

/** What MinIO writes behind the key in NextKeyMarker. */
const OPAQUE_MARKER = "[minio_cache:v2,return:]";

const OWNER = `<Owner><ID>${OWNER_ID}</ID></Owner>`;

interface Marker {
  readonly key: string;
  readonly versionId: string | undefined;
}

/** ListObjectVersions: versions and delete markers in one sequence, by key, newest first. */
export const listObjectVersions: Operation = (context, request) => {
  const { quirks } = context;
  const bucket = requireBucket(context.buckets, request.bucket);
  const list = parseListRequest(request, quirks);
  const marker = parseMarker(request.query);
  const page = walkKeys(
    bucket,
    {
      prefix: list.prefix,
      delimiter: list.delimiter,
      after: quirks.endlessListing ? "" : marker.key,
      mayRevisit: marker.versionId !== undefined || quirks.duplicateRowsAtPageBorders,
      limit: list.maxKeys,
      rowsOf: (key, versions) => {
        const rows = versionRows(versions, quirks);
        return key === marker.key && !quirks.endlessListing ? rowsAfter(bucket, rows, marker, quirks) : rows;
      },
    },
    quirks,
  );

  const write = keyWriter(list, quirks);
  const parts = [
    element("Name", bucket.name),
    element("Prefix", write(list.prefix)),
    element("KeyMarker", write(request.query.get("key-marker") ?? "")),
    element("VersionIdMarker", marker.versionId ?? ""),
    page.isTruncated || quirks.endlessListing ? nextMarkers(page, write, quirks) : "",
    element("MaxKeys", list.maxKeys),
    list.delimiter === "" ? "" : element("Delimiter", write(list.delimiter)),
    list.isUrlEncoded ? element("EncodingType", "url") : "",
    element("IsTruncated", page.isTruncated || quirks.endlessListing),
  ];
  for (const row of inPageOrder(page.rows, quirks)) parts.push(rowElement(bucket, row, write, quirks));
  parts.push(commonPrefixElements(page.commonPrefixes, write));
  return xmlReply("ListVersionsResult", parts.join(""));
};

/** A key's versions in the order of a listing: newest first. */
export function versionRows(versions: readonly Version[], quirks: Readonly<Quirks>): readonly Version[] {
  const rows = versions.toReversed();
  if (!quirks.nullListedLast) return rows;
  const isNull = (version: Version) => version.versionId === NULL_VERSION;
  return [...rows.filter((row) => !isNull(row)), ...rows.filter(isNull)];
}

function parseMarker(query: ReadonlyMap<string, string>): Marker {
  const key = (query.get("key-marker") ?? "").replace(OPAQUE_MARKER, "");
  const versionId = query.get("version-id-marker");
  if (versionId === undefined) return { key, versionId };
  if (versionId === "") {
    throw invalidArgument("A version-id marker cannot be empty.", "version-id-marker", versionId);
  }
  if (key === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionId,
    );
  }
  if (!isVersionId(versionId)) throw invalidArgument("Invalid version id specified", "version-id-marker", versionId);
  return { key, versionId };
}

/** The rows of the marker's key that are still to come; a version deleted since has left its place in the order. */
function rowsAfter(
  bucket: Bucket,
  rows: readonly Version[],
  marker: Marker,
  quirks: Readonly<Quirks>,
): readonly Version[] {
  const { versionId } = marker;
  if (versionId === undefined) return [];
  const position = rows.findIndex((row) => row.versionId === versionId);
  if (position >= 0) return rows.slice(quirks.duplicateRowsAtPageBorders ? position : position + 1);
  const sequence = removedSequence(bucket, marker.key, versionId) ?? 0;
  return rows.filter((row) => row.sequence < sequence);
}

function inPageOrder(rows: readonly Version[], quirks: Readonly<Quirks>): readonly Version[] {
  if (!quirks.deleteMarkersFirst) return rows;
  return [...rows.filter((row) => row.kind === "marker"), ...rows.filter((row) => row.kind === "object")];
}

function nextMarkers(page: Page, write: (key: string) => string, quirks: Readonly<Quirks>): string {
  const { last } = page;
  const opaque = (key: string) => write(quirks.opaqueKeyMarker ? `${key}${OPAQUE_MARKER}` : key);
  if (last === undefined) return "";
  if (typeof last === "string") return element("NextKeyMarker", opaque(last));
  return element("NextKeyMarker", opaque(last.key)) + element("NextVersionIdMarker", last.versionId);
}

function rowElement(bucket: Bucket, row: Version, write: (key: string) => string, quirks: Readonly<Quirks>): string {
  const isLatest = bucket.keys.get(row.key)?.at(-1) === row;
  const common =
    `<Key>${escapeXml(write(row.key))}</Key><VersionId>${row.versionId}</VersionId><IsLatest>${isLatest}</IsLatest>` +
    `<LastModified>${listTime(row.lastModifiedMs, quirks)}</LastModified>`;
  if (row.kind === "marker") return `<DeleteMarker>${common}${OWNER}</DeleteMarker>`;
  return (
    `<Version>${common}<ETag>&quot;${escapeXml(row.etag)}&quot;</ETag>${checksumSummary(row, quirks)}` +
    `<Size>${row.body.sizeBytes}</Size>${OWNER}<StorageClass>${escapeXml(row.storageClass)}</StorageClass></Version>`
  );
}
