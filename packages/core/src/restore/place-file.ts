import { fileSystemError } from "../disk/file-system-error.ts";
import { entryIdentity, type IndexRow, trustedMtime } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { FetchedFile } from "./fetch-context.ts";
import { parentOf, type RootDirectories } from "./root-directories.ts";

/** Puts something at its place below the root. */
export type Place = (directories: RootDirectories) => void;

/** A fetched file with its mtime, ready for its place. */
export interface FinishedFile {
  /**
   * Puts it there, in one step.
   * @returns what the index remembers of it
   * @throws {S3PinError} the disk's; `SYMLINK_IN_ROOT`, `PATH_CONFLICTS`
   */
  place(directories: RootDirectories): IndexRow;
}

/**
 * Ends the writing of a fetched file.
 * @param target its place on the disk
 * @param setsMtime whether to give it the mtime of its object
 * @throws {S3PinError} the disk's
 */
export function finishFile(
  entry: ManifestEntry,
  { file, digest, lastModifiedMs }: FetchedFile,
  { target, setsMtime }: { readonly target: string; readonly setsMtime: boolean },
): FinishedFile {
  const { path } = entry;
  let stat: ReturnType<typeof file.finish>;
  try {
    stat = file.finish(setsMtime ? (entry.lastModifiedMs ?? lastModifiedMs) : undefined);
  } catch (error) {
    throw fileSystemError(error, target);
  }
  return {
    place(directories) {
      directories.make(parentOf(path));
      try {
        file.moveTo(target);
      } catch (error) {
        throw fileSystemError(error, target);
      }
      return {
        path,
        sizeBytes: stat.sizeBytes,
        mtimeNs: trustedMtime(stat.mtimeNs, BigInt(Date.now()) * 1_000_000n),
        digest: digest.digest,
        identity: entryIdentity(entry),
      };
    },
  };
}
