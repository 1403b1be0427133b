import { parentPort, workerData } from "node:worker_threads";

import { type FilesLook, lookAtFiles } from "../restore/look-at-sealed-root.ts";

/** Looks at a part of a sealed root's files, and answers with what it found. */
export function runLookTask(): void {
  let found: ReturnType<typeof lookAtFiles>;
  try {
    found = lookAtFiles(workerData as FilesLook);
  } catch {
    // The other thread looks closer, meets the same, and says it in words.
  }
  parentPort?.postMessage(found);
}
