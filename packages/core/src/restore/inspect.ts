import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { createHashPool } from "../digest/hash-pool.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { S3PinError } from "../errors.ts";
import { createIndexCursor } from "../local-index/index-cursor.ts";
import { defaultIndexFile, realPathOf } from "../local-index/index-location.ts";
import { coveredStats, type IndexReader, openIndex } from "../local-index/open-index.ts";
import { createSealing, type Sealing } from "../local-index/seal.ts";
import type { IndexRow } from "../local-index/types.ts";
import type { Manifest } from "../manifest/types.ts";
import { HOST_PLATFORM } from "../paths/resolve-in-root.ts";
import { guardDeletes, guardRoot as guardDeletesIn } from "../plan/plan-deletes.ts";
import type { RefusedPath, RestorePlan, UnchangedFiles } from "../plan/types.ts";
import { checkManifest } from "./check-manifest.ts";
import { decideSteps } from "./decide-steps.ts";
import { findBlocked } from "./find-blocked.ts";
import { foldPath, probeFolding } from "./folding.ts";
import { lookAtSealedRoot } from "./look-at-sealed-root.ts";
import { planRemovals, type Removal, type RemovalOptions } from "./plan-removals.ts";
import type { InspectRootOptions } from "./restore-options.ts";
import { createRootDirectories } from "./root-directories.ts";

/** A root that was looked at: the plan, and what it was made from. */
export interface Inspection {
  /** Real path. */
  readonly root: string;
  readonly indexFile: string;
  readonly plan: RestorePlan;
  readonly skipped: readonly RefusedPath[];
  /** Why the plan may be looked at, but not carried out. */
  readonly refusal: S3PinError | undefined;
  /** What seals the index once the plan is carried out; undefined when it is sealed already, or cannot be. */
  readonly sealing: (() => Sealing) | undefined;
}

/**
 * Checks a manifest against a root and plans the restore, every guard included; writes nothing.
 * @throws {S3PinError} with exit code 5: `UNSAFE_PATHS`, `PATH_CONFLICTS`, `SYMLINK_IN_ROOT`, `EMPTY_MANIFEST`,
 *   `DANGEROUS_ROOT`; `ROOT_INVALID`, or the disk's errors
 */
export async function inspect(options: InspectRootOptions, signal: AbortSignal): Promise<Inspection> {
  const { skipUnsafe = false } = options;
  const root = realPathOf(options.root);
  checkRoot(root);
  const indexFile = resolve(options.indexFile ?? defaultIndexFile(root));
  const removal = options.delete ? "all" : options.prune ? "pruned" : "nothing";
  if (removal !== "nothing") guardRoot(root, options);

  const reader = openIndex(indexFile);
  try {
    const unchanged = await lookForSeal(options, { root, removal, reader, signal });
    if (unchanged !== undefined)
      return { root, indexFile, plan: nothingToDo(unchanged), skipped: [], refusal: undefined, sealing: undefined };
    const { manifest, digest } = await readManifest(options.manifest);
    if (removal !== "nothing") guardEmptyManifest(manifest);
    const folding = probeFolding(root);
    const checked = checkManifest(manifest.entries, { platform: HOST_PLATFORM, folding, skipUnsafe });
    const pathIdentity = folding.foldsCase ? (path: string) => foldPath(path, folding) : (path: string) => path;
    const plan = await planRestore(options, { root, reader, entries: checked.entries, removal, pathIdentity, signal });
    const changesIndex = plan.steps.length + plan.indexChanges.size + plan.deletes.length > 0;
    const isSealed = !changesIndex && reader.seal?.manifest === digest;
    const canBeSealed = digest !== undefined && checked.skipped.length === 0 && !isSealed;
    return {
      root,
      indexFile,
      plan,
      skipped: checked.skipped,
      refusal: guardDeletes(plan.deletes, plan.filesThere, options.maxDelete),
      sealing: canBeSealed ? () => createSealing(manifest.entries, { manifest: digest, root }) : undefined,
    };
  } finally {
    reader.close();
  }
}

async function readManifest(
  given: InspectRootOptions["manifest"],
): Promise<{ readonly manifest: Manifest; readonly digest: string | undefined }> {
  return "entries" in given ? { manifest: given, digest: undefined } : await given.read();
}

