import { hashFile } from "../digest/hash-file.ts";
import type { IndexRow } from "../local-index/types.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { checkPath, TEMP_DIR_NAME } from "../paths/key-to-path.ts";
import { HOST_PLATFORM, resolverInRoot } from "../paths/resolve-in-root.ts";
import type { FileState, RefusedPath } from "../plan/types.ts";
import { fileState } from "./file-state.ts";
import { parentOf, type RootDirectories } from "./root-directories.ts";
import { walkRoot } from "./walk-root.ts";

/** Which files beyond the manifest's go: none, those that an earlier restore wrote, or all. */
export type Removal = "nothing" | "pruned" | "all";

/** What planning removals needs. */
export interface RemovalOptions {
  readonly root: string;
  readonly entries: readonly ManifestEntry[];
  readonly removal: Removal;
  /** Rows of the index whose path is no entry's. */
  readonly leftovers: readonly IndexRow[];
  /** Entries that have a file. */
  readonly entryFilesThere: number;
  readonly directories: RootDirectories;
  /** How a path is told apart on this file system: itself, or folded. */
  readonly pathIdentity: (path: string) => string;
  readonly signal: AbortSignal;
}

/** What goes, and what that is counted against. */
export interface Removals {
  /** Sorted by path. */
  readonly deletes: readonly string[];
  readonly kept: readonly RefusedPath[];
  readonly filesThere: number;
  readonly emptyDirectories: readonly string[];
}

/** Finds what is to be removed; asks the file system only when something may be. */
export async function planRemovals(options: RemovalOptions): Promise<Removals> {
  switch (options.removal) {
    case "nothing":
      return { deletes: [], kept: [], filesThere: 0, emptyDirectories: [] };
    case "all":
      return planMirror(options);
    case "pruned":
      return planPrune(options);
  }
}

function planMirror(options: RemovalOptions): Removals {
  const { isWanted, isNeededDirectory } = namesToKeep(options);
  const there = walkRoot(options.root, "", TEMP_DIR_NAME);
  return {
    deletes: there.files.filter((path) => !isWanted(path)).sort(compareUtf8),
    kept: [],
    filesThere: there.files.length,
    emptyDirectories: there.directories.filter((path) => !isNeededDirectory(path)),
  };
}

async function planPrune(options: RemovalOptions): Promise<Removals> {
  const { root, leftovers, entryFilesThere, directories, signal } = options;
  const { isWanted, isNeededDirectory } = namesToKeep(options);
  const toFile = resolverInRoot(root);
  const deletes: string[] = [];
  const kept: RefusedPath[] = [];
  const emptyDirectories = new Set<string>();
  let filesThere = entryFilesThere;
  for (const row of leftovers) {
    // The index is a cache that somebody may have written to: its paths are as hostile as a manifest's.
    if (row.identity === undefined || checkPath(row.path, HOST_PLATFORM) !== undefined || isWanted(row.path)) continue;
    if (directories.state(parentOf(row.path)) !== "directory") continue;
    const file = toFile(row.path);
    const state = fileState(file);
    if (state.kind !== "file") continue;
    filesThere++;
    if (!(await isAsRemembered(file, row, state, signal))) {
      kept.push({ path: row.path, code: "changed", reason: "it was changed since s3pin wrote it" });
      continue;
    }
    deletes.push(row.path);
    for (let parent = parentOf(row.path); parent !== "" && !isNeededDirectory(parent); parent = parentOf(parent))
      emptyDirectories.add(parent);
  }
  return { deletes: deletes.sort(compareUtf8), kept, filesThere, emptyDirectories: [...emptyDirectories] };
}

function namesToKeep({ entries, pathIdentity }: RemovalOptions) {
  const wanted = new Set<string>();
  const directories = new Set<string>();
  for (const { path } of entries) {
    wanted.add(pathIdentity(path));
    for (let parent = parentOf(path); parent !== ""; parent = parentOf(parent)) {
      const identity = pathIdentity(parent);
      if (directories.has(identity)) break;
      directories.add(identity);
    }
  }
  return {
    isWanted: (path: string) => wanted.has(pathIdentity(path)),
    isNeededDirectory: (path: string) => directories.has(pathIdentity(path)),
  };
}

/** Whether a file still holds what s3pin put there, by its stat or else by its bytes. */
async function isAsRemembered(
  file: string,
  row: IndexRow,
  state: FileState & { kind: "file" },
  signal: AbortSignal,
): Promise<boolean> {
  if (state.sizeBytes !== row.sizeBytes) return false;
  if (state.mtimeNs === row.mtimeNs) return true;
  const { sizeBytes, identity, digest: remembered } = row;
  const digest = await hashFile(file, { sizeBytes, etag: identity?.etag, remembered }, signal);
  return digest.isRemembered || digest.proof !== undefined;
}
