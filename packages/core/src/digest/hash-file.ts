import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

import {
  type ContentDigest,
  createFileDigest,
  type DigestResult,
  digestAtOnce,
  type ExpectedContent,
} from "./content-digest.ts";

/** Half of a core's own cache: what was read is hashed before it leaves (1 MiB took 6 % longer). */
const BUFFER_BYTES = 256 * 1024;
const buffer = Buffer.allocUnsafe(BUFFER_BYTES);

type ExpectedFile = Pick<ExpectedContent, "sizeBytes" | "etag" | "remembered">;

/**
 * Hashes a file and compares it with what it should hold. Reads are synchronous, since for files in the page cache a
 * thread-pool round trip costs more than the read; after each buffer the event loop gets its turn.
 * @throws the file system's error
 */
export async function hashFile(file: string, expected: ExpectedFile, signal?: AbortSignal): Promise<DigestResult> {
  const small = hashSmallFile(file, expected);
  if (small !== undefined) return small;
  const pieces = readPieces(file, createFileDigest(expected));
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    await nextTurn();
    signal?.throwIfAborted();
  }
}

/** As {@link hashFile}, for a thread of its own. */
export function hashFileSync(file: string, expected: ExpectedFile): DigestResult {
  const small = hashSmallFile(file, expected);
  if (small !== undefined) return small;
  const pieces = readPieces(file, createFileDigest(expected));
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}

/** Of a file that fits the buffer; undefined for one that does not, or of which more than the MD5 is to be known. */
function hashSmallFile(file: string, expected: ExpectedFile): DigestResult | undefined {
  if (expected.sizeBytes === undefined || expected.sizeBytes >= BUFFER_BYTES) return undefined;
  const fd = openSync(file, "r");
  try {
    const read = readSync(fd, buffer, 0, BUFFER_BYTES, null);
    // It has grown, or reads come in parts.
    if (read !== expected.sizeBytes) return undefined;
    return digestAtOnce(buffer.subarray(0, read), expected);
  } finally {
    closeSync(fd);
  }
}

/** Yields after each buffer that was full. */
function* readPieces(file: string, digest: ContentDigest): Generator<void, DigestResult, void> {
  const fd = openSync(file, "r");
  try {
    for (;;) {
      const read = readSync(fd, buffer, 0, BUFFER_BYTES, null);
      if (read > 0) digest.update(buffer.subarray(0, read));
      if (read < BUFFER_BYTES) return digest.finish();
      yield;
    }
  } finally {
    closeSync(fd);
  }
}
