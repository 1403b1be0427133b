import { parentPort } from "node:worker_threads";

import { hashFileSync } from "./hash-file.ts";
import type { HashBatchAnswer, HashJob } from "./hash-pool.ts";

/** A thread that hashes: takes a batch of files, answers with one outcome each, in order. */
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
