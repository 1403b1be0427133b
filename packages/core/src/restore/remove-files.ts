import { lstatSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";

import { fileSystemError } from "../disk/file-system-error.ts";
import { createRootDirectories, parentOf } from "./root-directories.ts";
import type { Work } from "./work.ts";

/** Removes the planned files, and the directories that this leaves empty; gives the number of files. */
export function removeFiles({ inspection, options, index, signal }: Work): number {
  const { root, plan } = inspection;
  const { onPath = () => {}, onProgress = () => {} } = options;
  const directories = createRootDirectories(root);
  let deleted = 0;
  for (const path of plan.deletes) {
    signal.throwIfAborted();
    // The root may have changed while the rest was fetched: nothing is removed through a symlink.
    if (directories.state(parentOf(path)) !== "directory") continue;
    const file = join(root, path);
    try {
      unlinkSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw fileSystemError(error, file);
    }
    index.forget(path);
    deleted++;
    onPath({ kind: "deleted", path });
    onProgress({ phase: "delete", done: deleted, total: plan.deletes.length, bytesDone: 0, bytesTotal: undefined });
  }
  for (const path of plan.emptyDirectories) removeIfEmpty(join(root, path));
  return deleted;
}

function removeIfEmpty(directory: string): void {
  try {
    if (lstatSync(directory).isDirectory()) rmdirSync(directory);
  } catch {
    // Not empty, or gone: nobody asked for more.
  }
}
