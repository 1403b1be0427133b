import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished, vi } from "vitest";

import { openIndex } from "../local-index/open-index.ts";
import { createSealing } from "../local-index/seal.ts";
import type { IndexRow } from "../local-index/types.ts";
import { createIndexKeeper } from "./index-keeper.ts";

const row = (number: number): IndexRow => ({
  path: String(number).padStart(6, "0"),
  sizeBytes: 1,
  mtimeNs: 1n,
  digest: "0".repeat(32),
  identity: { source: "s3://b/", versionId: "v", etag: "" },
});

it("the last save is the last word, though a checkpoint is still being written", async () => {
  const home = mkdtempSync(join(tmpdir(), "s3pin-keeper-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const file = join(home, "site.index");
  const rows = Array.from({ length: 20_000 }, (_, number) => row(number));
  const entries = rows.map(({ path, sizeBytes, identity }) => ({
    ...{ path, sizeBytes, versionId: "v", etag: undefined, source: identity?.source },
    ...{ lastModifiedMs: undefined, extra: undefined },
  }));
  const keeper = createIndexKeeper(file, new Map(), (error) => expect.fail(error.message));
  const later = Date.now() + 60_000;
  vi.spyOn(Date, "now").mockReturnValue(later);
  onTestFinished(() => void vi.restoreAllMocks());
  for (const each of rows.slice(0, 15_000)) keeper.remember(each);
  const checkpoint = keeper.checkpoint();
  for (const each of rows.slice(15_000)) keeper.remember(each);
  await keeper.save(createSealing(entries, { manifest: "digest", root: "/srv" }));
  await checkpoint;
  const reader = openIndex(file);
  expect([...reader.rows()]).toHaveLength(20_000);
  expect(reader.seal).toMatchObject({ manifest: "digest" });
  reader.close();
});
