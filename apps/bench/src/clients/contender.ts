import type { Command } from "../process/measure-command.ts";

export type WorkId = "a" | "b" | "c" | "d" | "e" | "f" | "g";

/** What a command line needs to know. */
export interface Job {
  readonly endpoint: string;
  readonly bucket: string;
  /** the directory to fill */
  readonly root: string;
  /** s3pin's manifest of the bucket */
  readonly manifest: string;
  /** s3pin's local index of the root */
  readonly indexFile: string;
  /** the home directory of the programs, with nothing in it */
  readonly home: string;
}

export type CommandFor = (job: Job) => Command;

/** A program called in one way; each has a root of its own. */
export interface Contender {
  readonly name: string;
  /** how it makes sure of the bytes that it fetched, in a word or two */
  readonly verifies: string;
  /** where that is another way */
  readonly verifiesAt?: Partial<Record<WorkId, string>>;
  /** the work that it can do, and how it is called for it */
  readonly commands: Partial<Record<WorkId, CommandFor>>;
  /** brings an empty root to the bucket's state, unmeasured, where the work needs files in place */
  readonly fill?: CommandFor;
  /** looks at the root of this other contender, rather than at its own */
  readonly rootOf?: string;
  /** works of which one run is enough, since it takes a minute or more */
  readonly slowAt?: readonly WorkId[];
}
