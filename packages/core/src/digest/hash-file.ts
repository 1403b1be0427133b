import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

import { createFileDigest, type DigestResult, type ExpectedContent } from "./content-digest.ts";

const BUFFER_BYTES = 1024 * 1024;
const buffer = Buffer.allocUnsafe(BUFFER_BYTES);

/**
 * Hashes a file and compares it with what it should hold. Reads are synchronous, since for files in the page cache a
 * thread-pool round trip costs more than the read; after each mebibyte the event loop gets its turn.
 */
export async function hashFile(
  file: string,
  expected: Pick<ExpectedContent, "sizeBytes" | "etag">,
  signal?: AbortSignal,
): Promise<DigestResult> {
  const digest = createFileDigest(expected);
  const fd = openSync(file, "r");
  try {
    for (;;) {
      const read = readSync(fd, buffer, 0, BUFFER_BYTES, null);
      if (read > 0) digest.update(buffer.subarray(0, read));
      if (read < BUFFER_BYTES) return digest.finish();
      await nextTurn();
      signal?.throwIfAborted();
    }
  } finally {
    closeSync(fd);
  }
}
