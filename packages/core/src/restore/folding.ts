import { lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import type { NameFolding } from "../paths/find-conflicts.ts";

/**
 * Finds out by looking for something that exists under a name in the other case: an entry of the root, or the root
 * itself. Writes nothing; where nothing can be tried, the platform's habit holds.
 */
export function probeFolding(root: string): NameFolding {
  const habit = process.platform === "darwin" || process.platform === "win32";
  const foldsCase = foldsCaseAt(root) ?? habit;
  // File systems that fold Unicode forms (HFS+, APFS, ext4 with casefold) fold case as well; NTFS folds case alone.
  return { foldsCase, foldsUnicode: foldsCase && process.platform !== "win32" };
}

function foldsCaseAt(root: string): boolean | undefined {
  for (const name of namesIn(root).slice(0, 16)) {
    const found = sameUnderOtherCase(root, name);
    if (found !== undefined) return found;
  }
  return sameUnderOtherCase(dirname(root), basename(root));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function sameUnderOtherCase(directory: string, name: string): boolean | undefined {
  const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  if (other === name) return undefined;
  try {
    const own = lstatSync(join(directory, name), { bigint: true });
    const found = lstatSync(join(directory, other), { bigint: true, throwIfNoEntry: false });
    return found !== undefined && found.ino === own.ino && found.dev === own.dev;
  } catch {
    return undefined;
  }
}

/** The name that a folding file system sees. */
export function foldPath(path: string, { foldsCase, foldsUnicode }: NameFolding): string {
  const form = foldsUnicode ? path.normalize("NFD") : path;
  return foldsCase ? form.toLowerCase() : form;
}
