import { printable, S3PinError } from "../errors.ts";
import { parseTimestamp } from "../manifest/timestamp.ts";
import { decodeKeyMarker } from "./decode-key-marker.ts";
import { decodeUrl } from "./decode-url.ts";
import type { ObjectVersion, VersionsPage } from "./types.ts";
import { XmlCursor } from "./xml-cursor.ts";

/** The second is what a few servers call it. */
const ROOTS: readonly string[] = ["ListVersionsResult", "ListBucketVersionsResult"];

/**
 * Reads the XML of a ListObjectVersions answer in one pass. Versions and delete markers stay in document order, which
 * breaks ties between rows of one second and which parsers into objects lose.
 *
 * - Keys and the key marker are decoded (`+` as a blank, then percent) only if the answer says `EncodingType` `url`:
 *   many stores ignore the wish, and a key may hold a literal `%41`. The marker is given back in a next request as it
 *   comes out here; {@link decodeKeyMarker} sees to stores that encode keys, but not the marker.
 * - A row without `VersionId` is the `null` version; without `IsTruncated`, a page with a next marker is truncated.
 * - Unlike an XML parser, it does not turn a raw `\r` in a key into `\n`: some servers forget to write `&#13;`.
 * @param xml the body, as text
 * @throws {S3PinError} `UNEXPECTED_ANSWER` when it is an `<Error>`, HTML, cut off, or anything but such an answer;
 * `LISTING_STUCK` when the marker is a key that the store could not write down
 * @example
 * ```ts
 * const { rows, isTruncated, nextKeyMarker } = scanVersionsPage(await response.text());
 * ```
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function scanVersionsPage(xml: string): VersionsPage {
  const cursor = new XmlCursor(xml);
  cursor.enterRoot();
  if (!ROOTS.includes(cursor.name)) throw otherDocument(cursor);

  const rows: Row[] = [];
  let encodingType = "";
  let isTruncated: boolean | undefined;
  let nextKeyMarker = "";
  let nextVersionIdMarker = "";
  while (cursor.nextChild()) {
    switch (cursor.name) {
      case "Version":
        rows.push(scanRow(cursor, false));
        break;
      case "DeleteMarker":
        rows.push(scanRow(cursor, true));
        break;
      case "EncodingType":
        encodingType = cursor.text().trim();
        break;
      case "IsTruncated":
        isTruncated = toBoolean(cursor);
        break;
      case "NextKeyMarker":
        nextKeyMarker = cursor.text();
        break;
      case "NextVersionIdMarker":
        nextVersionIdMarker = cursor.text();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.end();

  const hasNext = isTruncated ?? nextKeyMarker !== "";
  if (isUrlEncoded(encodingType, cursor)) {
    for (const row of rows) row.key = decodeUrl(row.key) ?? refuseEncoding(row.key, cursor);
    const keys = rows.map(({ key }) => key);
    nextKeyMarker = decodeKeyMarker(nextKeyMarker, keys) ?? refuseEncoding(nextKeyMarker, cursor);
  } else if (hasNext && nextKeyMarker.includes("\uFFFD")) {
    throw unrepresentableMarker(nextKeyMarker);
  }
  return {
    rows,
    isTruncated: hasNext,
    nextKeyMarker: nextKeyMarker === "" ? undefined : nextKeyMarker,
    nextVersionIdMarker: nextVersionIdMarker === "" ? undefined : nextVersionIdMarker,
  };
}

/** The key is decoded at the end only: `EncodingType` may come after the rows. */
type Row = { key: string } & Omit<ObjectVersion, "key">;

function otherDocument(cursor: XmlCursor): Error {
  if (cursor.name === "Error") return storeError(cursor);
  return cursor.refuse(`it is a <${printable(cursor.name)}>, not a <ListVersionsResult>`);
}

/** Some stores find out that they cannot answer after they have said 200. */
function storeError(cursor: XmlCursor): Error {
  let code = "";
  let message = "";
  while (cursor.nextChild()) {
    if (cursor.name === "Code") code = cursor.text();
    else if (cursor.name === "Message") message = cursor.text();
    else cursor.skip();
  }
  return cursor.refuse(`it is the error ${printable(code)}: ${printable(message)}`);
}

function scanRow(cursor: XmlCursor, isDeleteMarker: boolean): Row {
  let key: string | undefined;
  let versionId = "";
  let isLatest = false;
  let lastModifiedMs: number | undefined;
  let sizeBytes: number | undefined;
  let etag = "";
  while (cursor.nextChild()) {
    switch (cursor.name) {
      case "Key":
        key = cursor.text();
        break;
      case "VersionId":
        versionId = cursor.text();
        break;
      case "IsLatest":
        isLatest = toBoolean(cursor) ?? false;
        break;
      case "LastModified":
        lastModifiedMs = toTime(cursor);
        break;
      case "ETag":
        etag = withoutQuotes(cursor.text());
        break;
      case "Size":
        sizeBytes = toSize(cursor);
        break;
      default:
        cursor.skip();
    }
  }

  if (key === undefined || key === "") throw cursor.refuse("a row has no <Key>");
  if (lastModifiedMs === undefined) throw cursor.refuse(`${printable(key)} has no <LastModified>`);
  if (isDeleteMarker)
    return { key, versionId: versionId || "null", isDeleteMarker, isLatest, lastModifiedMs, sizeBytes: 0, etag: "" };
  if (sizeBytes === undefined) throw cursor.refuse(`${printable(key)} has no <Size>`);
  return { key, versionId: versionId || "null", isDeleteMarker, isLatest, lastModifiedMs, sizeBytes, etag };
}

function toBoolean(cursor: XmlCursor): boolean | undefined {
  const { name } = cursor;
  const text = cursor.text();
  if (text === "false") return false;
  if (text === "true") return true;
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "") return undefined;
  if (trimmed !== "true" && trimmed !== "false")
    throw cursor.refuse(`<${name}> is "${printable(text)}", not true or false`);
  return trimmed === "true";
}

function toTime(cursor: XmlCursor): number {
  const text = cursor.text();
  // AWS always writes `.000Z`, and a time without it takes a faster path
  const timeMs = parseTimestamp(text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text.trim());
  if (timeMs === undefined)
    throw cursor.refuse(`<LastModified> is "${printable(text)}", not as 2026-11-02T10:00:00.000Z`);
  return timeMs;
}

function toSize(cursor: XmlCursor): number {
  const text = cursor.text();
  const size = /^\s*\d{1,16}\s*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw cursor.refuse(`<Size> is "${printable(text)}", not a number of bytes`);
  return size;
}

function withoutQuotes(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

function isUrlEncoded(encodingType: string, cursor: XmlCursor): boolean {
  if (encodingType === "") return false;
  if (encodingType.toLowerCase() === "url") return true;
  throw cursor.refuse(`<EncodingType> is "${printable(encodingType)}", and only url is known`);
}

function refuseEncoding(text: string, cursor: XmlCursor): never {
  throw cursor.refuse(`it claims EncodingType url, but "${printable(text)}" is not percent-encoded UTF-8`);
}

/** SeaweedFS goes on behind U+FFFD then, and so leaves out nearly all keys that follow, without a word. */
function unrepresentableMarker(marker: string): S3PinError {
  return new S3PinError(
    "LISTING_STUCK",
    `The store cannot say where its list goes on: a page ends at ${printable(marker)}, which stands for a key with characters that XML cannot hold`,
    {
      hint: "Rename or remove the object whose key has control characters, or pin a longer prefix without it.",
      details: { nextKeyMarker: marker },
    },
  );
}
