import { createReadStream } from "node:fs";

import { isErrno } from "../disk/errno.ts";
import { writeAtomically } from "../disk/write-atomically.ts";
import { formatManifestChunks } from "../manifest/format.ts";
import type { Manifest } from "../manifest/types.ts";

/**
 * Writes a manifest file, unless its bytes are right already: so its mtime changes only when its content does. Others see the
 * old file or the new one, never a part.
 * @returns whether it wrote
 * @throws {S3PinError} `MANIFEST_INVALID` for entries that cannot be written; `DISK_FULL`, `PERMISSION_DENIED` or `FILE_SYSTEM`
 * @example
 * const hasChanged = await writeManifestFile("media.csv", manifest);
 */
export async function writeManifestFile(path: string, manifest: Manifest): Promise<boolean> {
  if (await holds(path, formatManifestChunks(manifest))) return false;
  await writeAtomically(path, formatManifestChunks(manifest));
  return true;
}

/** Whether the file's bytes are those of the text; both come in pieces, of different sizes. */
async function holds(path: string, text: Iterable<string>): Promise<boolean> {
  const wanted = text[Symbol.iterator]();
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let found = chunk;
      while (found.length > 0) {
        if (rest.length === 0) {
          const next = wanted.next();
          if (next.done) return false;
          rest = Buffer.from(next.value, "utf8");
        }
        const length = Math.min(found.length, rest.length);
        if (found.compare(rest, 0, length, 0, length) !== 0) return false;
        found = found.subarray(length);
        rest = rest.subarray(length);
      }
    }
  } catch (error) {
    // Whatever keeps it from being read: writing it will tell, in the words for writing.
    if (isErrno(error)) return false;
    throw error;
  }
  return rest.length === 0 && wanted.next().done === true;
}
