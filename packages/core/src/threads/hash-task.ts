import { parentPort } from "node:worker_threads";

import { hashFileInOneGo } from "../digest/hash-file.ts";
import type { HashBatchAnswer, HashJob } from "../digest/hash-pool.ts";

/** Hashes: takes a batch of files, answers with one outcome each, in order. */
export function runHashTask(): void {
  let before: Promise<void> = Promise.resolve();
  parentPort?.on("message", (jobs: readonly HashJob[]) => {
    before = before.then(async () => parentPort?.postMessage(await hashBatch(jobs)));
  });
}

async function hashBatch(jobs: readonly HashJob[]): Promise<HashBatchAnswer> {
  const answer: HashBatchAnswer[number][] = [];
  for (const job of jobs) {
    try {
      answer.push({ digest: await hashFileInOneGo(job.file, job) });
    } catch (error) {
      // An error loses its code on the way to another thread.
      const { code, syscall, message } = error as NodeJS.ErrnoException;
      answer.push({ failure: { code, syscall, message } });
    }
  }
  return answer;
}
