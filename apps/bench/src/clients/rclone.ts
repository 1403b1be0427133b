import { clientEnv } from "./client-env.ts";
import type { CommandFor, Contender } from "./contender.ts";

/** Peers' users and its own documentation advise more than the default of 4 transfers. */
const MANY = ["--transfers", "64", "--checkers", "64", "--fast-list"];

/** Comparing by modification time, its quickest way; downloads are checked by MD5. */
export function rclone(program: string): Contender {
  const copy = run(program, "copy", "--use-server-modtime");
  const sync = run(program, "sync", "--use-server-modtime");
  return {
    name: "rclone",
    verifies: "MD5",
    // It cannot use the ETag of an object uploaded in parts.
    verifiesAt: { e: "–" },
    commands: { a: copy, b: sync, c: sync, e: copy, f: copy },
    fill: copy,
  };
}

/** Comparing by MD5: files in place are hashed at each run. */
export function rcloneByChecksum(program: string): Contender {
  const sync = run(program, "sync", "--checksum");
  return {
    name: "rclone --checksum",
    verifies: "MD5",
    commands: { b: sync, c: sync, d: sync },
    fill: run(program, "copy", "--use-server-modtime"),
  };
}

function run(program: string, verb: string, comparing: string): CommandFor {
  return (job) => ({
    command: program,
    args: [verb, ...MANY, comparing, `:s3:${job.bucket}`, job.root],
    env: {
      ...clientEnv(job),
      RCLONE_S3_PROVIDER: "Other",
      RCLONE_S3_ENV_AUTH: "true",
      RCLONE_S3_ENDPOINT: job.endpoint,
      RCLONE_CONFIG: "",
    },
  });
}
