import { parentPort, workerData } from "node:worker_threads";

import { isS3PinError } from "../errors.ts";
import { resolverInRoot } from "../paths/resolve-in-root.ts";
import { createAdaptiveLimit } from "../restore/adaptive-limit.ts";
import { fetchPiece } from "../restore/fetch-piece.ts";
import type { FetchThreadData, JobOutcome, ThreadJob, ToFetchThread } from "../restore/fetch-thread.ts";
import { fetchWhole } from "../restore/fetch-whole.ts";
import { FilledQueue, runJobs } from "../restore/job-queue.ts";
import { finishFile } from "../restore/place-file.ts";
import { createRootDirectories } from "../restore/root-directories.ts";
import { tempFilesIn } from "../restore/temp-dir.ts";
import { createDelegatedStore } from "../s3/delegated-store.ts";

/**
 * Fetches, verifies and places objects and pieces, the plain case only: whatever goes wrong is handed back, and the thread
 * that started this one does it again and knows what it means.
 */
export function runFetchTask(): void {
  const { root, tempDir, prefix, setsMtime, start, max } = workerData as FetchThreadData;
  const store = createDelegatedStore(max);
  const limit = createAdaptiveLimit({ start, max });
  const queue = new FilledQueue<ThreadJob>();
  const toFile = resolverInRoot(root);
  const directories = createRootDirectories(root);
  const tempFiles = tempFilesIn(tempDir, prefix);
  // Whoever ends a run ends its threads.
  const signal = new AbortController().signal;
  const onBytes = () => {};

  let outcomes: JobOutcome[] = [];
  /** What the event loop brought in one turn is told in one message. */
  const tell = (outcome: JobOutcome) => {
    if (outcomes.push(outcome) > 1) return;
    setImmediate(() => {
      parentPort?.postMessage({ outcomes, limit: limit.limit });
      outcomes = [];
    });
  };

  const fetchObject = async ({ id, entry, address }: ThreadJob & { kind: "object" }): Promise<void> => {
    const context = { store, tempDir: tempFiles, signal, onBytes };
    const fetched = await fetchWhole(entry, address, { sizeBytes: entry.sizeBytes, etag: entry.etag }, context);
    try {
      const finished = finishFile(entry, fetched, { target: toFile(entry.path), setsMtime });
      const { sizeBytes, mtimeNs, digest } = finished.place(directories);
      limit.succeeded(sizeBytes);
      tell({ kind: "placed", id, sizeBytes, mtimeNs, digest, proof: fetched.proof });
    } catch (error) {
      fetched.file.discard();
      throw error;
    }
  };
  const run = async (job: ThreadJob): Promise<void> => {
    try {
      if (job.kind === "object") return await fetchObject(job);
      const piece = await fetchPiece(job.job, store, { signal, onBytes });
      limit.succeeded(job.job.piece.length);
      tell({ kind: "piece", id: job.id, piece });
    } catch (error) {
      const isThrottled = isS3PinError(error) && (error.code === "THROTTLED" || error.code === "CONNECTION_FAILED");
      if (isThrottled) limit.throttled();
      tell({ kind: "handed-back", id: job.id, isThrottled });
    }
  };
  parentPort?.on("message", ({ delegations, jobs }: ToFetchThread) => {
    store.accept(delegations);
    queue.add(jobs);
  });
  void runJobs(queue, limit, run);
}
