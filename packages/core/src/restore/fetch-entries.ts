import type { ErrorCode, S3PinError } from "../errors.ts";
import { entryIdentity } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import { threadCount } from "../threads/start-thread.ts";
import { type AdaptiveLimit, createAdaptiveLimit } from "./adaptive-limit.ts";
import { createByteBudget } from "./byte-budget.ts";
import type { FetchContext, FetchedFile, ObjectAddress } from "./fetch-context.ts";
import { FetchDistribution, type ObjectJob, type WaitingPiece } from "./fetch-distribution.ts";
import { fetchObject, isPlain } from "./fetch-object.ts";
import { isLarge } from "./fetch-partial.ts";
import { fetchPiece } from "./fetch-piece.ts";
import { runJobs } from "./job-queue.ts";
import { finishFile, type Place } from "./place-file.ts";
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

/** Where entries come from and go to. */
export interface FetchWays {
  readonly addressOf: (entry: ManifestEntry) => ObjectAddress;
  readonly buckets: ReadonlySet<string>;
  readonly placeOrHold: (path: string, place: Place) => void;
}

/** Entries that are being fetched. */
interface FetchRun {
  readonly work: Work;
  readonly ways: FetchWays;
  readonly store: ObjectStore;
  readonly stop: AbortController;
  readonly shares: Shares;
  readonly limit: AdaptiveLimit;
  readonly distribution: FetchDistribution;
  readonly context: FetchContext;
  readonly tell: Teller;
  threadsStarted: Promise<void> | undefined;
  /** What ended it for all. */
  fatal: S3PinError | undefined;
}

/**
 * Fetches entries and puts them at their place, or hands them on where that is not free.
 * @throws {S3PinError} when going on makes no sense: a refused credential, a full disk, `ABORTED`
 */
export async function fetchEntries(work: Work, entries: readonly ManifestEntry[], ways: FetchWays): Promise<void> {
  const store = await work.options.connect();
  const run = beginRun(work, entries, ways, store);
  try {
    await runJobs(run.distribution, run.limit, (job) => runJob(run, job));
  } finally {
    await run.threadsStarted;
    await run.distribution.close();
    await store.close();
  }
  work.signal.throwIfAborted();
  if (run.fatal !== undefined) throw run.fatal;
}

