import { accessKeyId, region, secretAccessKey } from "../server/s3-server.ts";
import { clientEnv } from "./client-env.ts";
import type { CommandFor, Contender } from "./contender.ts";

/** Comparing by modification time, its quickest way; downloads are checked by ETag. */
export function s3sync(program: string): Contender {
  const sync: CommandFor = (job) => ({
    command: program,
    args: [
      ...["--source-access-key", accessKeyId, "--source-secret-access-key", secretAccessKey],
      ...["--source-region", region, "--source-endpoint-url", job.endpoint, "--source-force-path-style"],
      ...["--worker-size", "64", `s3://${job.bucket}/`, job.root],
    ],
    env: clientEnv(job),
  });
  return {
    name: "s3sync",
    verifies: "ETag",
    commands: { a: sync, b: sync, c: sync, e: sync, f: sync },
    fill: sync,
  };
}
