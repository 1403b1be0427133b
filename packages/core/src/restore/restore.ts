import { lstatSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";

import { fileSystemError } from "../disk/file-system-error.ts";
import { type ErrorCode, isS3PinError, S3PinError } from "../errors.ts";
import { realPathOf, writeIndex } from "../local-index/index-file.ts";
import { entryIdentity, type IndexRow, trustedMtime } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { resolverInRoot } from "../paths/resolve-in-root.ts";
import type { EntryStep } from "../plan/types.ts";
import type { Proof } from "../progress.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import { createAdaptiveLimit } from "./adaptive-limit.ts";
import { createByteBudget } from "./byte-budget.ts";
import { objectAddresses } from "./check-manifest.ts";
import { type FetchedFile, fetchObject } from "./fetch-object.ts";
import { type Inspection, inspect } from "./inspect.ts";
import type { InspectRootOptions, RestoreOptions, RestoreReport } from "./restore-options.ts";
import { createRootDirectories, parentOf, type RootDirectories } from "./root-directories.ts";
import { lockRoot } from "./root-lock.ts";
import { createTempDir, removeStaleTempDir, type TempDir } from "./temp-dir.ts";

/** Memory for ranges of large objects that wait to be hashed. */
const RANGE_BUDGET_BYTES = 128 * 1024 * 1024;

/** Requests in flight at the beginning; the default for the most. */
const DEFAULT_CONCURRENCY = 64;

/** The index is saved this often during a long run, so that a killed one loses little. */
const CHECKPOINT_MS = 5_000;

/** Failures that every further request would share. */
const RUN_FATAL: ReadonlySet<ErrorCode> = new Set([
  "CREDENTIALS_MISSING",
  "CREDENTIALS_REFUSED",
  "BUCKET_NOT_FOUND",
  "WRONG_REGION",
  "CONNECTION_FAILED",
  "DISK_FULL",
  "ABORTED",
]);

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
 */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const { dryRun = false, wait = true, onWarning = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  if (signal.aborted) throw stopped();
  const root = realPathOf(options.root);
  const unlock = dryRun
    ? () => {}
    : await lockRoot(root, {
        wait,
        signal,
        onWait: (holder) => onWarning(`waiting for another restore in ${root}: ${holder}`),
      });
  try {
    const inspection = await inspect(options, signal);
    if (dryRun) return reportPlan(inspection, options);
    return await carryOut(inspection, options, signal);
  } catch (error) {
    throw signal.aborted ? stopped() : error;
  } finally {
    unlock();
  }
}

/**
 * Tells what a restore would do, from disk and index alone: no request, nothing written.
 * @throws {S3PinError} as {@link restore} does before its first byte
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

function reportPlan({ plan, skipped }: Inspection, { onPath = () => {} }: InspectRootOptions): RestoreReport {
  const tally = createTally();
  for (const step of plan.steps) {
    const { path, sizeBytes } = step.entry;
    if (step.kind === "keep" || step.kind === "keep-folder") {
      const proof = step.kind === "keep" ? step.proof : "index";
      tally.unchanged(sizeBytes ?? 0, proof);
      onPath({ kind: "unchanged", path, bytes: sizeBytes ?? 0, proof });
    } else {
      tally.downloaded(sizeBytes ?? 0, undefined);
      onPath({ kind: "would-download", path, bytes: sizeBytes });
    }
  }
  for (const path of plan.deletes) onPath({ kind: "would-delete", path });
  for (const { path, reason } of plan.kept) onPath({ kind: "kept", path, reason });
  for (const { path, reason } of skipped) onPath({ kind: "skipped", path, reason });
  return {
    dryRun: true,
    entries: plan.steps.length + skipped.length,
    ...tally.counts(),
    deleted: plan.deletes.length,
    skipped,
    kept: plan.kept,
    failures: [],
    deletesWithheld: 0,
  };
}

async function carryOut(inspection: Inspection, options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
  const { root, plan, skipped } = inspection;
  const { onPath = () => {}, onWarning = () => {} } = options;
  removeStaleTempDir(root);
  const tally = createTally();
  const index = createIndexKeeper(inspection, onWarning);
  const failures: { path: string; error: S3PinError }[] = [];
  const work: Work = {
    inspection,
    toFile: resolverInRoot(root),
    options,
    signal,
    tempDir: createTempDir(root),
    tally,
    index,
    failures,
  };
  let deleted = 0;
  let deletesWithheld = 0;
  try {
    for (const step of plan.steps) {
      if (step.kind !== "keep") continue;
      index.remember(step.row);
      tally.unchanged(step.row.sizeBytes, step.proof);
      onPath({ kind: "unchanged", path: step.entry.path, bytes: step.row.sizeBytes, proof: step.proof });
    }
    for (const { path, reason } of plan.kept) onPath({ kind: "kept", path, reason });
    for (const { path, reason } of skipped) onPath({ kind: "skipped", path, reason });
    const held = await fetchAll(work);
    if (failures.length === 0) {
      deleted = removeFiles(work);
      finishHeld(work, held);
    } else {
      deletesWithheld = plan.deletes.length;
      for (const { path } of held.map(({ step }) => step.entry))
        failures.push({
          path,
          error: new S3PinError("PATH_CONFLICTS", "Its place is only free after the deletes, which were not done"),
        });
    }
  } finally {
    work.tempDir.remove();
    await index.save();
  }
  return {
    dryRun: false,
    entries: plan.steps.length + skipped.length,
    ...tally.counts(),
    deleted,
    skipped,
    kept: plan.kept,
    failures,
    deletesWithheld,
  };
}

interface Work {
  readonly inspection: Inspection;
  /** An entry's place on the disk. */
  readonly toFile: (path: string) => string;
  readonly options: RestoreOptions;
  readonly signal: AbortSignal;
  readonly tempDir: TempDir;
  readonly tally: Tally;
  readonly index: IndexKeeper;
  readonly failures: { path: string; error: S3PinError }[];
}

