/** How a file system compares names. */
export interface NameFolding {
  /** `A` and `a` are one name: Windows, and macOS by default. */
  readonly foldsCase: boolean;
  /** Composed and decomposed letters are one name: macOS. */
  readonly foldsUnicode: boolean;
}

/** Two entries that cannot both be on disk. */
export interface PathConflict {
  /** `"file-and-folder"`: one must be a file and a directory. `"case"` and `"unicode"`: the file system takes both names for one. */
  readonly kind: "file-and-folder" | "case" | "unicode";
  /** The entry that would have to give way. */
  readonly path: string;
  /** The entry that is in its way; it is in no conflict as `path` itself. */
  readonly with: string;
}

/**
 * Finds the entries that cannot be on disk together. Each conflict names an entry that would have to give way, once; without
 * those entries the rest has no conflict.
 *
 * | entries              | exact names     | folding names   |
 * |----------------------|-----------------|-----------------|
 * | `a` and `a/b`        | file-and-folder | file-and-folder |
 * | `A` and `a/b`        | fine            | file-and-folder |
 * | `A/x` and `a/x`      | fine            | case            |
 * | `A/x` and `a/y`      | fine            | fine: one directory |
 * | `a/` and `a/b`, `A/` | fine            | fine: one directory |
 *
 * @param paths sorted, each once, as a manifest has them
 * @example
 * findConflicts(["a", "a/b"], { foldsCase: false, foldsUnicode: false });
 * // [{ kind: "file-and-folder", path: "a/b", with: "a" }]
 */
export function findConflicts(paths: readonly string[], folding: NameFolding): PathConflict[] {
  if (!folding.foldsCase && !folding.foldsUnicode) return walk(paths.length, (index) => paths[index] ?? "", paths);
  const fold = folder(folding);
  const folded = paths.map(fold);
  const order = Array.from(paths.keys()).sort((a, b) => compare(folded[a] ?? "", folded[b] ?? "") || a - b);
  const inOrder = order.map((index) => paths[index] ?? "");
  return walk(paths.length, (index) => folded[order[index] ?? 0] ?? "", inOrder);
}

/**
 * One pass over sorted names. Sorting puts all names that begin with `a` behind `a`, yet not `a/b` right behind it (`a-b`
 * comes between), so the names that the current one begins with are kept on a stack: each is a prefix of the next.
 */
function walk(count: number, nameAt: (index: number) => string, paths: readonly string[]): PathConflict[] {
  const conflicts: PathConflict[] = [];
  const open: { readonly name: string; readonly path: string }[] = [];
  for (let index = 0; index < count; index++) {
    const name = nameAt(index);
    const path = paths[index] ?? "";
    while (open.length > 0 && !name.startsWith(open[open.length - 1]?.name ?? "")) open.pop();
    const same = open[open.length - 1];
    if (same?.name === name) {
      if (!name.endsWith("/")) conflicts.push({ kind: nameKind(path, same.path), path, with: same.path });
      continue;
    }
    const file = open.find((prefix) => name.charCodeAt(prefix.name.length) === 0x2f && !prefix.name.endsWith("/"));
    if (file === undefined) open.push({ name, path });
    else conflicts.push({ kind: "file-and-folder", path, with: file.path });
  }
  return conflicts;
}

function nameKind(a: string, b: string): "case" | "unicode" {
  return a.normalize("NFC") === b.normalize("NFC") ? "unicode" : "case";
}

/**
 * Approximates what file systems do, on the safe side. APFS folds fully (`ß` is `ss`), as a machine with it shows; NTFS maps
 * one UTF-16 unit to one.
 * @see https://github.com/isaacs/node-tar/security/advisories/GHSA-r6q2-hw4h-h46w
 */
function folder({ foldsCase, foldsUnicode }: NameFolding): (name: string) => string {
  const full = (name: string): string => name.normalize("NFD").toLowerCase().toUpperCase().normalize("NFD");
  const foldOther = foldsUnicode ? (foldsCase ? full : (name: string) => name.normalize("NFC")) : upperCaseByUnit;
  return (name) => {
    if (!/^[\u0000-\u007f]*$/.test(name)) return foldOther(name);
    return foldsCase ? name.toUpperCase() : name;
  };
}

function upperCaseByUnit(name: string): string {
  let folded = "";
  for (let index = 0; index < name.length; index++) {
    const unit = name.charAt(index);
    const upper = unit.toUpperCase();
    folded += upper.length === 1 ? upper : unit;
  }
  return folded;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
