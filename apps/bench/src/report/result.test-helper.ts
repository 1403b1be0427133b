import type { BenchResult, ContenderResult, Run, WorkResult } from "./result.ts";

export function runOf(run: Partial<Run>): Run {
  return { ...{ wallS: 1, cpuS: 1, maxRssBytes: 1024 ** 2, serverCpuS: 0.5, proxyCpuS: 0, othersCpuS: 0.1 }, ...run };
}

export function contenderOf(contender: Partial<ContenderResult>): ContenderResult {
  return {
    ...{ name: "s3pin", verifies: "MD5", commandLine: "s3pin restore", runs: [runOf({})], requests: 0 },
    ...contender,
  };
}

export function workOf(contenders: readonly ContenderResult[], work: Partial<WorkResult> = {}): WorkResult {
  return { work: "a", title: "Fresh", about: "3 objects", latencyMs: 0, loadAverage: 0.5, contenders, ...work };
}

export function resultOf(works: readonly WorkResult[]): BenchResult {
  return {
    startedAt: "2026-11-02T10:00:00.000Z",
    tookS: 60,
    machine: { cpu: "A & B", cores: 2, memoryBytes: 8 * 1024 ** 3, system: "Linux 6", directory: "memory" },
    versions: { s5cmd: "v2.3.0" },
    missing: {},
    works,
  };
}