function beginRun(work: Work, entries: readonly ManifestEntry[], ways: FetchWays, store: ObjectStore): FetchRun {
  const { options } = work;
  const { concurrency } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([work.signal, stop.signal]);
  const shares = shareOut(store.delegate === undefined ? 1 : threadsWorth(entries, concurrency), concurrency);
  const limit = createAdaptiveLimit(shares.ours);
  const tell = createTeller(work, entries);
  const distribution = new FetchDistribution({
    objects: entries.filter((entry) => !isLarge(entry)),
    large: entries.filter(isLarge),
    jobOf: (entry) => jobOf(entry, work, ways),
    maxLarge: Math.min(MAX_LARGE_AT_ONCE, concurrency ?? MAX_LARGE_AT_ONCE),
    signal,
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
  const onRetry = (error: S3PinError, attempt: number) => {
    if (error.code === "THROTTLED" || error.code === "CONNECTION_FAILED") limit.throttled();
    options.retry?.onRetry?.(error, attempt);
  };
  const context: FetchContext = {
    store,
    tempDir: work.tempDir,
    budget: createByteBudget(RANGE_BUDGET_BYTES),
    retry: { ...options.retry, signal, onRetry },
    signal,
    onBytes: tell.bytes,
    pieces: distribution,
    piecesInFlight: Math.min(PIECES_IN_FLIGHT * shares.threads, concurrency ?? MAX_CONCURRENCY),
  };
  const state = { threadsStarted: undefined, fatal: undefined };
  return { work, ways, store, stop, shares, limit, distribution, context, tell, ...state };
}

function jobOf(entry: ManifestEntry, { inspection }: Work, { addressOf }: FetchWays): ObjectJob {
  const isForAnyone = isPlain(entry) && !inspection.plan.blocked.has(entry.path);
  return { kind: "object", entry, address: addressOf(entry), isForAnyone, isLarge: isLarge(entry) };
}

async function runJob(run: FetchRun, job: ObjectJob | WaitingPiece): Promise<void> {
  const work = job.kind === "piece" ? fetchWaitingPiece(run, job) : fetchEntry(run, job);
  const done = work.finally(() => run.distribution.done(job));
  // A large object holds no place, since its pieces do; the distribution is not over before it is.
  if (job.kind === "piece" || !job.isLarge) await done;
}

async function fetchEntry(run: FetchRun, { entry, address }: ObjectJob): Promise<void> {
  const { work, context, limit, tell, ways } = run;
  let fetched: FetchedFile | undefined;
  try {
    fetched = await fetchObject(entry, address, context);
    limit.succeeded(fetched.digest.sizeBytes);
    ways.placeOrHold(entry.path, filePlace(work, entry, fetched));
    tell.done();
    startThreads(run);
    await work.index.checkpoint();
  } catch (thrown) {
    fetched?.file.discard();
    const error = entryError(thrown, entry.path);
    if (RUN_FATAL.has(error.code)) {
      run.fatal ??= error;
      run.stop.abort(error);
    } else noteFailure(work, entry.path, error);
  }
}

async function fetchWaitingPiece(run: FetchRun, { job, options, resolve, reject }: WaitingPiece): Promise<void> {
  startThreads(run);
  try {
    const piece = await fetchPiece(job, run.store, options);
    run.limit.succeeded(job.piece.length);
    resolve(piece);
  } catch (error) {
    reject(error);
  }
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

/** Starts the other threads, once the store has answered well: only then it is known how it is to be asked. */
function startThreads(run: FetchRun): void {
  const { work, shares, distribution, store, ways } = run;
  if (shares.threads === 1 || run.threadsStarted !== undefined) return;
  work.tempDir.make();
  const data = {
    root: work.inspection.root,
    tempDir: work.tempDir.path,
    setsMtime: work.options.mtime ?? true,
    ...shares.others,
  };
  const prefixes = Array.from({ length: shares.threads - 1 }, (_, number) => `t${number}-`);
  const all = prefixes.map((prefix) => ({ ...data, prefix }));
  // Without them this thread does it all.
  run.threadsStarted = distribution.startThreads(store, { buckets: ways.buckets, data: all }).catch(() => {});
}

/** How many threads a download is worth. */
function threadsWorth(entries: readonly ManifestEntry[], concurrency = MAX_CONCURRENCY): number {
  const bytes = entries.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
  const isWorthIt = entries.length >= OBJECTS_WORTH_THREADS || bytes >= BYTES_WORTH_THREADS;
  return isWorthIt ? Math.min(threadCount(), concurrency) : 1;
}

/** Objects in flight, at the beginning and at the most. */
interface InFlight {
  readonly start: number;
  readonly max: number;
}

interface Shares {
  readonly threads: number;
  readonly ours: InFlight;
  /** Of each other thread. */
  readonly others: InFlight;
}

function shareOut(threads: number, concurrency: number | undefined): Shares {
  const all: InFlight = { start: concurrency ?? START_CONCURRENCY, max: concurrency ?? MAX_CONCURRENCY };
  const others: InFlight = { start: Math.floor(all.start / threads), max: Math.floor(all.max / threads) };
  const rest = threads - 1;
  return { threads, ours: { start: all.start - rest * others.start, max: all.max - rest * others.max }, others };
}

interface Teller {
  bytes(bytes: number): void;
  done(): void;
}

function createTeller({ options }: Work, entries: readonly ManifestEntry[]): Teller {
  const { onProgress = () => {} } = options;
  const bytesTotal = entries.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
  let bytesDone = 0;
  let done = 0;
  const tell = () => onProgress({ phase: "download", done, total: entries.length, bytesDone, bytesTotal });
  tell();
  return {
    bytes(bytes) {
      bytesDone += bytes;
      tell();
    },
    done() {
      done++;
      tell();
    },
  };
}
