import type { Worker } from "node:worker_threads";

import type { IndexRow } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { Proof } from "../progress.ts";
import type { GetDelegation } from "../s3/object-store.ts";
import { startThread, type ThreadTask } from "../threads/start-thread.ts";
import type { ObjectAddress } from "./fetch-context.ts";
import type { FetchedPiece, PieceJob } from "./fetch-piece.ts";

/** What a fetching thread is started with. */
export interface FetchThreadData extends ThreadTask {
  readonly task: "fetch";
  readonly root: string;
  /** A directory that is there, for unfinished files. */
  readonly tempDir: string;
  /** Of the names of its unfinished files. */
  readonly prefix: string;
  readonly setsMtime: boolean;
  /** Jobs in flight, at the beginning and at the most. */
  readonly start: number;
  readonly max: number;
}

/** What a fetching thread is told. */
export interface ToFetchThread {
  /** New or renewed, by bucket. */
  readonly delegations: Readonly<Record<string, GetDelegation>>;
  readonly jobs: readonly ThreadJob[];
}

export type ThreadJob =
  /** A plain object (`isPlain`) whose place is free. */
  | { readonly kind: "object"; readonly id: number; readonly entry: ManifestEntry; readonly address: ObjectAddress }
  | { readonly kind: "piece"; readonly id: number; readonly job: PieceJob };

/** What has become of a job. */
export type JobOutcome =
  | ({ readonly kind: "placed"; readonly id: number; readonly proof: Proof } & Pick<
      IndexRow,
      "sizeBytes" | "mtimeNs" | "digest"
    >)
  | { readonly kind: "piece"; readonly id: number; readonly piece: FetchedPiece }
  /** Nothing; who gave it has to do it. */
  | { readonly kind: "handed-back"; readonly id: number; readonly isThrottled: boolean };

/** What a fetching thread tells. */
export interface FromFetchThread {
  readonly outcomes: readonly JobOutcome[];
  /** Jobs that it has in flight at the most, now. */
  readonly limit: number;
}

/** A thread that fetches. */
export interface FetchThread {
  /** Jobs that it was given and has not answered. */
  readonly unanswered: number;
  /** How many more jobs it may be given, so that it never waits for more. */
  readonly room: number;
  give(message: ToFetchThread): void;
  /** Ends it, whatever it is doing; what it wrote stays where it is. */
  end(): Promise<void>;
}

/** A thread that always has its next jobs is never waited for. */
const LIMITS_AHEAD = 3;

/** @param onOutcome told of each job that was given, once */
export function startFetchThread(data: FetchThreadData, onOutcome: (outcome: JobOutcome) => void): FetchThread {
  const worker: Worker = startThread(data);
  // It is waited for, and ended whatever happens.
  worker.ref();
  const given = new Set<number>();
  let limit = data.start;
  let isLost = false;
  const settle = (outcome: JobOutcome) => {
    if (given.delete(outcome.id)) onOutcome(outcome);
  };
  const lose = () => {
    isLost = true;
    for (const id of [...given]) settle({ kind: "handed-back", id, isThrottled: false });
  };
  worker.on("message", (message: FromFetchThread) => {
    limit = message.limit;
    for (const outcome of message.outcomes) settle(outcome);
  });
  worker.on("error", lose);
  worker.on("exit", lose);
  return {
    get unanswered() {
      return given.size;
    },
    get room() {
      return isLost ? 0 : Math.max(0, LIMITS_AHEAD * limit - given.size);
    },
    give(message) {
      for (const { id } of message.jobs) given.add(id);
      worker.postMessage(message);
    },
    async end() {
      given.clear();
      await worker.terminate();
    },
  };
}
