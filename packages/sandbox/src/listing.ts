import { type Bucket, sortedKeys, type Version } from "./bucket-store.ts";
import { invalidArgument } from "./errors.ts";
import { compareUtf8, compareUtf16, lowerBound } from "./key-order.ts";
import type { Quirks } from "./quirks.ts";
import type { S3Request } from "./s3-request.ts";
import { element } from "./xml.ts";

/** Rows a page when the request names no number: S3's default. */
const DEFAULT_MAX_KEYS = 1000;

/** The account that all buckets and objects belong to. */
export const OWNER_ID = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

/** What all listings take. */
export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly isUrlEncoded: boolean;
}

/** @throws {S3Error} 400 InvalidArgument */
export function parseListRequest(request: S3Request, quirks: Readonly<Quirks>): ListRequest {
  const { query } = request;
  const encoding = query.get("encoding-type") ?? "";
  if (encoding !== "" && encoding !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
  }
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    maxKeys: Math.min(parseCount(query.get("max-keys"), "max-keys", DEFAULT_MAX_KEYS), quirks.pageSize),
    isUrlEncoded: encoding === "url" && !quirks.ignoreEncodingType,
  };
}

/** @throws {S3Error} 400 InvalidArgument for what is no number from 0 to 2147483647 */
export function parseCount(text: string | undefined, name: string, fallback: number): number {
  if (text === undefined || text === "") return fallback;
  if (/^\d+$/.test(text) && Number(text) <= 2147483647) return Number(text);
  throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, text);
}

export interface Walk {
  readonly prefix: string;
  readonly delimiter: string;
  /** the key, or common prefix, where the page before ended */
  readonly after: string;
  /** whether the walk gives that key to `rowsOf` again, since it may have rows left */
  readonly mayRevisit: boolean;
  readonly limit: number;
  /** the rows of one key in order, possibly none */
  readonly rowsOf: (key: string, versions: readonly Version[]) => readonly Version[];
}

export interface Page {
  readonly rows: readonly Version[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** where the next page goes on: the last row, or the last common prefix */
  readonly last: Version | string | undefined;
}

/** Walks a bucket's keys in order and fills one page with rows and common prefixes, each counting as one. */
export function walkKeys(bucket: Bucket, walk: Walk, quirks: Readonly<Quirks>): Page {
  const compare = quirks.utf16Order ? compareUtf16 : compareUtf8;
  const { prefix, delimiter, after, limit } = walk;
  const keys = sortedKeys(bucket, compare);
  const rows: Version[] = [];
  const commonPrefixes: string[] = [];
  let last: Page["last"];

  const start = compare(prefix, after) > 0 ? prefix : after;
  let position = lowerBound(keys, (key) => compare(key, start) < 0);
  if (limit === 0) return { rows, commonPrefixes, isTruncated: false, last };
  for (;;) {
    const key = keys[position];
    if (key === undefined || !key.startsWith(prefix)) return { rows, commonPrefixes, isTruncated: false, last };
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut >= 0) {
      const group = key.slice(0, cut + delimiter.length);
      const end = lowerBound(keys, (other) => other.startsWith(group) || compare(other, group) < 0, position);
      if (!after.startsWith(group) && hasRows(bucket, walk, keys, position, end)) {
        if (rows.length + commonPrefixes.length === limit) return { rows, commonPrefixes, isTruncated: true, last };
        commonPrefixes.push(group);
        last = group;
      }
      position = end;
      continue;
    }
    if (key !== after || walk.mayRevisit) {
      for (const row of walk.rowsOf(key, bucket.keys.get(key) ?? [])) {
        if (rows.length + commonPrefixes.length === limit) return { rows, commonPrefixes, isTruncated: true, last };
        rows.push(row);
        last = row;
      }
    }
    position += 1;
  }
}

function hasRows(bucket: Bucket, walk: Walk, keys: readonly string[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const key = keys[i] ?? "";
    if (walk.rowsOf(key, bucket.keys.get(key) ?? []).length > 0) return true;
  }
  return false;
}

/** How a listing writes keys, prefixes and markers. */
export function keyWriter(request: ListRequest, quirks: Readonly<Quirks>): (key: string) => string {
  if (!request.isUrlEncoded) return (key) => key;
  const blank = quirks.urlEncodeSpaceAsPercent20 ? "%20" : "+";
  return (key) => {
    if (/^[A-Za-z0-9\-._*/]*$/.test(key)) return key;
    return encodeURIComponent(key)
      .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%2F", "/")
      .replaceAll("%20", blank);
  };
}

/** A time as listings show it: S3 keeps whole seconds and writes `.000Z`. */
export function listTime(ms: number, quirks: Readonly<Quirks>): string {
  const text = new Date(ms).toISOString();
  if (quirks.fractionalLastModified) return text;
  return quirks.noFractionLastModified ? `${text.slice(0, 19)}Z` : `${text.slice(0, 19)}.000Z`;
}

export function commonPrefixElements(prefixes: readonly string[], write: (key: string) => string): string {
  return prefixes.map((prefix) => `<CommonPrefixes>${element("Prefix", write(prefix))}</CommonPrefixes>`).join("");
}
