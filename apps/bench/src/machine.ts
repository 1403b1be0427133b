import { existsSync } from "node:fs";
import { availableParallelism, cpus, release, tmpdir, totalmem, type } from "node:os";

import type { BenchResult } from "./report/result.ts";

const MEMORY_BACKED = "/dev/shm";

export function defaultDir(): string {
  return existsSync(MEMORY_BACKED) ? MEMORY_BACKED : tmpdir();
}

/** What the figures depend on. */
export function describeMachine(dir: string): BenchResult["machine"] {
  return {
    cpu: cpus()[0]?.model ?? "unknown CPU",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    directory: dir.startsWith(MEMORY_BACKED) ? "memory (/dev/shm)" : dir,
  };
}
