import { isS3PinError } from "../errors.ts";
import { formatSource, parseSource } from "./source.ts";
import { parseTimestamp } from "./timestamp.ts";

/** What a cell should have held; a reader throws nothing, so that one bad cell does not hide the next. */
export interface Unreadable {
  readonly expected: string;
}

export function isUnreadable(value: unknown): value is Unreadable {
  return typeof value === "object" && value !== null;
}

const NO_SIZE: Unreadable = { expected: "the size in bytes, a whole number" };

/** Bytes; empty is undefined. */
export function readSize(cell: string): number | undefined | Unreadable {
  if (cell === "") return undefined;
  // By hand, as Number() takes "1e3", " 7" and "0x1f" too, and a regular expression costs three times as much.
  let size = 0;
  for (let index = 0; index < cell.length; index++) {
    const digit = cell.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return NO_SIZE;
    size = size * 10 + digit;
  }
  return Number.isSafeInteger(size) ? size : NO_SIZE;
}

/** Milliseconds since 1970; empty is undefined. */
export function readTime(cell: string, zone: "needed" | "optional"): number | undefined | Unreadable {
  if (cell === "") return undefined;
  return parseTimestamp(cell, zone) ?? { expected: "a time as RFC 3339 writes it, such as 2026-11-02T10:00:00Z" };
}

/** An ETag never holds a quote, but many tools print it with the two that HTTP puts around it. */
export function readEtag(cell: string): string | undefined {
  if (cell === "") return undefined;
  const etag = cell.length > 2 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell;
  return etag;
}

/** Reads source cells and shares their strings: millions of entries have a few sources. Empty is undefined. */
export function sourceReader(): (cell: string) => string | undefined | Unreadable {
  const known = new Map<string, string | Unreadable>();
  let lastCell = "";
  let last: string | undefined | Unreadable;

  return (cell) => {
    if (cell === lastCell) return last;
    lastCell = cell;
    last = cell === "" ? undefined : (known.get(cell) ?? readSource(cell));
    if (last !== undefined) known.set(cell, last);
    return last;
  };
}

function readSource(cell: string): string | Unreadable {
  try {
    return formatSource(parseSource(cell));
  } catch (error) {
    if (isS3PinError(error) && error.code === "INVALID_URI")
      return { expected: "a source such as s3://bucket/prefix/" };
    throw error;
  }
}
