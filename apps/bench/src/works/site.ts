import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Contender, Job } from "../clients/contender.ts";
import { runCommand } from "../process/run-command.ts";
import type { ExpectedTree } from "../tree/expected-tree.ts";
import { planChanges, planSite } from "../tree/plan-tree.ts";
import { writeTree } from "../tree/write-tree.ts";
import { makeBucket, pinBucket, type Stage, upload } from "./stage.ts";

/** S3 times have whole seconds: what is put later than a second is seen to be newer. */
const CLEARLY_LATER_MS = 1_100;

export const siteBucket = "site";

/** The bucket that works a to d share: a site's files, one in a hundred of which changes to and fro. */
export interface Site {
  expected(): ExpectedTree;
  /** Brings the root of a contender to the bucket's state, unless it holds it. */
  fill(contender: Contender, job: Job): Promise<void>;
  /** A contender's root holds the bucket's state now. */
  filled(contender: Contender): void;
  /** Changes one file in a hundred in the bucket. */
  change(): Promise<void>;
}

const sites = new WeakMap<Stage, Promise<Site>>();

/** Made at the first call. */
export function siteOf(stage: Stage): Promise<Site> {
  const site = sites.get(stage) ?? makeSite(stage);
  sites.set(stage, site);
  return site;
}

async function makeSite(stage: Stage): Promise<Site> {
  const files = planSite();
  const changes = planChanges(files);
  const changed = new Set(changes.map(({ path }) => path));
  const source = join(stage.dir, "source-site");
  const original = writeTree(source, files);
  await makeBucket(stage, siteBucket);
  await upload(stage, { from: source, bucket: siteBucket });
  await pinBucket(stage, siteBucket);
  rmSync(source, { recursive: true });

  const dirs = [join(stage.dir, "edition-0"), join(stage.dir, "edition-1")] as const;
  writeTree(
    dirs[0],
    files.filter(({ path }) => changed.has(path)),
  );
  const later = new Map([...original, ...writeTree(dirs[1], changes)]);

  let generation = 0;
  const isOriginal = () => generation % 2 === 0;
  const held = new Map<string, number>();
  return {
    expected: () => (isOriginal() ? original : later),
    async fill(contender, job) {
      if (held.get(contender.name) === generation || contender.fill === undefined) return;
      removeRoot(job);
      const { command, args, env } = contender.fill({ ...job, endpoint: stage.server.endpoint });
      await runCommand(command, args, env);
      held.set(contender.name, generation);
    },
    filled(contender) {
      held.set(contender.name, generation);
    },
    async change() {
      await sleep(CLEARLY_LATER_MS);
      generation++;
      await upload(stage, { from: isOriginal() ? dirs[0] : dirs[1], bucket: siteBucket });
      await pinBucket(stage, siteBucket);
      await sleep(CLEARLY_LATER_MS);
    },
  };
}

/** Leaves nothing of earlier runs. */
export function removeRoot(job: Job): void {
  for (const path of [job.root, job.indexFile]) rmSync(path, { recursive: true, force: true });
}
