import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { fileSystemError } from "../disk/file-system-error.ts";
import { S3PinError } from "../errors.ts";
import { defaultIndexFile, readIndex, realPathOf } from "../local-index/index-file.ts";
import type { IndexRow } from "../local-index/types.ts";
import { HOST_PLATFORM } from "../paths/resolve-in-root.ts";
import { guardDeletes, guardRoot } from "../plan/plan-deletes.ts";
import type { RefusedPath, RestorePlan } from "../plan/types.ts";
import { checkManifest } from "./check-manifest.ts";
import { foldPath, probeFolding } from "./folding.ts";
import { inspectRoot } from "./inspect-root.ts";
import type { InspectRootOptions } from "./restore-options.ts";

/** A root that was looked at: the plan, and what it was made from. */
export interface Inspection {
  /** Real path. */
  readonly root: string;
  readonly indexFile: string;
  readonly index: Map<string, IndexRow>;
  readonly plan: RestorePlan;
  readonly skipped: readonly RefusedPath[];
}

/**
 * Checks a manifest against a root and plans the restore, every guard included; writes nothing.
 * @throws {S3PinError} with exit code 5: `UNSAFE_PATHS`, `PATH_CONFLICTS`, `SYMLINK_IN_ROOT`, `EMPTY_MANIFEST`,
 *   `DANGEROUS_ROOT`, `TOO_MANY_DELETES`; `ROOT_INVALID`, or the disk's errors
 */
export async function inspect(options: InspectRootOptions, signal: AbortSignal): Promise<Inspection> {
  const { manifest, rehash = false, skipUnsafe = false, onProgress = () => {} } = options;
  const root = realPathOf(options.root);
  checkRoot(root);
  const indexFile = resolve(options.indexFile ?? defaultIndexFile(root));
  const remove = options.delete ? "all" : options.prune ? "pruned" : "nothing";
  if (remove !== "nothing") guardRemoval(options, root);
  const folding = probeFolding(root);
  const checked = checkManifest(manifest.entries, { platform: HOST_PLATFORM, folding, skipUnsafe });
  const index = readIndex(indexFile);
  const plan = await inspectRoot({
    root,
    entries: checked.entries,
    index,
    rehash,
    remove,
    pathIdentity: folding.foldsCase ? (path) => foldPath(path, folding) : (path) => path,
    signal,
    onProgress,
  });
  guardDeletes(plan.deletes, plan.filesThere, options.maxDelete);
  return { root, indexFile, index, plan, skipped: checked.skipped };
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
