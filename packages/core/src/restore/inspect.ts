import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { createHashPool } from "../digest/hash-pool.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { S3PinError } from "../errors.ts";
import { createIndexCursor } from "../local-index/index-cursor.ts";
import { defaultIndexFile, realPathOf } from "../local-index/index-location.ts";
import { openIndex } from "../local-index/open-index.ts";
import type { IndexRow } from "../local-index/types.ts";
import { HOST_PLATFORM } from "../paths/resolve-in-root.ts";
import { guardDeletes, guardRoot } from "../plan/plan-deletes.ts";
import type { RefusedPath, RestorePlan } from "../plan/types.ts";
import { checkManifest } from "./check-manifest.ts";
import { type DecideOptions, decideSteps } from "./decide-steps.ts";
import { findBlocked } from "./find-blocked.ts";
import { foldPath, probeFolding } from "./folding.ts";
import { planRemovals, type RemovalOptions } from "./plan-removals.ts";
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
}

/**
 * Checks a manifest against a root and plans the restore, every guard included; writes nothing.
 * @throws {S3PinError} with exit code 5: `UNSAFE_PATHS`, `PATH_CONFLICTS`, `SYMLINK_IN_ROOT`, `EMPTY_MANIFEST`,
 *   `DANGEROUS_ROOT`; `ROOT_INVALID`, or the disk's errors
 */
export async function inspect(options: InspectRootOptions, signal: AbortSignal): Promise<Inspection> {
  const { manifest, rehash = false, skipUnsafe = false, onProgress = () => {}, onPath = () => {} } = options;
  const root = realPathOf(options.root);
  checkRoot(root);
  const indexFile = resolve(options.indexFile ?? defaultIndexFile(root));
  const removal = options.delete ? "all" : options.prune ? "pruned" : "nothing";
  if (removal !== "nothing") guardRemoval(options, root);
  const folding = probeFolding(root);
  const checked = checkManifest(manifest.entries, { platform: HOST_PLATFORM, folding, skipUnsafe });
  const plan = await planRestore({
    root,
    indexFile,
    entries: checked.entries,
    removal,
    pathIdentity: folding.foldsCase ? (path) => foldPath(path, folding) : (path) => path,
    rehash,
    signal,
    onProgress,
    onPath,
  });
  return {
    root,
    indexFile,
    plan,
    skipped: checked.skipped,
    refusal: guardDeletes(plan.deletes, plan.filesThere, options.maxDelete),
  };
}

async function planRestore(
  options: Omit<DecideOptions, "index" | "directories" | "hashPool"> &
    Pick<RemovalOptions, "removal" | "pathIdentity"> & { readonly indexFile: string },
): Promise<RestorePlan> {
  const { root, removal, signal } = options;
  const directories = createRootDirectories(root);
  const leftovers: IndexRow[] = [];
  const reader = openIndex(options.indexFile);
  const hashPool = createHashPool(signal);
  try {
    const index = createIndexCursor(reader.rows(), removal === "pruned" ? (row) => leftovers.push(row) : undefined);
    const { filesThere: entryFilesThere, ...decided } = await decideSteps({ ...options, index, directories, hashPool });
    if (removal === "pruned") index.finish();
    const removals = await planRemovals({ ...options, leftovers, entryFilesThere, directories, signal });
    const { blocked, inTheWay } = findBlocked(root, directories, decided.steps, new Set(removals.deletes));
    const emptyDirectories = [...new Set([...removals.emptyDirectories, ...inTheWay])].sort(
      (a, b) => b.length - a.length,
    );
    return { ...decided, ...removals, emptyDirectories, blocked };
  } finally {
    hashPool.close();
    reader.close();
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

function guardRemoval({ manifest, dangerousRoot = false }: InspectRootOptions, root: string): void {
  if (manifest.entries.length === 0)
    throw new S3PinError("EMPTY_MANIFEST", "The manifest is empty, and an empty manifest never deletes anything", {
      hint: "Leave out --prune and --delete, or look at why the manifest is empty.",
    });
  if (dangerousRoot) return;
  guardRoot({
    root,
    home: realPathOf(homedir()),
    currentDirectory: realPathOf(process.cwd()),
    holdsGit: lstatSync(join(root, ".git"), { throwIfNoEntry: false }) !== undefined,
  });
}
