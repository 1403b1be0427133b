import { parentPort } from "node:worker_threads";

import { hashFileSync } from "../digest/hash-file.ts";
import type { HashBatchAnswer, HashJob } from "../digest/hash-pool.ts";

/** Hashes: takes a batch of files, answers with one outcome each, in order. */
export function runHashTask(): void {
  parentPort?.on("message", (jobs: readonly HashJob[]) => {
    const answer: HashBatchAnswer = jobs.map((job) => {
      try {
        return { digest: hashFileSync(job.file, job) };
      } catch (error) {
        // An error loses its code on the way to another thread.
        const { code, syscall, message } = error as NodeJS.ErrnoException;
        return { failure: { code, syscall, message } };
      }
    });
    parentPort?.postMessage(answer);
  });
}
