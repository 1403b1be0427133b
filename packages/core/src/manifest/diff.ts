import { compareUtf8 } from "./compare-utf8.ts";
import type { Manifest, ManifestEntry } from "./types.ts";

/** What another manifest would change; each list is sorted by path. */
export interface ManifestDiff {
  readonly added: readonly ManifestEntry[];
  readonly removed: readonly ManifestEntry[];
  readonly changed: readonly { readonly before: ManifestEntry; readonly after: ManifestEntry }[];
  /** How many paths have the same version in both. */
  readonly unchanged: number;
}

/**
 * Compares two manifests by path. A path has changed when its version id or its source differs: the other columns only
 * describe the version.
 * @example
 * diffManifests(yesterday, today).added.map(({ path }) => path);
 */
export function diffManifests(before: Manifest, after: Manifest): ManifestDiff {
  const added: ManifestEntry[] = [];
  const removed: ManifestEntry[] = [];
  const changed: { before: ManifestEntry; after: ManifestEntry }[] = [];
  let unchanged = 0;
  let indexBefore = 0;
  let indexAfter = 0;
  for (;;) {
    const old = before.entries[indexBefore];
    const current = after.entries[indexAfter];
    if (old === undefined && current === undefined) return { added, removed, changed, unchanged };
    const order = old === undefined ? 1 : current === undefined ? -1 : compareUtf8(old.path, current.path);
    if (order <= 0) indexBefore++;
    if (order >= 0) indexAfter++;
    if (old !== undefined && order < 0) removed.push(old);
    else if (current !== undefined && order > 0) added.push(current);
    else if (old !== undefined && current !== undefined) {
      if (isSameVersion(old, current)) unchanged++;
      else changed.push({ before: old, after: current });
    }
  }
}

function isSameVersion(a: ManifestEntry, b: ManifestEntry): boolean {
  return a.versionId === b.versionId && a.source === b.source;
}
