import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

/** What a thread is started for, and what it needs for it from the beginning. */
export interface ThreadTask {
  readonly task: "hash" | "look" | "fetch";
}

/** The threads' program stands beside this file, built or as source; a bundler that does not bring it along leaves one thread. */
const PROGRAM = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** More threads than this wait for memory rather than compute. */
const MAX_THREADS = 8;

/** How many threads may work at once, this one included. */
export function threadCount(): number {
  return existsSync(fileURLToPath(PROGRAM)) ? Math.min(availableParallelism(), MAX_THREADS) : 1;
}

/** Starts a thread. It keeps no process alive: a run that fails elsewhere does not wait for it. */
export function startThread(task: ThreadTask): Worker {
  const worker = new Worker(PROGRAM, { workerData: task });
  worker.unref();
  return worker;
}
