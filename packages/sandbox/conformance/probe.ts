import type { ServerUnderTest } from "./server-under-test.ts";

/** One question to a server. Its answer is a short text without ids and times, so that two servers can be compared. */
export interface Probe {
  readonly id: string;
  readonly ask: () => Promise<string>;
}

/** What probes are made from. */
export interface ProbeOptions {
  readonly server: ServerUnderTest;
  /** ends the names of the buckets, so that runs do not meet */
  readonly suffix: string;
  /** objects of the large listing */
  readonly bigCount: number;
}