/** A fetched file whose place is not free before the deletes. */
interface HeldFile {
  readonly step: EntryStep;
  readonly place: (directories: RootDirectories) => void;
}

async function fetchAll(work: Work): Promise<HeldFile[]> {
  const { inspection, options, signal, failures } = work;
  const { plan, root } = inspection;
  const { concurrency = DEFAULT_CONCURRENCY, onProgress = () => {}, onPath = () => {} } = options;
  const fetches = plan.steps.filter((step) => step.kind === "fetch");
  const folders = plan.steps.filter((step) => step.kind === "make-folder" || step.kind === "keep-folder");
  const directories = createRootDirectories(root);
  const held: HeldFile[] = [];
  if (fetches.length > 0 || folders.some((step) => step.kind === "make-folder")) directories.make("");
  for (const step of folders) {
    const place = (in_: RootDirectories) => {
      in_.make(step.entry.path.slice(0, -1));
      work.tally.unchanged(0, "index");
    };
    if (plan.blocked.has(step.entry.path)) held.push({ step, place });
    else place(directories);
  }
  if (fetches.length === 0) return held;

  const addressOf = objectAddresses();
  // A manifest without its source is refused before the first byte.
  for (const { entry } of fetches) addressOf(entry);

  const bytesTotal = fetches.reduce((sum, { entry }) => sum + (entry.sizeBytes ?? 0), 0);
  let bytesDone = 0;
  let done = 0;
  const tell = () => onProgress({ phase: "download", done, total: fetches.length, bytesDone, bytesTotal });
  tell();

  const stop = new AbortController();
  const running = AbortSignal.any([signal, stop.signal]);
  const limit = createAdaptiveLimit(Math.min(DEFAULT_CONCURRENCY, concurrency), concurrency);
  const budget = createByteBudget(RANGE_BUDGET_BYTES);
  let store: ObjectStore | undefined;
  let fatal: unknown;
  let next = 0;

  const fetchOne = async (opened: ObjectStore, entry: ManifestEntry): Promise<void> => {
    let fetched: FetchedFile | undefined;
    try {
      fetched = await fetchObject(entry, addressOf(entry), {
        store: opened,
        tempDir: work.tempDir,
        budget,
        signal: running,
        retry: {
          ...options.retry,
          signal: running,
          onRetry: (error, attempt) => {
            if (error.code === "THROTTLED") limit.throttled();
            options.retry?.onRetry?.(error, attempt);
          },
        },
        onBytes: (bytes) => {
          bytesDone += bytes;
          tell();
        },
      });
      limit.succeeded();
      const place = placeFetched(work, entry, fetched);
      if (plan.blocked.has(entry.path)) held.push({ step: { kind: "fetch", entry, reason: "missing" }, place });
      else place(directories);
      done++;
      tell();
    } catch (thrown) {
      fetched?.file.discard();
      const error = toS3PinError(thrown, entry.path);
      if (RUN_FATAL.has(error.code)) {
        fatal ??= error;
        stop.abort(error);
        return;
      }
      failures.push({ path: entry.path, error });
      onPath({ kind: "failed", path: entry.path, error });
    }
  };
  const worker = async (opened: ObjectStore) => {
    while (!running.aborted) {
      await limit.acquire();
      try {
        const step = running.aborted ? undefined : fetches[next++];
        if (step === undefined) return;
        await fetchOne(opened, step.entry);
        await work.index.checkpoint();
      } finally {
        limit.release();
      }
    }
  };
  try {
    const opened = await options.connect();
    store = opened;
    await Promise.all(Array.from({ length: Math.min(concurrency, fetches.length) }, () => worker(opened)));
  } finally {
    await store?.close();
  }
  signal.throwIfAborted();
  if (fatal !== undefined) throw fatal;
  return held;
}

