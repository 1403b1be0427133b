import { type ErrorCode, S3PinError } from "../errors.ts";
import { entryIdentity } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { EntryStep } from "../plan/types.ts";
import { threadCount } from "../threads/start-thread.ts";
import { createAdaptiveLimit } from "./adaptive-limit.ts";
import { createByteBudget } from "./byte-budget.ts";
import { objectAddresses } from "./check-manifest.ts";
import type { FetchContext, FetchedFile } from "./fetch-context.ts";
import { FetchDistribution, type ObjectJob, type WaitingPiece } from "./fetch-distribution.ts";
import { fetchObject, isPlain } from "./fetch-object.ts";
import { isLarge } from "./fetch-partial.ts";
import { fetchPiece } from "./fetch-piece.ts";
import { runJobs } from "./job-queue.ts";
import { finishFile } from "./place-file.ts";
import { createRootDirectories, type RootDirectories } from "./root-directories.ts";
import { entryError, noteDownload, noteFailure, type Work } from "./work.ts";

/** Memory for ranges of large objects that wait to be hashed. */
const RANGE_BUDGET_BYTES = 128 * 1024 * 1024;

/** Objects in flight at the beginning, and at the most, when the caller does not fix it. */
const START_CONCURRENCY = 32;
const MAX_CONCURRENCY = 256;

/** Large objects under way at once; each comes in many pieces. */
const MAX_LARGE_AT_ONCE = 4;

/** Pieces of one object under way at once, for each thread. */
const PIECES_IN_FLIGHT = 16;

/** Starting a thread takes 40 ms of CPU; so much work is worth it. */
const OBJECTS_WORTH_THREADS = 500;
const BYTES_WORTH_THREADS = 64 * 1024 * 1024;

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
  const buckets = new Set(fetches.map(({ entry }) => addressOf(entry).bucket));

  directories.make("");
  for (const step of plan.steps) if (step.kind === "make-folder") placeOrHold(step.entry.path, folderPlace(work, step));
  if (fetches.length > 0) await runQueue(work, fetches, { addressOf, buckets, placeOrHold });
  return held;
}

