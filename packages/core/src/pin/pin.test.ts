import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { S3PinError } from "../errors.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { Manifest, ManifestEntry } from "../manifest/types.ts";
import type { Progress } from "../progress.ts";
import type { ObjectStore, Versioning } from "../s3/object-store.ts";
import type { ObjectVersion } from "../versions/types.ts";
import { type PinOptions, pin } from "./pin.ts";

const SOURCE = "s3://media.example.com/site/";
const T0 = Date.UTC(2026, 10, 2, 10);

describe("pin()", () => {
  it("writes down the current version of every object below the source", async () => {
    const bucket = memoryStore();
    bucket.put("other/x.txt");
    bucket.put("site/");
    bucket.put("site/b.txt", { bytes: 10 });
    const old = bucket.put("site/a.txt", { bytes: 1 });
    const current = bucket.put("site/a.txt", { bytes: 2 });
    bucket.put("site/gone.txt");
    bucket.delete("site/gone.txt");
    bucket.put("site/img/", { bytes: 0 });
    bucket.put("sitemap.xml");

    const report = await pin({ source: SOURCE, store: bucket.store });
    expect(report.manifest.extraColumns).toEqual([]);
    expect(report.manifest.entries.map(({ path }) => path)).toEqual(["a.txt", "b.txt", "img/"]);
    expect(report.manifest.entries[0]).toEqual({
      path: "a.txt",
      versionId: current.versionId,
      sizeBytes: 2,
      etag: current.etag,
      lastModifiedMs: current.lastModifiedMs,
      source: SOURCE,
      extra: undefined,
    });
    expect(report).toMatchObject({
      added: 3,
      changed: 0,
      removed: 0,
      unchanged: 0,
      bytes: 12,
      versionsSeen: 6,
      deleteMarkersSeen: 1,
      ties: [],
      warnings: [],
      atMs: undefined,
    });
    expect(report.diff.added).toEqual(report.manifest.entries);
    expect(old.versionId).not.toBe(current.versionId);
  });

  it("takes a source without its final slash, and a whole bucket", async () => {
    const bucket = memoryStore();
    bucket.put("site/a.txt");
    bucket.put("sitemap.xml");
    expect(await pinnedPaths({ source: "s3://b/site", store: bucket.store })).toEqual(["a.txt"]);
    expect(await pinnedPaths({ source: "s3://b", store: bucket.store })).toEqual(["site/a.txt", "sitemap.xml"]);
    expect(bucket.requests.map(({ prefix }) => prefix)).toEqual(["site/", ""]);
  });

  it("writes down what was current at a moment, and reports ties of that second", async () => {
    const bucket = memoryStore();
    const first = bucket.put("site/a.txt");
    bucket.put("site/tied.txt");
    const second = bucket.put("site/tied.txt");
    bucket.put("site/excluded.txt");
    bucket.put("site/excluded.txt");
    bucket.put("site/deleted-later.txt");
    bucket.tick(10);
    for (const name of ["a.txt", "tied.txt", "excluded.txt", "new.txt"]) bucket.put(`site/${name}`);
    bucket.delete("site/deleted-later.txt");

    const report = await pin({ source: SOURCE, store: bucket.store, atMs: T0 + 9999, exclude: ["excluded.txt"] });
    expect(report.manifest.entries.map(({ path }) => path)).toEqual(["a.txt", "deleted-later.txt", "tied.txt"]);
    expect(report.manifest.entries.map(({ versionId }) => versionId)).toContain(first.versionId);
    expect(report.ties).toEqual([{ key: "site/tied.txt", versionIds: [second.versionId, "v2"] }]);
    expect(report.atMs).toBe(T0 + 9999);
    expect(await pinnedPaths({ source: SOURCE, store: bucket.store, atMs: T0 + 10_000 })).toEqual([
      "a.txt",
      "excluded.txt",
      "new.txt",
      "tied.txt",
    ]);
  });

  it("pins what the filters leave, by path", async () => {
    const bucket = memoryStore();
    for (const name of ["a.jpg", "a.psd", "raw/b.jpg", "tmp/c.jpg"]) bucket.put(`site/${name}`, { bytes: 5 });
    const filters = { include: ["*.jpg"], exclude: ["tmp/"], excludeRegex: ["^raw/"] };
    const report = await pin({ source: SOURCE, store: bucket.store, ...filters });
    expect(report.manifest.entries.map(({ path }) => path)).toEqual(["a.jpg"]);
    expect(report).toMatchObject({ bytes: 5, versionsSeen: 4 });
  });

  it("compares with the manifest of before and carries its extra columns over", async () => {
    const bucket = memoryStore();
    bucket.put("site/changed.txt");
    bucket.put("site/removed.txt");
    bucket.put("site/same.txt");
    const { manifest } = await pin({ source: SOURCE, store: bucket.store });
    const previous: Manifest = {
      extraColumns: ["owner"],
      entries: manifest.entries.map((entry) => ({ ...entry, extra: [`of ${entry.path}`] })),
    };
    bucket.put("site/changed.txt");
    bucket.put("site/added.txt");
    bucket.delete("site/removed.txt");

    const report = await pin({ source: SOURCE, store: bucket.store, previous });
    expect(report).toMatchObject({ added: 1, changed: 1, removed: 1, unchanged: 1 });
    expect(report.manifest.extraColumns).toEqual(["owner"]);
    expect(report.manifest.entries.map(({ path, extra }) => [path, extra])).toEqual([
      ["added.txt", undefined],
      ["changed.txt", ["of changed.txt"]],
      ["same.txt", ["of same.txt"]],
    ]);
  });

  it("sorts by path in UTF-8 order when the store does not", async () => {
    const names = ["a", "a/b", "a-b", "\uff5e", "😀", "é"];
    const bucket = memoryStore({ order: (a, b) => (a < b ? -1 : 1), maxKeys: 2 });
    for (const name of names) {
      bucket.put(`site/${name}`);
      bucket.put(`site/${name}`);
    }
    const report = await pin({ source: SOURCE, store: bucket.store });
    expect(report.manifest.entries.map(({ path }) => path)).toEqual(["a", "a-b", "a/b", "é", "\uff5e", "😀"]);
    expect(report.versionsSeen).toBe(12);
  });

  it("gives the same manifest whatever the pages", async () => {
    const changesArbitrary = fc.array(fc.tuple(fc.constantFrom("a", "a/b", "b", "\uff5e", "😀"), fc.boolean()), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(
        changesArbitrary,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (changes, maxKeys, isUtf16) => {
          const manifests = [
            undefined,
            { maxKeys, ...(isUtf16 ? { order: (a: string, b: string) => (a < b ? -1 : 1) } : {}) },
          ].map((quirks) => {
            const bucket = memoryStore(quirks);
            for (const [key, isDelete] of changes) isDelete ? bucket.delete(key) : bucket.put(key);
            return pin({ source: "s3://b/", store: bucket.store, allowEmpty: true });
          });
          const [plain, quirky] = await Promise.all(manifests);
          expect(quirky).toEqual(plain);
        },
      ),
    );
  });

  it.each<[name: string, versioning: Versioning, message: RegExp]>([
    ["never was on", "Off", /has no versioning/],
    ["is suspended", "Suspended", /is suspended/],
  ])("refuses a bucket whose versioning %s, unless that is allowed", async (_, versioning, message) => {
    const bucket = memoryStore({ versioning });
    bucket.put("site/a.txt");
    const refused = pin({ source: SOURCE, store: bucket.store });
    await expect(refused).rejects.toMatchObject({ code: "VERSIONING_OFF", message: expect.stringMatching(message) });
    expect(bucket.requests).toEqual([]);
    const report = await pin({ source: SOURCE, store: bucket.store, allowNull: true });
    expect(report.warnings).toEqual([{ code: "VERSIONING_OFF", message: expect.stringMatching(message) }]);
  });

  it("only warns when it may not ask for the versioning, and throws on what else comes of it", async () => {
    const denied = memoryStore({ versioning: new S3PinError("ACCESS_DENIED", "Access denied") });
    denied.put("site/a.txt");
    const report = await pin({ source: SOURCE, store: denied.store });
    expect(report.warnings).toEqual([
      { code: "VERSIONING_UNKNOWN", message: expect.stringContaining("media.example.com") },
    ]);

    const missing = memoryStore({ versioning: new S3PinError("BUCKET_NOT_FOUND", "No such bucket") });
    await expect(pin({ source: SOURCE, store: missing.store })).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  });

  it("refuses current null versions below the source that the filters leave, and names the first", async () => {
    const bucket = memoryStore();
    bucket.put("site/once-null.txt", { versionId: "null" });
    bucket.put("site/once-null.txt");
    bucket.put("site/excluded.txt", { versionId: "null" });
    expect(await pinnedPaths({ source: SOURCE, store: bucket.store, exclude: ["excluded.txt"] })).toEqual([
      "once-null.txt",
    ]);

    for (let index = 10; index < 35; index++) bucket.put(`site/${index}\n.txt`, { versionId: "null" });
    const refused = pin({ source: SOURCE, store: bucket.store });
    await expect(refused).rejects.toMatchObject({
      code: "NULL_VERSIONS",
      message: expect.stringMatching(/^26 objects .*: 10\\n\.txt, .* 29\\n\.txt and 6 more$/),
      details: { count: 26 },
    });
    const { manifest } = await pin({ source: SOURCE, store: bucket.store, allowNull: true });
    expect(manifest.entries.filter(({ versionId }) => versionId === "null")).toHaveLength(26);
  });

  it.each<[name: string, options: Partial<PinOptions>, message: RegExp, hint: RegExp]>([
    [
      "the source is one object",
      { source: "s3://b/site/a.txt" },
      /^Nothing .* s3:\/\/b\/site\/a\.txt\//,
      /s3pin pin s3:\/\/b\/site\/ --include "a\.txt"/,
    ],
    [
      "the source is one object of the bucket's root",
      { source: "s3://b/x" },
      /Nothing/,
      /s3pin pin s3:\/\/b\/ --include "x"/,
    ],
    ["all is deleted", { source: "s3://b/old/" }, /All objects under s3:\/\/b\/old\/ are deleted/, /--at/],
    ["nothing was there yet", { atMs: T0 - 1 }, /no object existed at 2026-11-02T09:59:59.999Z/, /zone/],
    ["the filters leave nothing", { include: ["*.jpg"] }, /Of the 1 object under .*, none/, /path below the source/],
  ])("refuses to pin nothing when %s", async (_, options, message, hint) => {
    const bucket = memoryStore();
    bucket.put("site/a.txt");
    bucket.put("old/a.txt");
    bucket.delete("old/a.txt");
    await expect(pin({ source: SOURCE, store: bucket.store, ...options })).rejects.toMatchObject({
      code: "EMPTY_LISTING",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    const report = await pin({ source: SOURCE, store: bucket.store, ...options, allowEmpty: true });
    expect(report.manifest.entries).toEqual([]);
  });

  it("warns of paths that a restore would refuse, and of keys that may be something else", async () => {
    const bucket = memoryStore();
    for (const name of ["../up", "a//b", "x\uFFFDy", "dir", "dir/in", "fine"]) bucket.put(`site/${name}`);
    bucket.put("site/folder/", { bytes: 3 });
    const { manifest, warnings } = await pin({ source: SOURCE, store: bucket.store });
    expect(manifest.entries).toHaveLength(7);
    expect(warnings).toEqual([
      { code: "UNREPRESENTABLE_KEYS", message: expect.stringContaining("x\uFFFDy") },
      { code: "UNSAFE_PATHS", message: expect.stringMatching(/\.\.\/up \(.*\), a\/\/b \(.*\), folder\/ \(.*\)$/) },
      { code: "PATH_CONFLICTS", message: expect.stringContaining("dir/in (below dir)") },
    ]);
  });

  it("refuses a key that does not begin with the prefix", async () => {
    const bucket = memoryStore();
    bucket.put("site/a.txt");
    const ignoresPrefix: ObjectStore = {
      ...bucket.store,
      listVersionsPage: (request) => bucket.store.listVersionsPage({ ...request, prefix: "" }),
    };
    await expect(pin({ source: "s3://b/img/", store: ignoresPrefix })).rejects.toMatchObject({
      code: "UNEXPECTED_ANSWER",
    });
  });

  it.each([
    [{ source: "media.example.com/site" }, "INVALID_URI"],
    [{ exclude: ["!x"] }, "INVALID_PATTERN"],
    [{ excludeRegex: ["("] }, "INVALID_PATTERN"],
  ])("refuses %j before it asks anything", async (options, code) => {
    const bucket = memoryStore();
    await expect(pin({ source: SOURCE, store: bucket.store, ...options })).rejects.toMatchObject({ code });
    expect(bucket.requests).toEqual([]);
  });

  it("tells how far it is", async () => {
    const bucket = memoryStore({ maxKeys: 2 });
    for (const name of ["a", "b", "c"]) bucket.put(`site/${name}`, { bytes: 7 });
    const seen: Progress[] = [];
    await pin({ source: SOURCE, store: bucket.store, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ phase, done, total, bytesDone }) => [phase, done, total, bytesDone])).toEqual([
      ["list", 2, undefined, 7],
      ["list", 3, undefined, 14],
      ["list", 3, 3, 21],
    ]);
  });

  it("runs every request through retry and stops with its signal", async () => {
    const bucket = memoryStore({ maxKeys: 1 });
    for (const name of ["a", "b", "c"]) bucket.put(`site/${name}`);
    let attempts = 0;
    const retry = <T>(attempt: () => Promise<T>): Promise<T> => {
      attempts++;
      return attempt();
    };
    await pin({ source: SOURCE, store: bucket.store, retry });
    expect(attempts).toBe(4);

    const controller = new AbortController();
    const stopped = pin({
      source: SOURCE,
      store: bucket.store,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
  });
});

async function pinnedPaths(options: PinOptions): Promise<string[]> {
  return (await pin(options)).manifest.entries.map(({ path }: ManifestEntry) => path);
}

interface MemoryStoreQuirks {
  readonly versioning?: Versioning | S3PinError;
  readonly order?: (a: string, b: string) => number;
  readonly maxKeys?: number;
}

/** A versioned bucket in memory that can only be listed; its ids count up, and its clock stands at `T0` until it ticks. */
function memoryStore({ versioning = "Enabled", order = compareUtf8, maxKeys = 1000 }: MemoryStoreQuirks = {}) {
  const versionsOf = new Map<string, ObjectVersion[]>();
  const requests: { readonly prefix: string }[] = [];
  let nowMs = T0;
  let count = 0;

  const add = (key: string, row: Partial<ObjectVersion>): ObjectVersion => {
    const versionId = row.versionId ?? `v${++count}`;
    const added = {
      key,
      versionId,
      isDeleteMarker: false,
      isLatest: true,
      lastModifiedMs: nowMs,
      sizeBytes: 0,
      etag: "",
      ...row,
    };
    const older = (versionsOf.get(key) ?? []).filter((version) => version.versionId !== versionId);
    versionsOf.set(key, [added, ...older.map((version) => ({ ...version, isLatest: false }))]);
    return added;
  };
  const store: ObjectStore = {
    async listVersionsPage({ prefix, keyMarker, versionIdMarker }) {
      requests.push({ prefix });
      const keys = [...versionsOf.keys()].filter((key) => key.startsWith(prefix)).toSorted(order);
      const rows = keys.flatMap((key) => versionsOf.get(key) ?? []);
      const start = rows.findIndex((row) => row.key === keyMarker && row.versionId === versionIdMarker) + 1;
      const page = rows.slice(start, start + maxKeys);
      const isTruncated = start + maxKeys < rows.length;
      const last = isTruncated ? page.at(-1) : undefined;
      return { rows: page, isTruncated, nextKeyMarker: last?.key, nextVersionIdMarker: last?.versionId };
    },
    async getVersioning() {
      if (versioning instanceof S3PinError) throw versioning;
      return versioning;
    },
    getVersion: () => Promise.reject(new Error("a pin fetches nothing")),
    headVersion: () => Promise.reject(new Error("a pin fetches nothing")),
    close: () => Promise.resolve(),
  };
  return {
    store,
    requests,
    put: (key: string, { bytes = 0, versionId }: { bytes?: number; versionId?: string } = {}) =>
      add(key, {
        sizeBytes: bytes,
        etag: "9b2cf535f27731c974343645a3985328",
        ...(versionId === undefined ? {} : { versionId }),
      }),
    delete: (key: string) => add(key, { isDeleteMarker: true }),
    tick: (seconds: number) => {
      nowMs += seconds * 1000;
    },
  };
}
