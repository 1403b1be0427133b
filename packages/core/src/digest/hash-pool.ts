import { setImmediate as nextTurn } from "node:timers/promises";

import { fileSystemError } from "../disk/file-system-error.ts";
import { startThread, threadCount } from "../threads/start-thread.ts";
import type { DigestResult } from "./content-digest.ts";
import { hashFile } from "./hash-file.ts";

/** A file to hash, and what it should hold. */
export interface HashJob {
  readonly file: string;
  readonly sizeBytes: number | undefined;
  readonly etag: string | undefined;
  /** See `DigestResult.digest`. */
  readonly remembered?: string | undefined;
}

/** What a worker answers to a batch: one outcome for each job, in order. */
export type HashBatchAnswer = readonly (
  | { readonly digest: DigestResult }
  | {
      readonly failure: {
        readonly code: string | undefined;
        readonly syscall: string | undefined;
        readonly message: string;
      };
    }
)[];

/** Hashes files on all cores, while the caller does something else. */
export interface HashPool {
  /**
   * Puts a batch into the queue.
   * @returns outcomes in the order of the jobs; rejects with the disk's error ({@link S3PinError}) of a file that could not be
   *   read, or the signal's reason
   */
  add(jobs: readonly HashJob[]): Promise<readonly DigestResult[]>;
  /** Told how many bytes may come: where that is worth it, threads are started at once, while this one finds them. */
  expect(bytes: number): void;
  /** Bytes in the queue. */
  readonly queuedBytes: number;
  /** Has this thread work on the queue as well, until it is empty. */
  help(): Promise<void>;
  /** Ends the threads; so does the signal. */
  close(): void;
}

/** A batch is worth a message to another thread, and short enough for its share of the work to be even. */
const BATCH_FILES = 128;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Whether files that were gathered are a batch for {@link HashPool.add}. */
export function isBatch(files: number, bytes: number): boolean {
  return files >= BATCH_FILES || bytes >= BATCH_BYTES;
}

/** Cuts jobs into batches for {@link HashPool.add}. */
export function* cutIntoBatches<Job extends HashJob>(jobs: readonly Job[]): Generator<readonly Job[]> {
  let batch: Job[] = [];
  let bytes = 0;
  for (const job of jobs) {
    batch.push(job);
    bytes += job.sizeBytes ?? 0;
    if (!isBatch(batch.length, bytes)) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Starting a thread takes 30 ms, as long as hashing this. */
const BYTES_WORTH_A_THREAD = 16 * 1024 * 1024;

/** A thread has its next batches before it asks: this one is busy hashing for milliseconds at a time. */
const BATCHES_AHEAD = 3;

interface Batch {
  readonly jobs: readonly HashJob[];
  readonly bytes: number;
  resolve(digests: readonly DigestResult[]): void;
  reject(error: unknown): void;
}

export function createHashPool(signal: AbortSignal): HashPool {
  const maxThreads = threadCount() - 1;
  const threads: HashThread[] = [];
  /** A thread stands here once for each batch that it may still be given. */
  const ready: HashThread[] = [];
  const queue: Batch[] = [];
  let queuedBytes = 0;
  let isClosed = false;

  const take = (): Batch | undefined => {
    const batch = queue.shift();
    if (batch !== undefined) queuedBytes -= batch.bytes;
    return batch;
  };
  const feed = async (thread: HashThread): Promise<void> => {
    for (let batch = take(); batch !== undefined; batch = take()) {
      const answer = await thread.ask(batch.jobs).catch(() => undefined);
      if (answer !== undefined) settleBatch(batch, answer);
      else if (isClosed) batch.reject(signal.reason ?? new Error("the hashing was ended"));
      // The thread is gone, and what it was given is done here.
      else await hashHere(batch, signal);
    }
    ready.push(thread);
  };
  const close = () => {
    isClosed = true;
    signal.removeEventListener("abort", close);
    for (const thread of threads.splice(0)) thread.end();
  };
  // A thread may be in the middle of gigabytes, and a run that is stopped ends within a second.
  signal.addEventListener("abort", close);
  const start = () => {
    const thread = startHashThread();
    threads.push(thread);
    for (let depth = 0; depth < BATCHES_AHEAD; depth++) ready.push(thread);
  };
  return {
    expect(bytes) {
      while (threads.length < maxThreads && bytes >= BYTES_WORTH_A_THREAD * (threads.length + 1)) start();
    },
    add(jobs) {
      const bytes = jobs.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
      const outcome = new Promise<readonly DigestResult[]>((resolve, reject) => {
        queue.push({ jobs, bytes, resolve, reject });
        queuedBytes += bytes;
      });
      if (ready.length === 0 && threads.length < maxThreads && queuedBytes >= BYTES_WORTH_A_THREAD) start();
      const thread = ready.pop();
      if (thread !== undefined) void feed(thread);
      return outcome;
    },
    get queuedBytes() {
      return queuedBytes;
    },
    async help() {
      for (let batch = take(); batch !== undefined; batch = take()) {
        await hashHere(batch, signal);
        // The other threads' answers are taken in, and they get their next batch.
        await nextTurn();
      }
    },
    close,
  };
}

interface HashThread {
  ask(jobs: readonly HashJob[]): Promise<HashBatchAnswer>;
  end(): void;
}

function startHashThread(): HashThread {
  const worker = startThread({ task: "hash" });
  /** Who waits for an answer; answers come in the order of the questions. */
  const waiting: { resolve(answer: HashBatchAnswer): void; reject(error: Error): void }[] = [];
  worker.on("message", (answer: HashBatchAnswer) => waiting.shift()?.resolve(answer));
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("the thread has ended")));
  return {
    ask: (jobs) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        waiting.push({ resolve, reject });
        worker.postMessage(jobs);
      }),
    end: () => void worker.terminate(),
  };
}

async function hashHere({ jobs, resolve, reject }: Batch, signal: AbortSignal): Promise<void> {
  const digests: DigestResult[] = [];
  for (const job of jobs) {
    try {
      signal.throwIfAborted();
      digests.push(await hashFile(job.file, job, signal));
    } catch (error) {
      reject(signal.aborted ? signal.reason : fileSystemError(error, job.file));
      return;
    }
  }
  resolve(digests);
}

function settleBatch({ jobs, resolve, reject }: Batch, answer: HashBatchAnswer): void {
  const digests: DigestResult[] = [];
  for (const [number, outcome] of answer.entries()) {
    if ("failure" in outcome) {
      const error = Object.assign(new Error(outcome.failure.message), outcome.failure);
      reject(fileSystemError(error, jobs[number]?.file ?? ""));
      return;
    }
    digests.push(outcome.digest);
  }
  resolve(digests);
}
