import type { WorkId } from "../clients/contender.ts";

/** What one run cost the client, and those around it. */
export interface Run {
  readonly wallS: number;
  readonly cpuS: number;
  readonly maxRssBytes: number;
  readonly serverCpuS: number;
  readonly proxyCpuS: number;
  /** what the rest of the machine was busy with meanwhile: much of it makes the wall time worth little */
  readonly othersCpuS: number;
}

export interface ContenderResult {
  readonly name: string;
  readonly verifies: string;
  /** as it was called */
  readonly commandLine: string;
  /** in the order of the rounds */
  readonly runs: readonly Run[];
  /** undefined when not counted */
  readonly requests: number | undefined;
  /** why it has no runs, or fewer than the others */
  readonly failure?: string;
}

/** One kind of work at one latency. */
export interface WorkResult {
  readonly work: WorkId;
  readonly title: string;
  readonly about: string;
  readonly latencyMs: number;
  /** of the last minute, when it began */
  readonly loadAverage: number;
  readonly contenders: readonly ContenderResult[];
}

export interface BenchResult {
  readonly startedAt: string;
  readonly tookS: number;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly system: string;
    /** where the files went */
    readonly directory: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  /** peers that could not be installed, and why */
  readonly missing: Readonly<Record<string, string>>;
  readonly works: readonly WorkResult[];
}
