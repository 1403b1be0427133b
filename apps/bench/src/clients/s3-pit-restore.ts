import { clientEnv } from "./client-env.ts";
import type { Contender } from "./contender.ts";

/** It fetches everything at each run, so there is only the fresh one. */
export function s3PitRestore(program: string): Contender {
  return {
    name: "s3-pit-restore",
    verifies: "–",
    commands: {
      a: (job) => ({
        command: program,
        args: ["-b", job.bucket, "-d", job.root, "--max-workers", "64"],
        env: clientEnv(job),
      }),
    },
    slowAt: ["a"],
  };
}
