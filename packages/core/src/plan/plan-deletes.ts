import { S3PinError } from "../errors.ts";

/** How many files a run may delete: a count, or a share of the files there. */
export type MaxDelete = { readonly files: number } | { readonly percent: number };

/** Without a limit of the user's, the larger of the two holds. */
export const DEFAULT_MAX_DELETE = { files: 20, percent: 25 } as const;

/** How many of `filesThere` files may go. */
export function deleteLimit(filesThere: number, maxDelete: MaxDelete | undefined): number {
  const share = (percent: number) => Math.floor((filesThere * percent) / 100);
  if (maxDelete === undefined) return Math.max(DEFAULT_MAX_DELETE.files, share(DEFAULT_MAX_DELETE.percent));
  return "files" in maxDelete ? maxDelete.files : share(maxDelete.percent);
}

/** `TOO_MANY_DELETES` when more files would go than may, else undefined: a dry run still shows which. */
export function guardDeletes(
  deletes: readonly string[],
  filesThere: number,
  maxDelete: MaxDelete | undefined,
): S3PinError | undefined {
  const limit = deleteLimit(filesThere, maxDelete);
  if (deletes.length <= limit) return undefined;
  return new S3PinError(
    "TOO_MANY_DELETES",
    `${deletes.length} of ${filesThere} files would be deleted, and at most ${limit} may`,
    {
      hint: `Look at them with --dry-run; if that is right, pass --max-delete ${deletes.length}.`,
      details: { deletes: deletes.length, filesThere, limit, paths: deletes },
    },
  );
}

/** What {@link guardRoot} needs to know of the place. All paths are real and absolute. */
export interface RootFacts {
  readonly root: string;
  readonly home: string | undefined;
  readonly currentDirectory: string;
  readonly holdsGit: boolean;
}

/** @throws {S3PinError} `DANGEROUS_ROOT` for a root in which nobody means to delete */
export function guardRoot({ root, home, currentDirectory, holdsGit }: RootFacts): void {
  const isAncestor =
    currentDirectory !== root && currentDirectory.startsWith(/[\\/]$/.test(root) ? root : root + separatorOf(root));
  const reason = /^(?:\/|[A-Za-z]:\\?)$/.test(root)
    ? "is the root of the file system"
    : root === home
      ? "is a home directory"
      : isAncestor
        ? "holds the current directory"
        : holdsGit
          ? "holds a git repository (.git)"
          : undefined;
  if (reason === undefined) return;
  throw new S3PinError("DANGEROUS_ROOT", `Nothing is deleted in ${root}: it ${reason}`, {
    hint: "Restore into a directory of its own, or pass --dangerous-root if you mean it.",
    details: { root, reason },
  });
}

function separatorOf(path: string): string {
  return path.includes("\\") ? "\\" : "/";
}
