import { lstatSync } from "node:fs";

import { fileSystemError } from "../disk/file-system-error.ts";
import type { FileState } from "../plan/types.ts";

export const MISSING: FileState = { kind: "missing" };

/** What stands at a path, symlinks not followed. @throws {S3PinError} the disk's */
export function fileState(file: string): FileState {
  let stat: ReturnType<typeof lstatBig>;
  try {
    stat = lstatBig(file);
  } catch (error) {
    throw fileSystemError(error, file);
  }
  if (stat === undefined) return MISSING;
  if (stat.isFile()) return { kind: "file", sizeBytes: Number(stat.size), mtimeNs: stat.mtimeNs };
  if (stat.isDirectory()) return { kind: "directory" };
  return { kind: stat.isSymbolicLink() ? "symlink" : "special" };
}

function lstatBig(file: string) {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false });
}
