import { printable, S3PinError } from "../errors.ts";
import { parseSource } from "../manifest/source.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { findConflicts, type NameFolding, type PathConflict } from "../paths/find-conflicts.ts";
import { checkPath } from "../paths/key-to-path.ts";
import type { RefusedPath } from "../plan/types.ts";
import type { ObjectAddress } from "./fetch-context.ts";

const MAX_NAMED = 20;

const CONFLICT_REASONS: Readonly<Record<PathConflict["kind"], (other: string) => string>> = {
  "file-and-folder": (other) => `${other} would have to be a file and a directory at once`,
  case: (other) => `this file system takes it and ${other} for one name`,
  unicode: (other) => `this file system takes it and ${other} for one name (they differ in Unicode form alone)`,
};

/**
 * Splits entries into those that can be restored and those whose path is refused.
 * @throws {S3PinError} `UNSAFE_PATHS` or `PATH_CONFLICTS`, with all of them, unless `skipUnsafe`
 */
export function checkManifest(
  entries: readonly ManifestEntry[],
  options: { readonly platform: "posix" | "win32"; readonly folding: NameFolding; readonly skipUnsafe: boolean },
): { readonly entries: readonly ManifestEntry[]; readonly skipped: readonly RefusedPath[] } {
  const unsafe: RefusedPath[] = [];
  for (const { path, sizeBytes } of entries) {
    const problem = checkPath(path, options.platform, sizeBytes);
    if (problem !== undefined) unsafe.push({ path, code: problem.code, reason: problem.message });
  }
  const conflicts: RefusedPath[] = findConflicts(
    entries.map(({ path }) => path),
    options.folding,
  ).map(({ path, kind, with: other }) => ({ path, code: kind, reason: CONFLICT_REASONS[kind](printable(other)) }));
  const refused = [...unsafe, ...conflicts];
  if (refused.length === 0) return { entries, skipped: [] };
  if (!options.skipUnsafe) {
    const code = unsafe.length > 0 ? "UNSAFE_PATHS" : "PATH_CONFLICTS";
    const named = refused.slice(0, MAX_NAMED).map(({ path, reason }) => `  ${printable(path)}: ${reason}`);
    if (refused.length > MAX_NAMED) named.push(`  and ${refused.length - MAX_NAMED} more`);
    throw new S3PinError(
      code,
      `${refused.length === 1 ? "One" : refused.length} of the manifest's paths cannot be restored, so none is:\n${named.join("\n")}`,
      {
        hint: "Leave them out when pinning (--exclude), or restore the rest with --skip-unsafe.",
        details: { paths: refused },
      },
    );
  }
  const skippedPaths = new Set(refused.map(({ path }) => path));
  return { entries: entries.filter(({ path }) => !skippedPaths.has(path)), skipped: refused };
}

/** Finds the object of an entry; each source is parsed once. @throws {S3PinError} `SOURCE_MISSING`, `INVALID_URI` */
export function objectAddresses(): (entry: ManifestEntry) => ObjectAddress {
  const parsed = new Map<string, { readonly bucket: string; readonly prefix: string }>();
  return ({ source, path }) => {
    if (source === undefined)
      throw new S3PinError("SOURCE_MISSING", `The manifest does not say which bucket ${printable(path)} is in`, {
        hint: "Pass --source s3://bucket/prefix/ (or -b bucket).",
      });
    let place = parsed.get(source);
    if (place === undefined) {
      place = parseSource(source);
      parsed.set(source, place);
    }
    return { bucket: place.bucket, key: place.prefix + path };
  };
}
