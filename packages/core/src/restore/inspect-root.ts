import { lstatSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

import { hashFile } from "../digest/hash-file.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { printable, S3PinError } from "../errors.ts";
import { type IndexRow, type LocalIndex, trustedMtime } from "../local-index/types.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { checkPath, TEMP_DIR_NAME } from "../paths/key-to-path.ts";
import { HOST_PLATFORM, resolverInRoot } from "../paths/resolve-in-root.ts";
import { decideEntry, decideHashed } from "../plan/decide-entry.ts";
import type { EntryStep, FileState, RefusedPath, RestorePlan } from "../plan/types.ts";
import type { Progress } from "../progress.ts";
import { createRootDirectories, parentOf, type RootDirectories } from "./root-directories.ts";
import { type TreeListing, walkRoot } from "./walk-root.ts";

/** What looking at a root needs. */
export interface InspectOptions {
  /** The real path of the root, which may not exist yet. */
  readonly root: string;
  /** Sorted by path; each passed `checkPath`. */
  readonly entries: readonly ManifestEntry[];
  readonly index: LocalIndex;
  readonly rehash: boolean;
  /** Which files beyond the manifest's go: none, those that an earlier restore wrote, or all. */
  readonly remove: "nothing" | "pruned" | "all";
  /** How a path is told apart on this file system: itself, or folded. */
  readonly pathIdentity: (path: string) => string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** The event loop gets its turn, and a signal is seen, after so many entries or hashed bytes. */
const ENTRIES_A_TURN = 2_048;
const BYTES_A_TURN = 32 * 1024 * 1024;

/**
 * Looks at the root and the index, hashes what only its bytes can tell, and makes the plan; writes nothing.
 * @throws {S3PinError} `PATH_CONFLICTS` when something stands in an entry's way; `SYMLINK_IN_ROOT`
 */
export async function inspectRoot(options: InspectOptions): Promise<RestorePlan> {
  const directories = createRootDirectories(options.root);
  const steps = await decideSteps(options, directories);
  const { deletes, kept, filesThere, emptyDirectories } = await planRemovals(options, directories);
  const { blocked, inTheWay } = findBlocked(options, directories, steps, new Set(deletes));
  const doomed = new Set([...emptyDirectories, ...inTheWay]);
  return {
    steps,
    deletes,
    filesThere,
    emptyDirectories: [...doomed].sort((a, b) => b.length - a.length),
    blocked,
    kept,
  };
}

async function decideSteps(options: InspectOptions, directories: RootDirectories): Promise<EntryStep[]> {
  const { root, entries, index, rehash, signal, onProgress } = options;
  const toFile = resolverInRoot(root);
  const steps: EntryStep[] = [];
  let bytesDone = 0;
  let bytesAtTurn = 0;
  for (const entry of entries) {
    if (steps.length % ENTRIES_A_TURN === 0 || bytesDone - bytesAtTurn > BYTES_A_TURN) {
      bytesAtTurn = bytesDone;
      onProgress({ phase: "plan", done: steps.length, total: entries.length, bytesDone, bytesTotal: undefined });
      await nextTurn();
      signal.throwIfAborted();
    }
    const path = entry.path;
    if (path.endsWith("/")) {
      const there = directories.state(path.slice(0, -1)) === "directory";
      steps.push({ kind: there ? "keep-folder" : "make-folder", entry });
      continue;
    }
    const file = toFile(path);
    const state = directories.state(parentOf(path)) === "directory" ? fileState(file) : MISSING;
    const row = index.get(path);
    const decision = decideEntry(entry, state, row, rehash);
    if (decision.kind !== "hash" || state.kind !== "file") {
      steps.push(decision.kind === "hash" ? { kind: "fetch", entry, reason: "missing" } : { ...decision, entry });
      continue;
    }
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    const digest = await hashFile(file, { sizeBytes: entry.sizeBytes, etag: entry.etag }, signal).catch((error) => {
      throw fileSystemError(error, file);
    });
    bytesDone += digest.sizeBytes;
    steps.push({ ...decideHashed(entry, digest, row, trustedMtime(state.mtimeNs, nowNs)), entry });
  }
  onProgress({ phase: "plan", done: entries.length, total: entries.length, bytesDone, bytesTotal: undefined });
  return steps;
}

const MISSING: FileState = { kind: "missing" };

function fileState(file: string): FileState {
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

interface Removals {
  readonly deletes: readonly string[];
  readonly kept: readonly RefusedPath[];
  readonly filesThere: number;
  readonly emptyDirectories: readonly string[];
}

async function planRemovals(options: InspectOptions, directories: RootDirectories): Promise<Removals> {
  const { root, entries, remove, pathIdentity } = options;
  const toFile = resolverInRoot(root);
  if (remove === "nothing") return { deletes: [], kept: [], filesThere: 0, emptyDirectories: [] };
  const wanted = new Set<string>();
  const neededDirectories = new Set<string>();
  for (const { path } of entries) {
    wanted.add(pathIdentity(path));
    for (
      let parent = parentOf(path);
      parent !== "" && !neededDirectories.has(pathIdentity(parent));
      parent = parentOf(parent)
    )
      neededDirectories.add(pathIdentity(parent));
  }
  if (remove === "all") {
    const there = walkRoot(root, "", TEMP_DIR_NAME);
    const deletes = there.files.filter((path) => !wanted.has(pathIdentity(path))).sort(compareUtf8);
    const emptyDirectories = there.directories.filter((path) => !neededDirectories.has(pathIdentity(path)));
    return { deletes, kept: [], filesThere: there.files.length, emptyDirectories };
  }
  const deletes: string[] = [];
  const kept: RefusedPath[] = [];
  const emptyDirectories = new Set<string>();
  let filesThere = 0;
  for (const row of options.index.values()) {
    // The index is a cache that somebody may have written to: its paths are as hostile as a manifest's.
    if (checkPath(row.path, HOST_PLATFORM) !== undefined) continue;
    if (directories.state(parentOf(row.path)) !== "directory") continue;
    const state = fileState(toFile(row.path));
    if (state.kind !== "file") continue;
    filesThere++;
    if (wanted.has(pathIdentity(row.path)) || row.identity === undefined) continue;
    if (await isAsRemembered(toFile(row.path), row, state, options.signal)) {
      deletes.push(row.path);
      for (
        let parent = parentOf(row.path);
        parent !== "" && !neededDirectories.has(pathIdentity(parent));
        parent = parentOf(parent)
      )
        emptyDirectories.add(parent);
    } else kept.push({ path: row.path, code: "changed", reason: "it was changed since s3pin wrote it" });
  }
  return { deletes: deletes.sort(compareUtf8), kept, filesThere, emptyDirectories: [...emptyDirectories] };
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
  const digest = await hashFile(file, { sizeBytes: undefined, etag: undefined }, signal);
  return digest.md5 === row.md5;
}

/**
 * Finds the entries whose place is taken by something of the wrong kind: a directory where a file must go, a file where a
 * directory must be. What the deletes will have removed by then only blocks; anything else is refused.
 */
function findBlocked(
  { root }: InspectOptions,
  directories: RootDirectories,
  steps: readonly EntryStep[],
  deletes: ReadonlySet<string>,
): { blocked: Set<string>; inTheWay: Set<string> } {
  const toFile = resolverInRoot(root);
  const blocked = new Set<string>();
  const inTheWay = new Set<string>();
  const refused: RefusedPath[] = [];
  for (const step of steps) {
    if (step.kind !== "fetch" && step.kind !== "make-folder") continue;
    const path = step.entry.path;
    const place = path.endsWith("/") ? path.slice(0, -1) : path;
    const above = directories.state(step.kind === "make-folder" ? place : parentOf(place));
    if (above === "symlink") {
      refused.push({ path, code: "symlink", reason: "a directory on its way is a symlink" });
      continue;
    }
    if (above === "file") {
      if (deletes.has(fileOnTheWay(place, directories))) blocked.add(path);
      else refused.push({ path, code: "file-in-the-way", reason: "a file stands where a directory must be" });
      continue;
    }
    if (step.kind === "make-folder" || above !== "directory") continue;
    const state = fileState(toFile(path));
    if (state.kind === "special")
      refused.push({ path, code: "special-file", reason: "a device, socket or pipe stands there" });
    if (state.kind !== "directory") continue;
    const inside: TreeListing = walkRoot(root, path);
    if (inside.files.every((file) => deletes.has(file))) {
      blocked.add(path);
      for (const directory of [path, ...inside.directories]) inTheWay.add(directory);
    } else
      refused.push({
        path,
        code: "directory-in-the-way",
        reason: "a directory with files stands where a file must go",
      });
  }
  if (refused.length > 0) throw conflictError(root, refused);
  return { blocked, inTheWay };
}

/** The first path on the way to `path`, itself included, that is a file. */
function fileOnTheWay(path: string, directories: RootDirectories): string {
  let found = path;
  for (let at = path; at !== ""; at = parentOf(at)) if (directories.state(at) === "file") found = at;
  return found;
}

const MAX_NAMED = 20;

function conflictError(root: string, refused: readonly RefusedPath[]): S3PinError {
  const named = refused.slice(0, MAX_NAMED).map(({ path, reason }) => `  ${printable(path)}: ${reason}`);
  if (refused.length > MAX_NAMED) named.push(`  and ${refused.length - MAX_NAMED} more`);
  const symlinksOnly = refused.every(({ code }) => code === "symlink");
  return new S3PinError(
    symlinksOnly ? "SYMLINK_IN_ROOT" : "PATH_CONFLICTS",
    `Nothing was restored, since ${refused.length === 1 ? "one path in" : `${refused.length} paths in`} ${printable(root)} cannot be written:\n${named.join("\n")}`,
    {
      hint: symlinksOnly
        ? "Nothing is written through a symlink: replace it by a directory, or restore into the place it leads to."
        : "Move away what stands there; --prune and --delete remove it when it is theirs to remove.",
      details: { root, paths: refused },
    },
  );
}
