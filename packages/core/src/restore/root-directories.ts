import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { fileSystemError } from "../disk/file-system-error.ts";
import { printable, S3PinError } from "../errors.ts";

/** What a directory's path below the root leads to. */
export type DirectoryState = "directory" | "missing" | "symlink" | "file";

/** Knows the directories below a root, each asked of the file system once. Paths are `/`-separated, `""` is the root. */
export interface RootDirectories {
  /** The state of `path`, or the first state on the way to it that is not a directory. */
  state(path: string): DirectoryState;
  /** Makes `path` and what is missing above it. @throws {S3PinError} `SYMLINK_IN_ROOT`, `PATH_CONFLICTS` or the disk's */
  make(path: string): void;
  /** Forgets what is known, after something was removed. */
  forget(): void;
}

export function createRootDirectories(root: string): RootDirectories {
  const known = new Map<string, DirectoryState>();

  const state = (path: string): DirectoryState => {
    const remembered = known.get(path);
    if (remembered !== undefined) return remembered;
    const above = path === "" ? "directory" : state(parentOf(path));
    const found = above === "directory" ? lookAt(path === "" ? root : join(root, path)) : above;
    known.set(path, found);
    return found;
  };

  const make = (path: string): void => {
    const found = state(path);
    if (found === "directory") return;
    const file = path === "" ? root : join(root, path);
    if (found === "symlink")
      throw new S3PinError(
        "SYMLINK_IN_ROOT",
        `${printable(file)} is or lies below a symlink, and nothing is written through one`,
        {
          hint: "Replace the symlink by a directory, or restore into the place it leads to.",
          details: { path: file },
        },
      );
    if (found === "file")
      throw new S3PinError("PATH_CONFLICTS", `${printable(file)} is or lies below a file where a directory must be`, {
        hint: "Move the file away, or let --prune or --delete remove it.",
        details: { path: file },
      });
    if (path !== "") make(parentOf(path));
    try {
      mkdirSync(file, { recursive: path === "" });
    } catch (error) {
      // Another run may have made it a moment ago; anything but a directory is looked at again.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || lookAt(file) !== "directory")
        throw fileSystemError(error, file);
    }
    known.set(path, "directory");
  };

  return { state, make, forget: () => known.clear() };
}

function lookAt(file: string): DirectoryState {
  let found: ReturnType<typeof lstatSync>;
  try {
    found = lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    // A parent is a file: seen on the way down already, or just now put there.
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return "file";
    throw fileSystemError(error, file);
  }
  if (found === undefined) return "missing";
  if (found.isDirectory()) return "directory";
  return found.isSymbolicLink() ? "symlink" : "file";
}

/** The path above, `""` for the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}
