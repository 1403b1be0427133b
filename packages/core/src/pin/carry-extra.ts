import type { Manifest, ManifestEntry } from "../manifest/types.ts";

/** Gives `entries` the extra cells that `previous` has for the same paths, so that people's annotations survive a pin. */
export function carryExtra(entries: readonly ManifestEntry[], previous: Manifest): readonly ManifestEntry[] {
  if (previous.extraColumns.length === 0) return entries;
  const extraOf = new Map(previous.entries.map(({ path, extra }) => [path, extra]));
  return entries.map((entry) => {
    const extra = extraOf.get(entry.path);
    return extra === undefined ? entry : { ...entry, extra };
  });
}
