import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import type { Piece } from "../digest/piece-digest.ts";
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

/** A file that is written in pieces, in any order, and that a later run can go on with when this one is killed. */
export interface PartialFile extends TempFile {
  readonly path: string;
  /** Whether an earlier run wrote anything. */
  readonly hasEarlier: boolean;
  /** Whether an earlier run wrote this very piece. */
  isEarlier(piece: Piece): boolean;
  /** Reads what an earlier run wrote. */
  read(offset: number, length: number): Buffer;
  /** Notes that a piece is written. */
  mark(piece: Piece): void;
}

/** Creates unfinished files. */
export interface TempFiles {
  create(): TempFile;
}

/**
 * Creates files in a directory that is there.
 * @param prefix of their names, which nobody else uses
 */
export function tempFilesIn(directory: string, prefix: string): TempFiles {
  let count = 0;
  return { create: () => openTempFile(join(directory, `${prefix}${count++}`)) };
}

/** The directory for unfinished files: inside the root, so that it is on the same file system. */
export interface TempDir extends TempFiles {
  readonly path: string;
  /** Makes the directory itself, for those who create files in it by themselves. */
  make(): void;
  /** Opens the file of that name that a killed run left, or a new one. */
  createPartial(name: string, sizeBytes: number): PartialFile;
  /** Removes the directory and what is left in it. */
  remove(): void;
}

/**
 * Opens the directory, which is made when the first file is created, and removes what a killed run left in it but for
 * the partial files in `keep`. A `.s3pin-tmp` is ours by its name; a symlink of that name is not followed.
 */
export function openTempDir(root: string, keep: ReadonlySet<string>): TempDir {
  const directory = join(root, TEMP_DIR_NAME);
  let made = removeStale(directory, keep);
  const files = tempFilesIn(directory, "");
  const make = () => {
    if (!made) mkdirSync(directory);
    made = true;
  };
  return {
    path: directory,
    make,
    create() {
      make();
      return files.create();
    },
    createPartial(name, sizeBytes) {
      make();
      return openPartialFile(join(directory, name), sizeBytes);
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

/** @returns whether the directory is there afterwards */
function removeStale(directory: string, keep: ReadonlySet<string>): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return false;
  const isKept = (name: string) => keep.has(name) || keep.has(name.replace(RANGES_SUFFIX, ""));
  const names = found.isDirectory() && keep.size > 0 ? readdirSync(directory) : [];
  if (!names.some(isKept)) {
    rmSync(directory, { recursive: true, force: true });
    return false;
  }
  for (const name of names) if (!isKept(name)) rmSync(join(directory, name), { recursive: true, force: true });
  return true;
}

function openTempFile(path: string): TempFile {
  // Exclusive: nothing that somebody planted under this name is written to.
  return tempFile(path, openSync(path, "wx", 0o666));
}

function tempFile(path: string, fd: number): TempFile {
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

/** Beside a partial file stands the list of its pieces, `first+length` a line, each appended when its bytes are written. */
const RANGES_SUFFIX = ".ranges";

function lineOf({ first, length }: Piece): string {
  return `${first}+${length}`;
}

function openPartialFile(path: string, sizeBytes: number): PartialFile {
  const rangesPath = path + RANGES_SUFFIX;
  const earlier = readRanges(path, rangesPath);
  if (earlier.size === 0) for (const stale of [path, rangesPath]) rmSync(stale, { recursive: true, force: true });
  const flags = earlier.size === 0 ? "wx+" : constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);
  const fd = openSync(path, flags, 0o666);
  // Pieces come in any order: the file has its full length from the beginning, so that none moves its end.
  if (earlier.size === 0) ftruncateSync(fd, sizeBytes);
  const file = tempFile(path, fd);
  return {
    ...file,
    path,
    hasEarlier: earlier.size > 0,
    isEarlier: (piece) => earlier.has(lineOf(piece)),
    read(offset, length) {
      const bytes = Buffer.alloc(length);
      // What is missing stays zero, and the digest of the whole will tell.
      readSync(fd, bytes, 0, length, offset);
      return bytes;
    },
    mark: (piece) => appendFileSync(rangesPath, `${lineOf(piece)}\n`),
    moveTo(target) {
      file.moveTo(target);
      rmSync(rangesPath, { force: true });
    },
    discard() {
      file.discard();
      rmSync(rangesPath, { force: true });
    },
  };
}

/** Nothing is taken over from what is no plain file of our own, such as a link that somebody planted. */
function readRanges(path: string, rangesPath: string): ReadonlySet<string> {
  const [file, ranges] = [path, rangesPath].map((each) => lstatSync(each, { throwIfNoEntry: false }));
  if (file?.isFile() !== true || file.nlink !== 1 || ranges?.isFile() !== true) return new Set();
  const lines = readFileSync(rangesPath, "latin1").split("\n");
  // The last line may have been cut off.
  return new Set(lines.slice(0, -1));
}