async function runQueue(
  work: Work,
  fetches: readonly { readonly entry: ManifestEntry }[],
  {
    addressOf,
    buckets,
    placeOrHold,
  }: {
    readonly addressOf: ReturnType<typeof objectAddresses>;
    readonly buckets: ReadonlySet<string>;
    readonly placeOrHold: (path: string, place: Place) => void;
  },
): Promise<void> {
  const { options, signal } = work;
  const { concurrency, mtime: setsMtime = true } = options;
  const tell = createTeller(work, fetches);
  const stop = new AbortController();
  const running = AbortSignal.any([signal, stop.signal]);
  const store = await options.connect();
  const threads = store.delegate === undefined ? 1 : threadsWorth(fetches, concurrency);
  const share = (count: number) => Math.ceil(count / threads);
  const inFlight = {
    start: share(concurrency ?? START_CONCURRENCY),
    max: share(concurrency ?? MAX_CONCURRENCY),
  };
  const limit = createAdaptiveLimit(inFlight);
  const retry = {
    ...options.retry,
    signal: running,
    onRetry: (error: S3PinError, attempt: number) => {
      if (error.code === "THROTTLED" || error.code === "CONNECTION_FAILED") limit.throttled();
      options.retry?.onRetry?.(error, attempt);
    },
  };
  let fatal: S3PinError | undefined;

  const { blocked } = work.inspection.plan;
  const entries = fetches.map(({ entry }) => entry);
  const distribution = new FetchDistribution({
    objects: entries.filter((entry) => !isLarge(entry)),
    large: entries.filter(isLarge),
    jobOf: (entry) => ({
      kind: "object",
      entry,
      address: addressOf(entry),
      isForAnyone: isPlain(entry) && !blocked.has(entry.path),
      isLarge: isLarge(entry),
    }),
    maxLarge: Math.min(MAX_LARGE_AT_ONCE, concurrency ?? MAX_LARGE_AT_ONCE),
    signal: running,
    onPlaced({ entry }, { sizeBytes, mtimeNs, digest, proof }) {
      const { path } = entry;
      work.index.remember({ path, sizeBytes, mtimeNs, digest, identity: entryIdentity(entry) });
      void work.index.checkpoint();
      noteDownload(work, path, sizeBytes, proof);
      tell.bytes(sizeBytes);
      tell.done();
    },
    onThrottled: limit.throttled,
  });
  const context: FetchContext = {
    store,
    tempDir: work.tempDir,
    budget: createByteBudget(RANGE_BUDGET_BYTES),
    retry,
    signal: running,
    onBytes: tell.bytes,
    pieces: distribution,
    piecesInFlight: Math.min(PIECES_IN_FLIGHT * threads, concurrency ?? MAX_CONCURRENCY),
  };

  let threadsStarted: Promise<void> | undefined;
  /** Once the store has answered well: only then it is known how it is to be asked. */
  const startThreads = () => {
    if (threads === 1) return;
    threadsStarted ??= startOthers().catch(() => {});
  };
  const startOthers = () => {
    work.tempDir.make();
    const { root } = work.inspection;
    const tempDir = work.tempDir.path;
    const prefixes = Array.from({ length: threads - 1 }, (_, number) => `t${number}-`);
    return distribution.startThreads(store, {
      buckets,
      data: prefixes.map((prefix) => ({ root, tempDir, prefix, setsMtime, ...inFlight })),
    });
  };
  const fetchOne = async ({ entry, address }: ObjectJob): Promise<void> => {
    let fetched: FetchedFile | undefined;
    try {
      fetched = await fetchObject(entry, address, context);
      limit.succeeded(fetched.digest.sizeBytes);
      placeOrHold(entry.path, filePlace(work, entry, fetched));
      tell.done();
      startThreads();
      await work.index.checkpoint();
    } catch (thrown) {
      fetched?.file.discard();
      const error = entryError(thrown, entry.path);
      if (RUN_FATAL.has(error.code)) {
        fatal ??= error;
        stop.abort(error);
      } else noteFailure(work, entry.path, error);
    }
  };
  const fetchOnePiece = async ({ job, options: given, resolve, reject }: WaitingPiece): Promise<void> => {
    startThreads();
    try {
      const piece = await fetchPiece(job, store, given);
      limit.succeeded(job.piece.length);
      resolve(piece);
    } catch (error) {
      reject(error);
    }
  };
  const run = async (job: ObjectJob | WaitingPiece): Promise<void> => {
    const done = (job.kind === "piece" ? fetchOnePiece(job) : fetchOne(job)).finally(() => distribution.done(job));
    // A large object holds no place, since its pieces do; the distribution is not over before it is.
    if (job.kind === "piece" || !job.isLarge) await done;
  };

  try {
    await runJobs(distribution, limit, run);
  } finally {
    await threadsStarted;
    await distribution.close();
    await store.close();
  }
  signal.throwIfAborted();
  if (fatal !== undefined) throw fatal;
}

/** How many threads a download is worth. */
function threadsWorth(fetches: readonly { readonly entry: ManifestEntry }[], concurrency: number | undefined): number {
  const bytes = fetches.reduce((sum, { entry }) => sum + (entry.sizeBytes ?? 0), 0);
  const isWorthIt = fetches.length >= OBJECTS_WORTH_THREADS || bytes >= BYTES_WORTH_THREADS;
  return isWorthIt ? Math.min(threadCount(), concurrency ?? MAX_CONCURRENCY) : 1;
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
function filePlace(work: Work, entry: ManifestEntry, fetched: FetchedFile): Place {
  const setsMtime = work.options.mtime ?? true;
  const finished = finishFile(entry, fetched, { target: work.toFile(entry.path), setsMtime });
  return (directories) => {
    const row = finished.place(directories);
    work.index.remember(row);
    noteDownload(work, entry.path, row.sizeBytes, fetched.proof);
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
