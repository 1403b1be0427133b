import { S3Error } from "./errors.ts";

/** Bytes `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header: `bytes=0-9`, `bytes=10-`, `bytes=-5`. Others, lists of ranges among them, are ignored as S3 ignores them.
 * @throws {S3Error} 416 InvalidRange
 */
export function parseRange(text: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [first, last] = [match[1], match[2]].map((digits) => (digits ? Number(digits) : undefined));
  if (first === undefined) {
    const length = Math.min(last ?? 0, sizeBytes);
    if (length === 0) throw invalidRange(text ?? "", sizeBytes);
    return { start: sizeBytes - length, end: sizeBytes };
  }
  if (last !== undefined && last < first) return undefined;
  if (first >= sizeBytes) throw invalidRange(text ?? "", sizeBytes);
  return { start: first, end: Math.min((last ?? sizeBytes) + 1, sizeBytes) };
}

function invalidRange(text: string, sizeBytes: number): S3Error {
  return new S3Error(416, "InvalidRange", "The requested range is not satisfiable", {
    fields: { RangeRequested: text, ActualObjectSize: String(sizeBytes) },
    headers: { "content-range": `bytes */${sizeBytes}` },
  });
}
