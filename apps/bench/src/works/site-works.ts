import { rmSync } from "node:fs";

import { removeRoot, siteBucket, siteOf } from "./site.ts";
import type { Work } from "./work.ts";

const room = { sharedBytes: 1_500_000_000, perContenderBytes: 600_000_000 };

export const fresh: Work = {
  id: "a",
  title: "Into an empty root",
  about: "14,310 objects, 484 MB",
  usesServer: true,
  ...room,
  async prepare(stage) {
    const site = await siteOf(stage);
    return {
      bucket: siteBucket,
      expected: site.expected,
      beforeRun: async (_, job) => removeRoot(job),
      afterRun: site.filled,
    };
  },
};

export const nothingToDo: Work = {
  id: "b",
  title: "Nothing to do",
  about: "all 14,310 files in place",
  usesServer: true,
  ...room,
  async prepare(stage) {
    const site = await siteOf(stage);
    return { bucket: siteBucket, expected: site.expected, beforeAll: site.fill };
  },
};

export const onePercentChanged: Work = {
  id: "c",
  title: "1 % changed",
  about: "143 of 14,310 objects have new bytes of the same size",
  usesServer: true,
  ...room,
  async prepare(stage) {
    const site = await siteOf(stage);
    return {
      bucket: siteBucket,
      expected: site.expected,
      beforeAll: site.fill,
      beforeRound: site.change,
      afterRun: site.filled,
    };
  },
};

export const noIndex: Work = {
  id: "d",
  title: "Files in place, but no index",
  about: "all 14,310 files are hashed",
  usesServer: true,
  ...room,
  async prepare(stage) {
    const site = await siteOf(stage);
    return {
      bucket: siteBucket,
      expected: site.expected,
      beforeAll: site.fill,
      beforeRun: async (_, job) => rmSync(job.indexFile, { force: true }),
    };
  },
};
