import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

import { MAX_END_BYTES, parseEnd, parseHead, parseRow } from "./index-format.ts";
import type { IndexRow } from "./types.ts";

const CHUNK_BYTES = 256 * 1024;

/** An index on disk, proven whole, that is read as a stream: a million rows need no memory. */
export interface IndexReader {
  readonly sources: readonly string[];
  /** The rows, sorted by path in UTF-8 order. */
  rows(): Generator<IndexRow>;
  close(): void;
}

const NOTHING: IndexReader = { sources: [], *rows() {}, close() {} };

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
  for (const chunk of chunksOf(fd, endAt)) checksum = crc32(chunk, checksum);
  if (checksum !== end.checksum) return undefined;
  const lines = linesOf(fd, endAt);
  const head = lines.next();
  const sources = head.done ? undefined : parseHead(head.value);
  lines.return();
  if (sources === undefined) return undefined;
  return {
    sources,
    *rows() {
      let isHead = true;
      for (const line of linesOf(fd, endAt)) {
        if (!isHead) yield parseRow(line, sources);
        isHead = false;
      }
    },
    close: () => closeSync(fd),
  };
}

/** Each chunk is only good until the next. */
function* chunksOf(fd: number, endAt: number): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; at < endAt; ) {
    const read = readSync(fd, buffer, 0, Math.min(CHUNK_BYTES, endAt - at), at);
    if (read === 0) return;
    yield buffer.subarray(0, read);
    at += read;
  }
}

const NEWLINE = 10;

function* linesOf(fd: number, endAt: number): Generator<string, void> {
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of chunksOf(fd, endAt)) {
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