/** Ends a fetched file and gives what puts it at its place and remembers it. */
function placeFetched(work: Work, entry: ManifestEntry, { file, digest, proof }: FetchedFile) {
  const { options, tally, index } = work;
  const { path } = entry;
  const target = work.toFile(path);
  const mtimeMs = options.mtime === false ? undefined : entry.lastModifiedMs;
  let stat: ReturnType<typeof file.finish>;
  try {
    stat = file.finish(mtimeMs);
  } catch (error) {
    throw fileSystemError(error, target);
  }
  return (directories: RootDirectories) => {
    directories.make(parentOf(path));
    try {
      file.moveTo(target);
    } catch (error) {
      throw fileSystemError(error, target);
    }
    index.remember({
      path,
      sizeBytes: stat.sizeBytes,
      mtimeNs: trustedMtime(stat.mtimeNs, BigInt(Date.now()) * 1_000_000n),
      md5: digest.md5,
      identity: entryIdentity(entry),
    });
    tally.downloaded(stat.sizeBytes, proof);
    options.onPath?.({ kind: "downloaded", path, bytes: stat.sizeBytes, proof });
  };
}

/** Removes the planned files, and the directories that this leaves empty. */
function removeFiles({ inspection, options, index, signal }: Work): number {
  const { root, plan } = inspection;
  const { onPath = () => {}, onProgress = () => {} } = options;
  const directories = createRootDirectories(root);
  let deleted = 0;
  for (const path of plan.deletes) {
    signal.throwIfAborted();
    // The root may have changed while the rest was fetched: nothing is removed through a symlink.
    if (directories.state(parentOf(path)) !== "directory") continue;
    const file = join(root, path);
    try {
      unlinkSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw fileSystemError(error, file);
    }
    index.forget(path);
    deleted++;
    onPath({ kind: "deleted", path });
    onProgress({ phase: "delete", done: deleted, total: plan.deletes.length, bytesDone: 0, bytesTotal: undefined });
  }
  for (const path of plan.emptyDirectories) {
    try {
      if (lstatSync(join(root, path)).isDirectory()) rmdirSync(join(root, path));
    } catch {
      // Not empty, or gone: nobody asked for more.
    }
  }
  return deleted;
}

function finishHeld({ inspection, failures, options }: Work, held: readonly HeldFile[]): void {
  const directories = createRootDirectories(inspection.root);
  for (const { step, place } of held) {
    const { path } = step.entry;
    try {
      place(directories);
    } catch (thrown) {
      const error = toS3PinError(thrown, path);
      failures.push({ path, error });
      options.onPath?.({ kind: "failed", path, error });
    }
  }
}

function toS3PinError(error: unknown, path: string): S3PinError {
  if (isS3PinError(error)) return error;
  if (error instanceof Error && error.name === "AbortError")
    return new S3PinError("ABORTED", "Stopped on request", { cause: error });
  return new S3PinError("INTERNAL", `${path}: ${error instanceof Error ? error.message : String(error)}`, {
    hint: "This is a bug in s3pin; please report it with the output of --debug.",
    cause: error,
  });
}

interface Tally {
  downloaded(bytes: number, proof: Proof | undefined): void;
  unchanged(bytes: number, proof: Proof): void;
  counts(): Pick<RestoreReport, "downloaded" | "bytesDownloaded" | "unchanged" | "bytesUnchanged" | "proofs">;
}

function createTally(): Tally {
  const counts = { downloaded: 0, bytesDownloaded: 0, unchanged: 0, bytesUnchanged: 0 };
  const proofs: Partial<Record<Proof, number>> = {};
  const count = (proof: Proof | undefined) => {
    if (proof !== undefined) proofs[proof] = (proofs[proof] ?? 0) + 1;
  };
  return {
    downloaded(bytes, proof) {
      counts.downloaded++;
      counts.bytesDownloaded += bytes;
      count(proof);
    },
    unchanged(bytes, proof) {
      counts.unchanged++;
      counts.bytesUnchanged += bytes;
      count(proof);
    },
    counts: () => ({ ...counts, proofs }),
  };
}

/** The index as it will be after the run; it is written when it differs from the file. */
interface IndexKeeper {
  remember(row: IndexRow): void;
  forget(path: string): void;
  /** Saves when the last save is long enough ago. */
  checkpoint(): Promise<void>;
  save(): Promise<void>;
}

function createIndexKeeper({ index, indexFile }: Inspection, onWarning: (message: string) => void): IndexKeeper {
  let changed = false;
  let pauseMs = CHECKPOINT_MS;
  let lastSave = Date.now();
  const save = async () => {
    if (!changed) return;
    changed = false;
    const begun = Date.now();
    try {
      await writeIndex(indexFile, index);
    } catch (error) {
      onWarning(
        `the index ${indexFile} cannot be written, so the next run has to look at every file again: ${(error as Error).message}`,
      );
    }
    lastSave = Date.now();
    // A large index costs a while to write: never more than a twentieth of the run.
    pauseMs = Math.max(CHECKPOINT_MS, 20 * (lastSave - begun));
  };
  return {
    remember(row) {
      if (index.get(row.path) === row) return;
      index.set(row.path, row);
      changed = true;
    },
    forget(path) {
      changed = index.delete(path) || changed;
    },
    async checkpoint() {
      if (Date.now() - lastSave < pauseMs) return;
      lastSave = Date.now();
      await save();
    },
    save,
  };
}
