import { S3PinError } from "../errors.ts";
import { realPathOf } from "../local-index/index-location.ts";
import type { RestorePlan } from "../plan/types.ts";
import type { Proof } from "../progress.ts";
import { fetchAll, giveUpHeld, placeHeld } from "./fetch-all.ts";
import { partialName } from "./fetch-partial.ts";
import { createIndexKeeper } from "./index-keeper.ts";
import { type Inspection, inspect } from "./inspect.ts";
import { removeFiles } from "./remove-files.ts";
import type { InspectRootOptions, RestoreOptions, RestoreReport } from "./restore-options.ts";
import { lockRoot } from "./root-lock.ts";
import { openTempDir } from "./temp-dir.ts";
import { beginWork } from "./work.ts";

/**
 * Gives a directory exactly the bytes that a manifest pins, touching only what differs:
 *
 * 1. checks every path, looks at the root and the index, plans; a refused run has touched nothing
 * 2. fetches what differs into temporary files, verified while they stream, and renames each into place
 * 3. deletes what was asked for, if all else succeeded
 * 4. saves the index, whatever happened
 *
 * A failed object does not stop the others: it is in the report's `failures`.
 * @throws {S3PinError} when the run as a whole was refused, stopped (`ABORTED`) or could not go on
 * @example
 * const manifest = await readManifestFile("media.csv");
 * const report = await restore({ manifest, root: "public/media", connect });
 */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const { dryRun = false, wait = true, onWarning = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  if (dryRun) return status(options);
  if (signal.aborted) throw stopped();
  const root = realPathOf(options.root);
  const onWait = (holder: string) => onWarning(`waiting for another restore in ${root}: ${holder}`);
  const unlock = await lockRoot(root, { wait, signal, onWait });
  try {
    const inspection = await inspect(options, signal);
    if (inspection.refusal !== undefined) throw inspection.refusal;
    return await carryOut(inspection, options, signal);
  } catch (error) {
    throw signal.aborted ? stopped() : error;
  } finally {
    unlock();
  }
}

/**
 * Tells what a restore would do, from disk and index alone: no request, nothing written.
 * @throws {S3PinError} as {@link restore} does before its first byte, but for `TOO_MANY_DELETES`, which is the report's
 *   `refusal`
 */
export async function status(options: InspectRootOptions): Promise<RestoreReport> {
  const signal = options.signal ?? new AbortController().signal;
  const inspection = await inspect(options, signal).catch((error) => {
    throw signal.aborted ? stopped() : error;
  });
  return reportPlan(inspection, options);
}

function stopped(): S3PinError {
  return new S3PinError("ABORTED", "Stopped on request", { hint: "Run again to go on from here." });
}

function reportPlan({ plan, skipped, refusal }: Inspection, { onPath = () => {} }: InspectRootOptions): RestoreReport {
  let bytes = 0;
  for (const { entry } of plan.steps) {
    bytes += entry.sizeBytes ?? 0;
    onPath({ kind: "would-download", path: entry.path, bytes: entry.sizeBytes });
  }
  for (const path of plan.deletes) onPath({ kind: "would-delete", path });
  for (const { path, reason } of plan.kept) onPath({ kind: "kept", path, reason });
  for (const { path, reason } of skipped) onPath({ kind: "skipped", path, reason });
  return {
    dryRun: true,
    entries: plan.steps.length + plan.unchanged.files + skipped.length,
    downloaded: plan.steps.length,
    bytesDownloaded: bytes,
    unchanged: plan.unchanged.files,
    bytesUnchanged: plan.unchanged.bytes,
    proofs: plan.unchanged.proofs,
    deleted: plan.deletes.length,
    skipped,
    kept: plan.kept,
    failures: [],
    deletesWithheld: 0,
    refusal,
  };
}

async function carryOut(inspection: Inspection, options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
  const { root, indexFile, plan, skipped } = inspection;
  const { onPath = () => {}, onWarning = () => {} } = options;
  for (const { path, reason } of plan.kept) onPath({ kind: "kept", path, reason });
  for (const { path, reason } of skipped) onPath({ kind: "skipped", path, reason });
  const onUnsaved = (error: Error) =>
    onWarning(
      `the index ${indexFile} cannot be written, so the next run has to hash every file again: ${error.message}`,
    );
  const index = createIndexKeeper(indexFile, plan.indexChanges, onUnsaved);
  const work = beginWork(inspection, options, { signal, tempDir: openTempDir(root, partialNames(plan)), index });
  let deleted = 0;
  let deletesWithheld = 0;
  let isComplete = false;
  try {
    const held = await fetchAll(work);
    if (work.failures.length === 0) {
      deleted = removeFiles(work);
      placeHeld(work, held);
    } else {
      deletesWithheld = plan.deletes.length;
      giveUpHeld(work, held);
    }
    isComplete = work.failures.length === 0;
  } finally {
    work.tempDir.remove();
    await index.save(isComplete ? inspection.sealing?.() : undefined);
  }
  return {
    dryRun: false,
    entries: plan.steps.length + plan.unchanged.files + skipped.length,
    downloaded: work.downloads.files,
    bytesDownloaded: work.downloads.bytes,
    unchanged: plan.unchanged.files,
    bytesUnchanged: plan.unchanged.bytes,
    proofs: addProofs(plan.unchanged.proofs, work.downloads.proofs),
    deleted,
    skipped,
    kept: plan.kept,
    failures: work.failures,
    deletesWithheld,
    refusal: undefined,
  };
}

/** Names of the partial files that this run can go on with. */
function partialNames(plan: RestorePlan): ReadonlySet<string> {
  return new Set(plan.steps.flatMap((step) => (step.kind === "fetch" ? (partialName(step.entry) ?? []) : [])));
}

type Proofs = Readonly<Partial<Record<Proof, number>>>;

function addProofs(a: Proofs, b: Proofs): Proofs {
  const sum: Partial<Record<Proof, number>> = { ...a };
  for (const proof in b) sum[proof as Proof] = (sum[proof as Proof] ?? 0) + (b[proof as Proof] ?? 0);
  return sum;
}
