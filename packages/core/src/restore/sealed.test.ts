import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { status } from "./restore.ts";
import { openSite, type Site } from "./site.test-helper.ts";

const NO_STORE = () => Promise.reject(new Error("no request was expected"));

/** A site that was restored from a manifest file. */
async function openSealed() {
  const site = await openSite();
  const entries = [
    site.put("a/b.txt", "one"),
    site.put("a/c/d.txt", "two"),
    site.put("a/e é😀.txt", "three"),
    site.put("empty/", ""),
  ];
  const manifest = site.manifest(entries);
  const file = site.manifestFile(manifest);
  await site.restore(file);
  const again = (options: Parameters<Site["restore"]>[1] = {}) => site.restore(file, { connect: NO_STORE, ...options });
  return { site, entries, manifest, file, again };
}

describe("restore() of a manifest file", () => {
  it("does not read it again while nothing has changed", async () => {
    const { site, file, again } = await openSealed();
    const readAtFirst = file.reads;
    for (const options of [{}, { prune: true }, { listUnchanged: false }]) {
      const report = await again(options);
      expect(report).toMatchObject({
        entries: 4,
        unchanged: 4,
        bytesUnchanged: 11,
        downloaded: 0,
        proofs: { index: 4 },
      });
    }
    expect(await status({ manifest: file, root: site.root, indexFile: site.indexFile })).toMatchObject({
      unchanged: 4,
    });
    expect(file.reads).toBe(readAtFirst);
  });

  it("tells of each unchanged path all the same, if asked", async () => {
    const { site, again } = await openSealed();
    await again();
    const paths = site.events.map((event) => event.path).sort();
    expect(paths).toEqual(["a/b.txt", "a/c/d.txt", "a/e é😀.txt", "empty/"]);
    await again({ listUnchanged: false });
    expect(site.events).toEqual([]);
  });

  it.each<[string, (root: string) => void, number]>([
    ["a file is gone", (root) => rmSync(join(root, "a/b.txt")), 1],
    ["a file has other bytes of the same size", (root) => writeFileSync(join(root, "a/c/d.txt"), "TWO"), 1],
    ["a file has another size", (root) => writeFileSync(join(root, "a/b.txt"), "longer"), 1],
    ["a file was touched", (root) => utimesSync(join(root, "a/b.txt"), 1, 1), 0],
    [
      "a file has become a symlink",
      (root) => {
        renameSync(join(root, "a/b.txt"), join(root, "aside"));
        symlinkSync(join(root, "aside"), join(root, "a/b.txt"));
      },
      1,
    ],
    ["a folder marker's directory is gone", (root) => rmdirSync(join(root, "empty")), 1],
    ["the root is gone", (root) => rmSync(root, { recursive: true }), 4],
  ])("looks closer, and mends it, when %s", async (_name, damage, downloaded) => {
    const { site, file } = await openSealed();
    damage(site.root);
    const reads = file.reads;
    expect(await site.restore(file)).toMatchObject({ downloaded, failures: [] });
    expect(file.reads).toBe(reads + 1);
    expect(readFileSync(join(site.root, "a/b.txt"), "utf8")).toBe("one");
    expect(readFileSync(join(site.root, "a/c/d.txt"), "utf8")).toBe("two");
  });

  it("sees a directory that was replaced by a symlink, though every file behind it is right", async () => {
    const { site, again } = await openSealed();
    renameSync(join(site.root, "a/c"), join(site.root, "elsewhere"));
    symlinkSync(join(site.root, "elsewhere"), join(site.root, "a/c"));
    await expect(again()).rejects.toMatchObject({ code: "SYMLINK_IN_ROOT" });
  });

  it.each([
    ["another manifest", {}],
    ["rehash", { rehash: true }],
    ["delete", { delete: true }],
  ])("reads it for %s", async (name, options) => {
    const { site, manifest, file } = await openSealed();
    const other = name === "another manifest" ? site.manifestFile({ ...manifest, extraColumns: ["note"] }) : file;
    const reads = other.reads;
    expect(await site.restore(other, { connect: NO_STORE, ...options })).toMatchObject({ unchanged: 4 });
    expect(other.reads).toBe(reads + 1);
    // It is the last manifest that the index is sealed for.
    expect(await site.restore(other, { connect: NO_STORE })).toMatchObject({ unchanged: 4 });
    expect(other.reads).toBe(reads + 1);
  });

  it("reads it for another root that shares the index", async () => {
    const { site, file } = await openSealed();
    const report = await site.restore(file, { root: `${site.root}-2` });
    expect(report).toMatchObject({ downloaded: 4 });
  });

  it("still prunes what an earlier manifest put there", async () => {
    const { site, entries } = await openSealed();
    const fewer = site.manifestFile(site.manifest(entries.slice(1)));
    await site.restore(fewer);
    expect(await site.restore(fewer, { connect: NO_STORE })).toMatchObject({ unchanged: 3, deleted: 0 });
    const reads = fewer.reads;
    expect(await site.restore(fewer, { connect: NO_STORE, prune: true })).toMatchObject({ unchanged: 3, deleted: 1 });
    expect(fewer.reads).toBe(reads + 1);
    expect(await site.restore(fewer, { connect: NO_STORE, prune: true })).toMatchObject({ unchanged: 3, deleted: 0 });
    expect(fewer.reads).toBe(reads + 1);
  });

  it("seals nothing while a file is missing, was skipped, or is too fresh to be trusted", async () => {
    const { site, entries } = await openSealed();
    const gone = { ...entries[0], path: "gone.txt", versionId: "A".repeat(32) } as (typeof entries)[number];
    const unsafe = site.put("../up", "x");
    for (const [more, options] of [
      [[gone], {}],
      [[unsafe], { skipUnsafe: true }],
      [[site.put("fresh.txt", "x")], { mtime: false }],
    ] as const) {
      const file = site.manifestFile(site.manifest([...entries, ...more]));
      await site.restore(file, options);
      const reads = file.reads;
      await site.restore(file, options);
      expect(file.reads).toBe(reads + 1);
    }
  });

  it("keeps the guards of deleting", async () => {
    const { site, again } = await openSealed();
    mkdirSync(join(site.root, ".git"));
    await expect(again({ prune: true })).rejects.toMatchObject({ code: "DANGEROUS_ROOT" });
    const empty = site.manifestFile(site.manifest([]));
    await site.restore(empty);
    await expect(site.restore(empty, { prune: true, dangerousRoot: true })).rejects.toMatchObject({
      code: "EMPTY_MANIFEST",
    });
  });
});
