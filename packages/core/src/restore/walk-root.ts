import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

import { fileSystemError } from "../disk/file-system-error.ts";

/** What lies below a directory. Paths are below the root, `/`-separated. */
export interface TreeListing {
  /** All that is not a directory: files, symlinks (not followed), special files. */
  readonly files: string[];
  /** Parents before their children. */
  readonly directories: string[];
}

/** Lists what lies below `start`, without following symlinks; nothing for a directory that is not there. */
export function walkRoot(root: string, start = "", skip?: string): TreeListing {
  const listing: TreeListing = { files: [], directories: [] };
  const pending = [start];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const found of readDirectory(join(root, directory))) {
      const path = directory === "" ? found.name : `${directory}/${found.name}`;
      if (path === skip) continue;
      if (found.isDirectory()) {
        listing.directories.push(path);
        pending.push(path);
      } else listing.files.push(path);
    }
  }
  return listing;
}

function readDirectory(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw fileSystemError(error, directory);
  }
}