/** What inspecting found out before it looks at the files. */
interface Look {
  readonly root: string;
  readonly removal: Removal;
  readonly reader: IndexReader;
  readonly signal: AbortSignal;
}

/** Whether the index is sealed for this manifest and root, and the files are as they were then. */
async function lookForSeal(
  { manifest, rehash = false, onProgress = () => {}, onPath, listUnchanged = true }: InspectRootOptions,
  { root, removal, reader, signal }: Look,
): Promise<UnchangedFiles | undefined> {
  const { seal } = reader;
  if (seal === undefined || seal.root !== root || rehash || "entries" in manifest) return undefined;
  // What else is in the root must be looked for then.
  if (removal === "all" || (removal === "pruned" && seal.hasOthers)) return undefined;
  if (seal.manifest !== manifest.digest()) return undefined;
  const unchanged = await lookAtSealedRoot(seal, reader, signal);
  // An empty manifest has its own guards.
  if (unchanged === undefined || unchanged.files === 0) return undefined;
  const { files, bytes } = unchanged;
  if (onPath !== undefined && listUnchanged) {
    for (const path of seal.folders) onPath({ kind: "unchanged", path, bytes: 0, proof: "index" });
    for (const part of reader.parts(1))
      for (const { path, sizeBytes } of coveredStats(part))
        onPath({ kind: "unchanged", path, bytes: sizeBytes, proof: "index" });
  }
  onProgress({ phase: "plan", done: files, total: files, bytesDone: bytes, bytesTotal: undefined });
  return unchanged;
}

function nothingToDo(unchanged: UnchangedFiles): RestorePlan {
  return {
    steps: [],
    unchanged,
    indexChanges: new Map(),
    deletes: [],
    filesThere: unchanged.files,
    emptyDirectories: [],
    blocked: new Set(),
    kept: [],
  };
}

async function planRestore(
  { rehash = false, onProgress = () => {}, onPath = () => {}, listUnchanged = true }: InspectRootOptions,
  look: Look & Pick<RemovalOptions, "entries" | "pathIdentity">,
): Promise<RestorePlan> {
  const { root, removal, reader, signal } = look;
  const directories = createRootDirectories(root);
  const leftovers: IndexRow[] = [];
  const hashPool = createHashPool(signal);
  try {
    const index = createIndexCursor(reader.rows(), removal === "pruned" ? (row) => leftovers.push(row) : undefined);
    const { filesThere: entryFilesThere, ...decided } = await decideSteps({
      ...look,
      ...{ rehash, onProgress, onPath: listUnchanged ? onPath : () => {}, index, directories, hashPool },
    });
    if (removal === "pruned") index.finish();
    const removals = await planRemovals({ ...look, leftovers, entryFilesThere, directories, signal });
    const { blocked, inTheWay } = findBlocked(root, directories, decided.steps, new Set(removals.deletes));
    const emptyDirectories = [...new Set([...removals.emptyDirectories, ...inTheWay])].sort(
      (a, b) => b.length - a.length,
    );
    return { ...decided, ...removals, emptyDirectories, blocked };
  } finally {
    hashPool.close();
  }
}

function checkRoot(root: string): void {
  let found: ReturnType<typeof lstatSync>;
  try {
    found = lstatSync(root, { throwIfNoEntry: false });
  } catch (error) {
    throw fileSystemError(error, root);
  }
  if (found !== undefined && !found.isDirectory())
    throw new S3PinError("ROOT_INVALID", `${root} is not a directory`, {
      hint: "Name the directory to restore into as the second argument; it is made when it is missing.",
    });
}

function guardEmptyManifest(manifest: Manifest): void {
  if (manifest.entries.length === 0)
    throw new S3PinError("EMPTY_MANIFEST", "The manifest is empty, and an empty manifest never deletes anything", {
      hint: "Leave out --prune and --delete, or look at why the manifest is empty.",
    });
}

function guardRoot(root: string, { dangerousRoot = false }: InspectRootOptions): void {
  if (dangerousRoot) return;
  guardDeletesIn({
    root,
    home: realPathOf(homedir()),
    currentDirectory: realPathOf(process.cwd()),
    holdsGit: lstatSync(join(root, ".git"), { throwIfNoEntry: false }) !== undefined,
  });
}
