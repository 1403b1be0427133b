import {
  closeSync,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { TEMP_DIR_NAME } from "../paths/key-to-path.ts";

/** A file that is being written; it is not at its place before {@link TempFile.moveTo}. */
export interface TempFile {
  /** Appends, or writes at `offset` bytes. */
  write(chunk: Uint8Array, offset?: number): void;
  /** Ends the writing and sets the mtime, in milliseconds since 1970, when given. */
  finish(mtimeMs: number | undefined): { readonly sizeBytes: number; readonly mtimeNs: bigint };
  /** Puts the finished file in place of what is there, in one step. */
  moveTo(path: string): void;
  /** Removes the file, whatever its state; does nothing once it was moved. */
  discard(): void;
}

/** The directory for unfinished files: inside the root, so that it is on the same file system. */
export interface TempDir {
  create(): TempFile;
  /** Removes the directory and what is left in it. */
  remove(): void;
}

/** Removes what a killed run left; a `.s3pin-tmp` is ours by its name, and a symlink of that name is not followed. */
export function removeStaleTempDir(root: string): void {
  const path = join(root, TEMP_DIR_NAME);
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path, { recursive: true, force: true });
}

/** Makes the directory when the first file is created. */
export function createTempDir(root: string): TempDir {
  const directory = join(root, TEMP_DIR_NAME);
  let made = false;
  let count = 0;
  return {
    create() {
      if (!made) {
        mkdirSync(directory);
        made = true;
      }
      return openTempFile(join(directory, String(count++)));
    },
    remove() {
      if (!made) return;
      try {
        rmdirSync(directory);
      } catch {
        rmSync(directory, { recursive: true, force: true });
      }
      made = false;
    },
  };
}

function openTempFile(path: string): TempFile {
  // Exclusive: nothing that somebody planted under this name is written to.
  const fd = openSync(path, "wx", 0o666);
  let open = true;
  let there = true;
  return {
    write(chunk, offset) {
      for (let at = 0; at < chunk.length; )
        at += writeSync(fd, chunk, at, chunk.length - at, offset === undefined ? null : offset + at);
    },
    finish(mtimeMs) {
      if (mtimeMs !== undefined) futimesSync(fd, mtimeMs / 1000, mtimeMs / 1000);
      const { size, mtimeNs } = fstatSync(fd, { bigint: true });
      closeSync(fd);
      open = false;
      return { sizeBytes: Number(size), mtimeNs };
    },
    moveTo(target) {
      renameSync(path, target);
      there = false;
    },
    discard() {
      if (open) closeSync(fd);
      open = false;
      if (there) {
        try {
          unlinkSync(path);
        } catch {
          // Gone already, or removed with its directory at the end.
        }
      }
      there = false;
    },
  };
}
