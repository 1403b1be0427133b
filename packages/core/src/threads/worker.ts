import { workerData } from "node:worker_threads";

import type { ThreadTask } from "./start-thread.ts";

/** The program of every thread: what a thread does not do it does not load. */
switch ((workerData as ThreadTask).task) {
  case "hash":
    (await import("./hash-task.ts")).runHashTask();
    break;
  case "look":
    (await import("./look-task.ts")).runLookTask();
    break;
  case "fetch":
    (await import("./fetch-task.ts")).runFetchTask();
    break;
}
