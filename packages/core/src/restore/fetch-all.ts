import { S3PinError } from "../errors.ts";
import type { EntryStep } from "../plan/types.ts";
import { objectAddresses } from "./check-manifest.ts";
import { fetchEntries } from "./fetch-entries.ts";
import type { Place } from "./place-file.ts";
import { createRootDirectories } from "./root-directories.ts";
import { entryError, noteDownload, noteFailure, type Work } from "./work.ts";

/** An entry that is ready, and whose place is not free before the deletes. */
export interface HeldEntry {
  readonly path: string;
  readonly place: Place;
}

/**
 * Fetches what the plan says and puts it at its place, many at once; a failed entry is noted and does not stop the others.
 * @returns entries whose place the deletes have to free first
 * @throws {S3PinError} when going on makes no sense: `SOURCE_MISSING` before the first byte, a refused credential, a full
 *   disk, `ABORTED`
 */
export async function fetchAll(work: Work): Promise<readonly HeldEntry[]> {
  const { plan, root } = work.inspection;
  if (plan.steps.length === 0) return [];
  const directories = createRootDirectories(root);
  const held: HeldEntry[] = [];
  const placeOrHold = (path: string, place: Place) => {
    if (plan.blocked.has(path)) held.push({ path, place });
    else place(directories);
  };
  const fetches = plan.steps.filter((step) => step.kind === "fetch");
  const addressOf = objectAddresses();
  // A manifest without its source is refused before the first byte.
  const buckets = new Set(fetches.map(({ entry }) => addressOf(entry).bucket));

  directories.make("");
  for (const step of plan.steps) if (step.kind === "make-folder") placeOrHold(step.entry.path, folderPlace(work, step));
  const entries = fetches.map(({ entry }) => entry);
  if (entries.length > 0) await fetchEntries(work, entries, { addressOf, buckets, placeOrHold });
  return held;
}

function folderPlace(work: Work, { entry }: EntryStep): Place {
  return (directories) => {
    directories.make(entry.path.slice(0, -1));
    noteDownload(work, entry.path, 0, "version-id");
  };
}

/** Puts held entries at their place, after the deletes. */
export function placeHeld(work: Work, held: readonly HeldEntry[]): void {
  const directories = createRootDirectories(work.inspection.root);
  for (const { path, place } of held) {
    try {
      place(directories);
    } catch (error) {
      noteFailure(work, path, entryError(error, path));
    }
  }
}

/** Notes held entries as failed, since the deletes were not done. */
export function giveUpHeld(work: Work, held: readonly HeldEntry[]): void {
  for (const { path } of held)
    noteFailure(
      work,
      path,
      new S3PinError("PATH_CONFLICTS", "Its place is only free after the deletes, which were not done", {
        hint: "Run again once the other failures are mended.",
      }),
    );
}
