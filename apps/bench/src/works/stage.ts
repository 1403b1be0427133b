import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { clientEnv } from "../clients/client-env.ts";
import type { Job } from "../clients/contender.ts";
import { runCommand } from "../process/run-command.ts";
import type { CountingS3Server, S3Server } from "../server/s3-server.ts";

/** Where all takes place. */
export interface Stage {
  readonly dir: string;
  readonly server: S3Server;
  /** over the same data, for runs that are counted rather than timed */
  readonly counting: CountingS3Server;
  /** fills the buckets */
  readonly s5cmd: string;
  /** makes the manifests */
  readonly s3pin: string;
}

/** Makes a bucket with versions. */
export async function makeBucket(stage: Stage, bucket: string): Promise<void> {
  await runS5cmd(stage, ["mb", `s3://${bucket}`]);
  await runS5cmd(stage, ["bucket-version", "--set", "Enabled", `s3://${bucket}`]);
}

/** Puts all files below a directory into a bucket. */
export async function upload(
  stage: Stage,
  { from, bucket }: { readonly from: string; readonly bucket: string },
): Promise<void> {
  await runS5cmd(stage, ["cp", `${from}/`, `s3://${bucket}/`]);
}

async function runS5cmd(stage: Stage, args: readonly string[]): Promise<void> {
  const { endpoint } = stage.server;
  const env = clientEnv({ endpoint, home: stage.dir });
  await runCommand(stage.s5cmd, ["--log", "error", "--endpoint-url", endpoint, ...args], env);
}

/** Writes the manifest of a bucket's current state. */
export async function pinBucket(stage: Stage, bucket: string): Promise<void> {
  const { endpoint } = stage.server;
  const args = [stage.s3pin, "pin", `s3://${bucket}/`, "-o", manifestOf(stage, bucket), "--quiet"];
  await runCommand(process.execPath, args, clientEnv({ endpoint, home: stage.dir }));
}

export function manifestOf(stage: Stage, bucket: string): string {
  return join(stage.dir, `${bucket}.csv`);
}

/** The job of a contender on a bucket; `rootOf` says whose root it works on. */
export function jobOn(
  stage: Stage,
  options: { readonly bucket: string; readonly name: string; readonly rootOf: string; readonly endpoint: string },
): Job {
  const { bucket, endpoint } = options;
  const folder = join(stage.dir, "roots", bucket);
  const home = join(stage.dir, "home");
  for (const dir of [folder, home]) mkdirSync(dir, { recursive: true });
  const own = (name: string) => join(folder, name.replaceAll(/[^\w.-]+/g, "-"));
  return {
    ...{ endpoint, bucket, home, manifest: manifestOf(stage, bucket) },
    root: own(options.rootOf),
    indexFile: `${own(options.name)}.index`,
  };
}
