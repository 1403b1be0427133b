import { clientEnv } from "./client-env.ts";
import type { CommandFor, Contender } from "./contender.ts";

/** A built s3pin, run by the Node that runs the bench. */
export function s3pin(name: string, program: string): Contender {
  const restore: CommandFor = (job) => ({
    command: process.execPath,
    args: [program, "restore", job.manifest, job.root, "--index", job.indexFile, "--quiet"],
    env: clientEnv(job),
  });
  return {
    name,
    verifies: "MD5",
    commands: { a: restore, b: restore, c: restore, d: restore, e: restore, f: restore, g: restore },
    // Uploaded in parts, it has an ETag of the parts' MD5s, and no MD5 of its own.
    verifiesAt: { e: "ETag" },
    fill: restore,
  };
}
