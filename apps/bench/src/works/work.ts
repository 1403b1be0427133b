import type { Contender, Job, WorkId } from "../clients/contender.ts";
import type { ExpectedTree } from "../tree/expected-tree.ts";
import type { Stage } from "./stage.ts";

/** A kind of work to measure. */
export interface Work {
  readonly id: WorkId;
  readonly title: string;
  readonly about: string;
  /** whether latency makes a difference */
  readonly usesServer: boolean;
  /** what the directory must have room for, beside {@link perContenderBytes} */
  readonly sharedBytes: number;
  readonly perContenderBytes: number;
  /** Makes what the runs need. */
  prepare(stage: Stage): Promise<PreparedWork>;
}

export interface PreparedWork {
  readonly bucket: string;
  /** one root for all contenders */
  readonly sharedRoot?: string;
  /** what every root must hold after a run; undefined where looking would take longer than it is worth */
  expected(): ExpectedTree | undefined;
  /** Once for each contender. */
  beforeAll?(contender: Contender, job: Job): Promise<void>;
  beforeRound?(): Promise<void>;
  beforeRun?(contender: Contender, job: Job): Promise<void>;
  afterRun?(contender: Contender, job: Job): void;
  /** Frees the room that only this work needs. */
  close?(): Promise<void>;
}
