import { clientEnv } from "./client-env.ts";
import type { Contender, Job } from "./contender.ts";

/** With its default of 10 requests at once: Python keeps it from using more. */
export function aws(program: string): Contender {
  const run = (job: Job, args: readonly string[]) => ({
    command: program,
    args: ["s3", ...args, job.root, "--only-show-errors"],
    env: clientEnv(job),
  });
  // Without --exact-timestamps it leaves a newer object of the same size where it is.
  const sync = (job: Job) => run(job, ["sync", "--exact-timestamps", `s3://${job.bucket}/`]);
  const copy = (job: Job) => run(job, ["cp", "--recursive", `s3://${job.bucket}/`]);
  return {
    name: "aws s3",
    verifies: "–",
    commands: { a: sync, b: sync, c: sync, e: copy, f: sync },
    fill: sync,
    slowAt: ["a", "f"],
  };
}
