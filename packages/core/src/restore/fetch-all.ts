import { fileSystemError } from "../disk/file-system-error.ts";
import { type ErrorCode, S3PinError } from "../errors.ts";
import { entryIdentity, trustedMtime } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { EntryStep } from "../plan/types.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import { createAdaptiveLimit } from "./adaptive-limit.ts";
import { createByteBudget } from "./byte-budget.ts";
import { objectAddresses } from "./check-manifest.ts";
import type { FetchedFile } from "./fetch-context.ts";
import { fetchObject } from "./fetch-object.ts";
import { fetchPiece, type PieceFetcher } from "./fetch-piece.ts";
import { createRootDirectories, parentOf, type RootDirectories } from "./root-directories.ts";
import { entryError, noteDownload, noteFailure, type Work } from "./work.ts";

/** Memory for ranges of large objects that wait to be hashed. */
const RANGE_BUDGET_BYTES = 128 * 1024 * 1024;

/** Objects in flight at the beginning, and at the most, when the caller does not fix it. */
const START_CONCURRENCY = 32;
const MAX_CONCURRENCY = 256;

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

/** An entry that is ready, and whose place is not free before the deletes. */
export interface HeldEntry {
  readonly path: string;
  readonly place: Place;
}

type Place = (directories: RootDirectories) => void;

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
  for (const { entry } of fetches) addressOf(entry);

  directories.make("");
  for (const step of plan.steps) if (step.kind === "make-folder") placeOrHold(step.entry.path, folderPlace(work, step));
  if (fetches.length > 0) await runQueue(work, fetches, addressOf, placeOrHold);
  return held;
}

async function runQueue(
  work: Work,
  fetches: readonly { readonly entry: ManifestEntry }[],
  addressOf: ReturnType<typeof objectAddresses>,
  placeOrHold: (path: string, place: Place) => void,
): Promise<void> {
  const { options, signal } = work;
  const { concurrency } = options;
  const max = concurrency ?? MAX_CONCURRENCY;
  const tell = createTeller(work, fetches);
  const stop = new AbortController();
  const running = AbortSignal.any([signal, stop.signal]);
  const limit = createAdaptiveLimit({ start: concurrency ?? START_CONCURRENCY, max });
  const budget = createByteBudget(RANGE_BUDGET_BYTES);
  const retry = {
    ...options.retry,
    signal: running,
    onRetry: (error: S3PinError, attempt: number) => {
      if (error.code === "THROTTLED" || error.code === "CONNECTION_FAILED") limit.throttled();
      options.retry?.onRetry?.(error, attempt);
    },
  };
  let fatal: S3PinError | undefined;

  const pieces: PieceFetcher = { fetch: (job, given) => fetchPiece(job, store, given) };
  const fetchOne = async (store: ObjectStore, entry: ManifestEntry): Promise<void> => {
    let fetched: FetchedFile | undefined;
    try {
      const context = { store, tempDir: work.tempDir, budget, retry, signal: running, onBytes: tell.bytes, pieces };
      fetched = await fetchObject(entry, addressOf(entry), context);
      limit.succeeded(fetched.digest.sizeBytes);
      placeOrHold(entry.path, filePlace(work, entry, fetched));
      tell.done();
    } catch (thrown) {
      fetched?.file.discard();
      const error = entryError(thrown, entry.path);
      if (RUN_FATAL.has(error.code)) {
        fatal ??= error;
        stop.abort(error);
      } else noteFailure(work, entry.path, error);
    }
  };
  let next = 0;
  const worker = async (store: ObjectStore) => {
    while (!running.aborted) {
      await limit.acquire();
      try {
        const step = running.aborted ? undefined : fetches[next++];
        if (step === undefined) return;
        await fetchOne(store, step.entry);
        await work.index.checkpoint();
      } finally {
        limit.release();
      }
    }
  };

  const store = await options.connect();
  try {
    await Promise.all(Array.from({ length: Math.min(max, fetches.length) }, () => worker(store)));
  } finally {
    await store.close();
  }
  signal.throwIfAborted();
  if (fatal !== undefined) throw fatal;
}

function createTeller({ options }: Work, fetches: readonly { readonly entry: ManifestEntry }[]) {
  const { onProgress = () => {} } = options;
  const bytesTotal = fetches.reduce((sum, { entry }) => sum + (entry.sizeBytes ?? 0), 0);
  let bytesDone = 0;
  let done = 0;
  const tell = () => onProgress({ phase: "download", done, total: fetches.length, bytesDone, bytesTotal });
  tell();
  return {
    bytes(bytes: number) {
      bytesDone += bytes;
      tell();
    },
    done() {
      done++;
      tell();
    },
  };
}

function folderPlace(work: Work, { entry }: EntryStep): Place {
  return (directories) => {
    directories.make(entry.path.slice(0, -1));
    noteDownload(work, entry.path, 0, "version-id");
  };
}

/** Ends a fetched file and gives what puts it at its place and remembers it. */
function filePlace(work: Work, entry: ManifestEntry, { file, digest, proof, lastModifiedMs }: FetchedFile): Place {
  const { path } = entry;
  const target = work.toFile(path);
  const mtimeMs = work.options.mtime === false ? undefined : (entry.lastModifiedMs ?? lastModifiedMs);
  let stat: ReturnType<typeof file.finish>;
  try {
    stat = file.finish(mtimeMs);
  } catch (error) {
    throw fileSystemError(error, target);
  }
  return (directories) => {
    directories.make(parentOf(path));
    try {
      file.moveTo(target);
    } catch (error) {
      throw fileSystemError(error, target);
    }
    work.index.remember({
      path,
      sizeBytes: stat.sizeBytes,
      mtimeNs: trustedMtime(stat.mtimeNs, BigInt(Date.now()) * 1_000_000n),
      digest: digest.digest,
      identity: entryIdentity(entry),
    });
    noteDownload(work, path, stat.sizeBytes, proof);
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
