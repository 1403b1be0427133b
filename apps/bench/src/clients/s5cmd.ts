import { clientEnv } from "./client-env.ts";
import type { Contender, Job } from "./contender.ts";

/** With its default of 256 workers, and without a line of output for each file. */
export function s5cmd(program: string): Contender {
  const run = (job: Job, ...args: string[]) => ({
    command: program,
    args: ["--log", "error", "--endpoint-url", job.endpoint, ...args, `${job.root}/`],
    env: clientEnv(job),
  });
  const copy = (job: Job) => run(job, "cp", `s3://${job.bucket}/*`);
  const sync = (job: Job) => run(job, "sync", `s3://${job.bucket}/*`);
  return { name: "s5cmd", verifies: "–", commands: { a: copy, b: sync, c: sync, e: copy, f: copy }, fill: copy };
}
