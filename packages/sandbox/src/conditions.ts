import { preconditionFailed } from "./errors.ts";
import { header, type S3Request } from "./s3-request.ts";

interface State {
  /** without quotes */
  readonly etag: string;
  readonly lastModifiedMs: number;
}

/**
 * The conditions of a read, or with the prefix `x-amz-copy-source-` of a copy.
 *
 * | If-Match | If-Unmodified-Since | answer |     | If-None-Match | If-Modified-Since | answer |
 * |----------|---------------------|--------|-----|---------------|-------------------|--------|
 * | holds    | any                 | goes on|     | matches       | any               | 304    |
 * | fails    | any                 | 412    |     | differs       | any               | goes on|
 * | none     | fails               | 412    |     | none          | not modified      | 304    |
 * @throws {S3Error} 412 PreconditionFailed
 */
export function checkConditions(request: S3Request, state: State, prefix = ""): "go-on" | "not-modified" {
  // HTTP dates have whole seconds.
  const modifiedMs = Math.floor(state.lastModifiedMs / 1000) * 1000;
  const ifMatch = header(request, `${prefix}if-match`);
  const unmodifiedSince = parseDate(header(request, `${prefix}if-unmodified-since`));
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, state.etag)) throw preconditionFailed("If-Match");
  } else if (unmodifiedSince !== undefined && modifiedMs > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }

  const ifNoneMatch = header(request, `${prefix}if-none-match`);
  if (ifNoneMatch !== undefined) return matchesEtag(ifNoneMatch, state.etag) ? "not-modified" : "go-on";
  const modifiedSince = parseDate(header(request, `${prefix}if-modified-since`));
  return modifiedSince !== undefined && modifiedMs <= modifiedSince ? "not-modified" : "go-on";
}

/** Whether a list of ETags, quoted or not, or `*`, has this one. */
export function matchesEtag(list: string, etag: string): boolean {
  return list.split(",").some((item) => {
    const text = item.trim();
    return text === "*" || text.replace(/^"|"$/g, "") === etag;
  });
}

function parseDate(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
