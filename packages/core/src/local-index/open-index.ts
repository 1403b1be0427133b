import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

import {
  type IndexLine,
  MAX_END_BYTES,
  parseCoveredStat,
  parseEnd,
  parseHead,
  parseLine,
  parseRow,
  parseSeal,
} from "./index-format.ts";
import type { Seal } from "./seal.ts";
import type { IndexRow } from "./types.ts";

const CHUNK_BYTES = 256 * 1024;

/** An index on disk, proven whole, that is read as a stream: a million rows need no memory. */
export interface IndexReader {
  readonly sources: readonly string[];
  readonly seal: Seal | undefined;
  /** The rows, sorted by path in UTF-8 order. */
  rows(): Generator<IndexRow>;
  /** The rows as they stand there, in the same order. */
  lines(): Generator<IndexLine>;
  /** The rows' lines, cut into so many parts of about one size, in order. */
  parts(count: number): readonly IndexPart[];
  close(): void;
}

/** Whole lines of an open index, which any thread of this process can read. */
export interface IndexPart {
  readonly fd: number;
  /** Bytes. */
  readonly from: number;
  readonly to: number;
}

/** What a file must still be like for a seal to hold. */
export type CoveredStat = Pick<IndexRow, "path" | "sizeBytes" | "mtimeNs">;

/** Reads a part: of each row that the seal covers, its file's path and stat, in the rows' order. */
export function* coveredStats({ fd, from, to }: IndexPart): Generator<CoveredStat> {
  for (const line of linesOf(fd, from, to)) {
    const stat = parseCoveredStat(line);
    if (stat !== undefined) yield stat;
  }
}

const NOTHING: IndexReader = {
  sources: [],
  seal: undefined,
  *rows() {},
  *lines() {},
  parts: () => [],
  close() {},
};

/**
 * Opens an index; one without rows when the file is missing, damaged, of another version or unreadable: a cache may cost
 * time, never a run.
 */
export function openIndex(file: string): IndexReader {
  let fd: number | undefined;
  try {
    fd = openSync(file, "r");
    const reader = readerOf(fd);
    if (reader !== undefined) return reader;
  } catch {
    // As good as lost.
  }
  if (fd !== undefined) closeSync(fd);
  return NOTHING;
}

function readerOf(fd: number): IndexReader | undefined {
  const size = fstatSync(fd).size;
  const tailAt = Math.max(0, size - MAX_END_BYTES);
  const tail = Buffer.alloc(size - tailAt);
  readSync(fd, tail, 0, tail.length, tailAt);
  const end = parseEnd(tail);
  if (end === undefined) return undefined;
  const endAt = tailAt + end.at;
  let checksum = 0;
  for (const chunk of chunksOf(fd, 0, endAt)) checksum = crc32(chunk, checksum);
  if (checksum !== end.checksum) return undefined;
  const lines = linesOf(fd, 0, end.sealAt);
  const head = lines.next();
  const sources = head.done ? undefined : parseHead(head.value);
  lines.return();
  if (head.done || sources === undefined) return undefined;
  const rowsAt = Buffer.byteLength(head.value) + 1;
  const seal = parseSeal([...linesOf(fd, end.sealAt, endAt)].join(""));
  return {
    sources,
    seal,
    *rows() {
      for (const line of linesOf(fd, rowsAt, end.sealAt)) yield parseRow(line, sources);
    },
    *lines() {
      for (const line of linesOf(fd, rowsAt, end.sealAt)) yield parseLine(line);
    },
    parts(count) {
      const size = Math.ceil((end.sealAt - rowsAt) / count);
      const borders = [rowsAt];
      for (let number = 1; number < count; number++)
        borders.push(lineStart(fd, Math.min(rowsAt + number * size, end.sealAt), end.sealAt));
      borders.push(end.sealAt);
      return borders.slice(1).map((to, number) => ({ fd, from: borders[number] ?? to, to }));
    },
    close: () => closeSync(fd),
  };
}

/** Each chunk is only good until the next. */
function* chunksOf(fd: number, from: number, to: number): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = from; at < to; ) {
    const read = readSync(fd, buffer, 0, Math.min(CHUNK_BYTES, to - at), at);
    if (read === 0) return;
    yield buffer.subarray(0, read);
    at += read;
  }
}

const NEWLINE = 10;

/** Where the first line begins that does so at `at` or behind it. */
function lineStart(fd: number, at: number, endAt: number): number {
  let start = at - 1;
  for (const chunk of chunksOf(fd, start, endAt)) {
    const found = chunk.indexOf(NEWLINE);
    if (found !== -1) return start + found + 1;
    start += chunk.length;
  }
  return endAt;
}

function* linesOf(fd: number, from: number, to: number): Generator<string, void> {
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of chunksOf(fd, from, to)) {
    const lastBreak = chunk.lastIndexOf(NEWLINE);
    if (lastBreak === -1) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    // A line may begin in one chunk and end in the next, in the middle of a character.
    const text = Buffer.concat([rest, chunk.subarray(0, lastBreak)]).toString("utf8");
    rest = Buffer.from(chunk.subarray(lastBreak + 1));
    yield* text.split("\n");
  }
}
