import { availableParallelism } from "node:os";

import { clientEnv } from "./client-env.ts";
import type { Contender } from "./contender.ts";

/** Hashing all files on all cores: no client that has to hash can be faster. */
export function md5sum(rootOf: string): Contender {
  const script = `find "$0" -type f -print0 | xargs -0 -P ${availableParallelism()} -n 256 md5sum >/dev/null`;
  return {
    name: "md5sum, all cores",
    verifies: "MD5",
    commands: { d: (job) => ({ command: "sh", args: ["-c", script, job.root], env: clientEnv(job) }) },
    rootOf,
  };
}

/** Looking at all files: no client that has to look can be faster. */
export function find(rootOf: string): Contender {
  const script = `find "$0" -printf '%s %T@ %p\\n' >/dev/null`;
  return {
    name: "find -printf",
    verifies: "–",
    commands: { g: (job) => ({ command: "sh", args: ["-c", script, job.root], env: clientEnv(job) }) },
    rootOf,
  };
}
