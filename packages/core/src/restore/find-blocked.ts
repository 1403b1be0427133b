import { printable, S3PinError } from "../errors.ts";
import { resolverInRoot } from "../paths/resolve-in-root.ts";
import type { EntryStep, RefusedPath } from "../plan/types.ts";
import { fileState } from "./file-state.ts";
import { parentOf, type RootDirectories } from "./root-directories.ts";
import { walkRoot } from "./walk-root.ts";

/**
 * Finds the entries whose place is taken by something of the wrong kind: a directory where a file must go, a file where a
 * directory must be. What the deletes will have removed by then only blocks; anything else is refused.
 * @throws {S3PinError} `PATH_CONFLICTS`, `SYMLINK_IN_ROOT`
 */
export function findBlocked(
  root: string,
  directories: RootDirectories,
  steps: readonly EntryStep[],
  deletes: ReadonlySet<string>,
): { blocked: Set<string>; inTheWay: Set<string> } {
  const toFile = resolverInRoot(root);
  const blocked = new Set<string>();
  const inTheWay = new Set<string>();
  const refused: RefusedPath[] = [];
  for (const step of steps) {
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
    const inside = walkRoot(root, path);
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
    `${refused.length === 1 ? "One path in" : `${refused.length} paths in`} ${printable(root)} cannot be written, so none is:\n${named.join("\n")}`,
    {
      hint: symlinksOnly
        ? "Nothing is written through a symlink: replace it by a directory, or restore into the place it leads to."
        : "Move away what stands there; --prune and --delete remove it when it is theirs to remove.",
      details: { root, paths: refused },
    },
  );
}
