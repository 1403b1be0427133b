import type { ManifestEntry } from "../manifest/types.ts";
import { findConflicts } from "../paths/find-conflicts.ts";
import { checkPath } from "../paths/key-to-path.ts";
import { nameSome } from "./name-some.ts";
import type { PinWarning } from "./types.ts";

/** Warns of entries that a restore could not fetch, or would refuse to write on any system. */
export function pathWarnings(entries: readonly ManifestEntry[]): readonly PinWarning[] {
  const unrepresentable: string[] = [];
  const unsafe: string[] = [];
  for (const { path, sizeBytes } of entries) {
    if (path.includes("\uFFFD")) unrepresentable.push(path);
    const problem = checkPath(path, "posix", sizeBytes);
    if (problem !== undefined) unsafe.push(`${path} (${problem.message})`);
  }
  const paths = entries.map(({ path }) => path);
  const conflicts = findConflicts(paths, { foldsCase: false, foldsUnicode: false });

  const warnings: PinWarning[] = [];
  const warn = (code: PinWarning["code"], about: string, named: readonly string[]): void => {
    if (named.length > 0) warnings.push({ code, message: `${about}: ${nameSome(named)}` });
  };
  warn(
    "UNREPRESENTABLE_KEYS",
    "Keys with U+FFFD, which some stores list in place of characters that XML cannot hold; if so, these cannot be fetched",
    unrepresentable,
  );
  warn("UNSAFE_PATHS", "Paths that a restore will refuse", unsafe);
  warn(
    "PATH_CONFLICTS",
    "Paths that a restore will refuse, as another is a file where they need a folder",
    conflicts.map((conflict) => `${conflict.path} (below ${conflict.with})`),
  );
  return warnings;
}
