import { printable, S3PinError } from "../errors.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { ObjectStore, VersionsPageRequest } from "../s3/object-store.ts";
import type { ObjectVersion, VersionsPage } from "./types.ts";

/** The rows that {@link listVersions} gives: those of a prefix, or of one range of its keys. */
export interface VersionsRange {
  readonly bucket: string;
  readonly prefix: string;
  /** Only keys greater than this one, in UTF-8 order. @default the first key of the prefix, included */
  readonly after?: string | undefined;
  /** Only keys up to this one, itself included, so that the range after it begins where this one ends. */
  readonly until?: string | undefined;
}

/** How {@link listVersions} asks. */
export interface ListVersionsOptions {
  /** Runs each request for a page, again when it sees fit. @default once */
  readonly retry?: Retry | undefined;
  /** Rows a page, 1 to 1,000. @default the store's default, 1000 */
  readonly maxKeys?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `attempt` until it succeeds or is not worth another try; rejects with the last error. */
export type Retry = <T>(attempt: () => Promise<T>) => Promise<T>;

/**
 * Lists versions and delete markers, page by page, in document order. While a page is worked on, the next one is on its way.
 *
 * - Markers are given back untouched: on some stores they are not keys.
 * - A row that the page before had already (same key and version id) is left out: some stores repeat rows at borders.
 * - A page may be empty, or hold delete markers only; only `isTruncated` false ends the list.
 * - With `after` and `until`, ranges of one prefix meet exactly: a row is in one of them and in no other. This needs a
 *   store that lists in UTF-8 order.
 * @throws {S3PinError} `LISTING_STUCK` when a truncated page has no marker, or one that was already used (which would
 *   go on for ever); `ABORTED`; and what the store throws
 * @example
 * ```ts
 * for await (const rows of listVersions(store, { bucket: "media.example.com", prefix: "site/" })) count += rows.length;
 * ```
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export async function* listVersions(
  store: Pick<ObjectStore, "listVersionsPage">,
  range: VersionsRange,
  options: ListVersionsOptions = {},
): AsyncGenerator<readonly ObjectVersion[], void, undefined> {
  const { retry = (attempt) => attempt(), maxKeys, signal } = options;
  const { bucket, prefix, after } = range;
  const prefetch = new AbortController();
  const stop = signal === undefined ? prefetch.signal : AbortSignal.any([signal, prefetch.signal]);
  const request = (markers: Markers): Promise<VersionsPage> => {
    const page = retry(() => store.listVersionsPage({ bucket, prefix, ...markers, maxKeys }, stop));
    // a page asked for ahead may fail while the one before is worked on; it is awaited, and throws, in its turn
    page.catch(() => {});
    return page;
  };

  let markers: Markers | undefined = { keyMarker: after };
  const used = new Set([identityOfMarkers(markers)]);
  let before: readonly ObjectVersion[] = [];
  throwIfAborted(range, signal);
  try {
    let ahead = request(markers);
    while (markers !== undefined) {
      const page = await ahead;
      throwIfAborted(range, signal);
      markers = nextMarkers(page, range, used);
      if (markers !== undefined) ahead = request(markers);
      const rows = rowsInRange(page.rows, range);
      const fresh = notIn(before, rows);
      if (fresh.length === 0) continue;
      before = rows;
      yield fresh;
    }
  } finally {
    prefetch.abort();
  }
}

function throwIfAborted({ bucket, prefix }: VersionsRange, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new S3PinError("ABORTED", `Listing s3://${bucket}/${printable(prefix)} was stopped`);
}

type Markers = Pick<VersionsPageRequest, "keyMarker" | "versionIdMarker">;

/** The markers of the page after `page`, or undefined when there is none within the range. Adds them to `used`. */
function nextMarkers(page: VersionsPage, range: VersionsRange, used: Set<string>): Markers | undefined {
  if (!page.isTruncated || isBeyond(page.rows, range.until)) return undefined;
  const markers = { keyMarker: page.nextKeyMarker, versionIdMarker: page.nextVersionIdMarker };
  if (markers.keyMarker === undefined && markers.versionIdMarker === undefined) {
    throw stuck(range, "a page says that more follows, but not from where", markers);
  }
  const identity = identityOfMarkers(markers);
  if (used.has(identity)) throw stuck(range, "a page leads back to one that was already read", markers);
  used.add(identity);
  return markers;
}

function identityOfMarkers({ keyMarker = "", versionIdMarker = "" }: Markers): string {
  return `${keyMarker}\0${versionIdMarker}`;
}

function stuck({ bucket, prefix }: VersionsRange, problem: string, markers: Markers): S3PinError {
  const shown = `NextKeyMarker "${printable(markers.keyMarker ?? "")}", NextVersionIdMarker "${printable(markers.versionIdMarker ?? "")}"`;
  return new S3PinError(
    "LISTING_STUCK",
    `Listing s3://${bucket}/${printable(prefix)} cannot go on: ${problem} (${shown})`,
    {
      hint: "The store breaks the rules of ListObjectVersions; a newer release of it may not.",
      details: { bucket, prefix, ...markers },
    },
  );
}

function isBeyond(rows: readonly ObjectVersion[], until: string | undefined): boolean {
  return until !== undefined && rows.some((row) => compareUtf8(row.key, until) > 0);
}

/** Some stores begin with the key that `after` names, or with what is left of its versions. */
function rowsInRange(rows: readonly ObjectVersion[], { after, until }: VersionsRange): readonly ObjectVersion[] {
  if (after === undefined && until === undefined) return rows;
  return rows.filter(
    ({ key }) =>
      (after === undefined || compareUtf8(key, after) > 0) && (until === undefined || compareUtf8(key, until) <= 0),
  );
}

function notIn(before: readonly ObjectVersion[], rows: readonly ObjectVersion[]): readonly ObjectVersion[] {
  // any total order will do here: a key above the greatest of the page before was not in it
  let border = "";
  for (const { key } of before) if (key > border) border = key;
  if (rows.every(({ key }) => key > border)) return rows;
  const known = new Set(before.map(identityOfRow));
  return rows.filter((row) => row.key > border || !known.has(identityOfRow(row)));
}

function identityOfRow({ key, versionId }: ObjectVersion): string {
  return `${versionId}\0${key}`;
}
