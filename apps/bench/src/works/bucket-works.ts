import { rmSync } from "node:fs";
import { join } from "node:path";

import type { ExpectedTree } from "../tree/expected-tree.ts";
import { planUniform } from "../tree/plan-tree.ts";
import { writeLargeFile, writeTree } from "../tree/write-tree.ts";
import { removeRoot } from "./site.ts";
import { makeBucket, pinBucket, type Stage, upload } from "./stage.ts";
import type { PreparedWork, Work } from "./work.ts";

const LARGE_BYTES = 4 * 1024 ** 3;
const SMALL_FILES = 100_000;
const SMALL_BYTES = 4_096;
/** What a small file takes where the directory is in memory, on both sides: a page and its names. */
const SMALL_ROOM_BYTES = 6_000;

export const oneLarge: Work = {
  id: "e",
  title: "One large object",
  about: "4 GiB, uploaded in parts of 50 MiB",
  usesServer: true,
  // The server puts the parts together, and so has them twice for a while.
  sharedBytes: 3 * LARGE_BYTES,
  perContenderBytes: 0,
  prepare: (stage) => freshBucket(stage, "large", (source) => writeLargeFile(source, "large.bin", LARGE_BYTES)),
};

export const manySmall: Work = {
  id: "f",
  title: "Many small objects",
  about: "100,000 objects of 4 kB",
  usesServer: true,
  sharedBytes: 3 * SMALL_FILES * SMALL_ROOM_BYTES,
  perContenderBytes: 0,
  prepare: (stage) => freshBucket(stage, "small", (source) => writeTree(source, planUniform(SMALL_FILES, SMALL_BYTES))),
};

/** A bucket of its own, fetched into an empty root that is removed after each run. */
async function freshBucket(
  stage: Stage,
  bucket: string,
  write: (source: string) => ExpectedTree,
): Promise<PreparedWork> {
  const source = join(stage.dir, `source-${bucket}`);
  const expected = write(source);
  await makeBucket(stage, bucket);
  await upload(stage, { from: source, bucket });
  rmSync(source, { recursive: true });
  await pinBucket(stage, bucket);
  return {
    bucket,
    expected: () => expected,
    beforeRun: async (_, job) => removeRoot(job),
    afterRun: (_, job) => removeRoot(job),
    async close() {
      for (const part of ["data", "versions"])
        rmSync(join(stage.dir, "server", part, bucket), { recursive: true, force: true });
    },
  };
}
