import { printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { nameSome } from "./name-some.ts";

/**
 * Refuses entries whose version is `null`: the next write to such an object replaces it in place.
 * @throws {S3PinError} `NULL_VERSIONS`, naming the first of them
 */
export function refuseNullVersions(entries: readonly ManifestEntry[]): void {
  const paths = entries.filter(({ versionId }) => versionId === "null").map(({ path }) => path);
  if (paths.length === 0) return;
  throw new S3PinError(
    "NULL_VERSIONS",
    `${paths.length === 1 ? "One object has" : `${paths.length} objects have`} the version "null", which the next write replaces: ${nameSome(paths)}`,
    {
      hint: "They were written while versioning was off or suspended. Copy each onto itself, which gives it a version, or accept them with --allow-null.",
      details: { count: paths.length, paths: paths.slice(0, 20).map(printable) },
    },
  );
}
