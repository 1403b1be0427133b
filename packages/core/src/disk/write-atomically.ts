import { randomBytes } from "node:crypto";
import { type FileHandle, lstat, open, readlink, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { isErrno } from "./errno.ts";
import { fileSystemError } from "./file-system-error.ts";

/** Linux gives up after so many as well. */
const MAX_SYMLINKS = 40;

/**
 * Writes a file so that others see either the old bytes or the new, never a part: into a temporary file beside it, which is
 * synced and renamed into place. An existing file keeps its mode; of a symlink the target is written, as editors do. When
 * writing fails, or `chunks` throws, the old file stays and the temporary one goes.
 * @param options.durable wait until the disk has the bytes; false for what may be lost in a power failure. @default true
 * @throws {S3PinError} `DISK_FULL`, `PERMISSION_DENIED` or `FILE_SYSTEM`, and whatever `chunks` throws
 * @example
 * await writeAtomically("media.csv", formatManifestChunks(manifest));
 */
export async function writeAtomically(
  path: string,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<void> {
  try {
    const { target, mode } = await findTarget(path);
    await replace(target, mode, chunks, durable);
  } catch (error) {
    throw fileSystemError(error, path);
  }
}

/** Follows symlinks by hand: `realpath` fails when the last one's target does not exist yet. */
async function findTarget(path: string): Promise<{ target: string; mode: number | undefined }> {
  let target = resolve(path);
  for (let hops = 0; hops < MAX_SYMLINKS; hops++) {
    const stats = await lstat(target).catch((error: unknown) => {
      if (isErrno(error) && error.code === "ENOENT") return undefined;
      throw error;
    });
    if (stats === undefined) return { target, mode: undefined };
    if (!stats.isSymbolicLink()) return { target, mode: stats.mode & 0o777 };
    target = resolve(dirname(target), await readlink(target));
  }
  throw Object.assign(new Error("too many symlinks"), { code: "ELOOP", syscall: "readlink" });
}

async function replace(
  target: string,
  mode: number | undefined,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  durable: boolean,
): Promise<void> {
  const temporary = join(dirname(target), `.s3pin-${randomBytes(8).toString("hex")}.tmp`);
  const file = await open(temporary, "wx", mode ?? 0o666);
  let isInPlace = false;
  try {
    try {
      // The mode given to `open` loses what the umask takes away.
      if (mode !== undefined) await file.chmod(mode);
      for await (const chunk of chunks) await writeAll(file, chunk);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    isInPlace = true;
  } finally {
    if (!isInPlace) await rm(temporary, { force: true });
  }
}

/** A single write may take fewer bytes than it was given. */
async function writeAll(file: FileHandle, chunk: string | Uint8Array): Promise<void> {
  const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}
