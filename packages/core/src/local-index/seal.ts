import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { ManifestEntry } from "../manifest/types.ts";

/**
 * Says that a root held all of a manifest, each file proven and with the stat that its row remembers. While manifest and
 * stats are the same there is nothing to do, and that can be seen without reading the manifest or comparing a path.
 */
export interface Seal {
  /** The manifest's digest; see `ManifestFile`. */
  readonly manifest: string;
  /** Real path. */
  readonly root: string;
  /** Paths of the manifest's folder markers, which have no rows. */
  readonly folders: readonly string[];
  /** Whether the index remembers other files too, which earlier manifests put there. */
  readonly hasOthers: boolean;
}

/** Finds out whether an index that is being written deserves a seal. */
export interface Sealing {
  /**
   * Told of each row, in order.
   * @param proves whether the row shows that its file holds what an entry pins, with a stat that can be trusted
   * @returns whether the row is one of the manifest's: others may be in the index as well
   */
  covers(path: string, proves: (entry: ManifestEntry) => boolean): boolean;
  /** The seal, once all rows were told; undefined when an entry has no row that proves it. */
  finish(): Seal | undefined;
}

/** @param entries sorted by path in UTF-8 order */
export function createSealing(
  entries: readonly ManifestEntry[],
  { manifest, root }: Pick<Seal, "manifest" | "root">,
): Sealing {
  const folders: string[] = [];
  let isProven = true;
  let hasOthers = false;
  let next = 0;
  /** Passes over the folder markers before `path`; any other entry there has no row. */
  const passTo = (path: string | undefined): ManifestEntry | undefined => {
    for (; next < entries.length; next++) {
      const entry = entries[next];
      if (entry === undefined || (path !== undefined && compareUtf8(entry.path, path) >= 0)) return entry;
      if (entry.path.endsWith("/")) folders.push(entry.path);
      else isProven = false;
    }
    return undefined;
  };
  return {
    covers(path, proves) {
      const entry = passTo(path);
      if (entry?.path !== path) {
        hasOthers = true;
        return false;
      }
      next++;
      isProven &&= proves(entry);
      return true;
    },
    finish() {
      passTo(undefined);
      return isProven ? { manifest, root, folders, hasOthers } : undefined;
    },
  };
}
