import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { S3PinError } from "../errors.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { ObjectStore, VersionsPageRequest } from "../s3/object-store.ts";
import { type ListVersionsOptions, listVersions, type VersionsRange } from "./list-versions.ts";
import type { ObjectVersion, VersionsPage } from "./types.ts";

const RANGE: VersionsRange = { bucket: "b", prefix: "" };

const row = (key: string, versionId = "v1"): ObjectVersion => ({
  key,
  versionId,
  isDeleteMarker: versionId.startsWith("m"),
  isLatest: false,
  lastModifiedMs: 0,
  sizeBytes: 0,
  etag: "",
});

const page = (rows: readonly ObjectVersion[], nextKeyMarker?: string, nextVersionIdMarker?: string): VersionsPage => ({
  rows,
  isTruncated: nextKeyMarker !== undefined || nextVersionIdMarker !== undefined,
  nextKeyMarker,
  nextVersionIdMarker,
});

/** A store that answers with the page of its request's markers, joined by `@`. */
function scripted(pages: Readonly<Record<string, VersionsPage | Error>>) {
  const requests: VersionsPageRequest[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const store: Pick<ObjectStore, "listVersionsPage"> = {
    async listVersionsPage(request, signal) {
      requests.push(request);
      signals.push(signal);
      const name = `${request.keyMarker ?? ""}@${request.versionIdMarker ?? ""}`;
      const answer = pages[name] ?? new Error(`no page ${name}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { store, requests, signals };
}

async function collect(
  store: Pick<ObjectStore, "listVersionsPage">,
  range: VersionsRange = RANGE,
  options?: ListVersionsOptions,
): Promise<string[]> {
  const rows: string[] = [];
  for await (const page of listVersions(store, range, options)) {
    expect(page).not.toEqual([]);
    rows.push(...page.map(({ key, versionId }) => `${key} ${versionId}`));
  }
  return rows;
}

describe("listVersions()", () => {
  it("gives back the markers untouched, and only those that it was given", async () => {
    const opaque = "b[minio_cache:v2,return:]";
    const { store, requests } = scripted({
      "@": page([row("a")], opaque, "v 1"),
      [`${opaque}@v 1`]: page([row("b")], "c"),
      "c@": page([row("c")], undefined, "v9"),
      "@v9": page([row("d")]),
    });
    expect(await collect(store, { bucket: "b", prefix: "p/" }, { maxKeys: 2 })).toEqual([
      "a v1",
      "b v1",
      "c v1",
      "d v1",
    ]);
    expect(requests.map(({ bucket, prefix, maxKeys }) => [bucket, prefix, maxKeys])).toEqual(
      Array(4).fill(["b", "p/", 2]),
    );
  });

  it("goes on after pages of delete markers alone, and after empty pages", async () => {
    const { store } = scripted({
      "@": page([row("a", "m1")], "a"),
      "a@": page([], "b"),
      "b@": page([], "c"),
      "c@": page([row("d")]),
    });
    expect(await collect(store)).toEqual(["a m1", "d v1"]);
  });

  it("gives nothing for an empty listing", async () => {
    expect(await collect(scripted({ "@": page([]) }).store)).toEqual([]);
  });

  it("reads a key with thousands of versions across pages", async () => {
    const pages: Record<string, VersionsPage> = {};
    for (let index = 0; index < 5; index++) {
      const rows = Array.from({ length: 1000 }, (_, at) => row("a", `v${index * 1000 + at}`));
      pages[index === 0 ? "@" : `a@v${index * 1000 - 1}`] =
        index === 4 ? page(rows) : page(rows, "a", `v${index * 1000 + 999}`);
    }
    const rows = await collect(scripted(pages).store);
    expect(rows).toHaveLength(5000);
    expect(new Set(rows).size).toBe(5000);
  });

  it("leaves out what the page before had, also in another order and over an empty page", async () => {
    const { store } = scripted({
      "@": page([row("b", "m1"), row("a"), row("b", "v2")], "1"),
      "1@": page([row("b", "v2"), row("b", "m1")], "2"),
      "2@": page([], "3"),
      "3@": page([row("c", "m1"), row("b", "v2"), row("b", "v1")], "4"),
      "4@": page([row("b", "v2"), row("d")]),
    });
    expect(await collect(store)).toEqual(["b m1", "a v1", "b v2", "c m1", "b v1", "d v1"]);
  });

  it.each<[name: string, pages: Record<string, VersionsPage>, requests: number]>([
    ["a truncated page has no markers", { "@": { ...page([row("a")]), isTruncated: true } }, 1],
    ["a page leads to itself", { "@": page([row("a")], "a"), "a@": page([row("a")], "a") }, 2],
    ["an empty page leads to itself", { "@": page([row("a")], "a"), "a@": page([], "a") }, 2],
    [
      "pages lead around",
      {
        "@": page([row("a")], "a"),
        "a@": page([row("b")], "b"),
        "b@": page([row("c")], "c"),
        "c@": page([row("b")], "a"),
      },
      4,
    ],
  ])("throws LISTING_STUCK when %s", async (_, pages, count) => {
    const { store, requests } = scripted(pages);
    await expect(collect(store)).rejects.toMatchObject({ code: "LISTING_STUCK" });
    expect(requests).toHaveLength(count);
  });

  it("throws LISTING_STUCK when the first page leads back to where the range starts", async () => {
    const { store, requests } = scripted({ "a@": page([], "a") });
    await expect(collect(store, { ...RANGE, after: "a" })).rejects.toMatchObject({ code: "LISTING_STUCK" });
    expect(requests).toHaveLength(1);
  });

  it("asks for the next page before this one is taken, and for no more than one", async () => {
    const { store, requests } = scripted({
      "@": page([row("a")], "a"),
      "a@": page([row("b")], "b"),
      "b@": page([row("c")]),
    });
    const pages = listVersions(store, RANGE);
    await pages.next();
    expect(requests).toHaveLength(2);
    await pages.next();
    expect(requests).toHaveLength(3);
    await pages.next();
    expect(await pages.next()).toEqual({ done: true, value: undefined });
    expect(requests).toHaveLength(3);
  });

  it("gives a page before the failure of the one asked for ahead", async () => {
    const failure = new S3PinError("THROTTLED", "Slow down");
    const pages = listVersions(scripted({ "@": page([row("a")], "a"), "a@": failure }).store, RANGE);
    expect(await pages.next()).toMatchObject({ done: false });
    await new Promise((resolve) => setImmediate(resolve));
    await expect(pages.next()).rejects.toBe(failure);
  });

  it("takes back the request for the next page when it is left early", async () => {
    const { store, signals } = scripted({ "@": page([row("a")], "a"), "a@": page([row("b")]) });
    for await (const _ of listVersions(store, RANGE)) break;
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
  });

  it("stops with ABORTED", async () => {
    const controller = new AbortController();
    const { store, signals } = scripted({ "@": page([row("a")], "a"), "a@": page([row("b")]) });
    const pages = listVersions(store, RANGE, { signal: controller.signal });
    await pages.next();
    controller.abort();
    expect(signals.every((signal) => signal?.aborted)).toBe(true);
    await expect(pages.next()).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("asks for nothing when it is stopped before it begins", async () => {
    const { store, requests } = scripted({ "@": page([row("a")]) });
    await expect(collect(store, RANGE, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    expect(requests).toEqual([]);
  });

  it("runs every request through retry", async () => {
    const answers = [new Error("reset"), page([row("a")], "a"), new Error("reset"), page([row("b")])];
    const store: Pick<ObjectStore, "listVersionsPage"> = {
      async listVersionsPage() {
        const answer = answers.shift() ?? new Error("no more");
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
    const twice = <T>(attempt: () => Promise<T>): Promise<T> => attempt().catch(attempt);
    expect(await collect(store, RANGE, { retry: twice })).toEqual(["a v1", "b v1"]);
  });

  it("lists a range without the key it begins after and with the one it ends at", async () => {
    const { store, requests } = scripted({
      "b@": page([row("b"), row("c"), row("d", "v2")], "d", "v2"),
      "d@v2": page([row("d"), row("e")], "e"),
    });
    expect(await collect(store, { ...RANGE, after: "b", until: "d" })).toEqual(["c v1", "d v2", "d v1"]);
    expect(requests).toHaveLength(2);
  });

  it("gives each row once, in order, whatever the pages and however the ranges are cut", async () => {
    const keyArbitrary = fc.string({
      unit: fc.constantFrom("a", "b", "/", "é", "\uff5e", "😀"),
      minLength: 1,
      maxLength: 4,
    });
    const listingArbitrary = fc.uniqueArray(fc.tuple(keyArbitrary, fc.integer({ min: 1, max: 5 })), {
      selector: ([key]) => key,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(
        listingArbitrary,
        fc.array(keyArbitrary, { maxLength: 4 }),
        fc.record({
          maxKeys: fc.integer({ min: 1, max: 9 }),
          repeats: fc.nat({ max: 3 }),
          doesRepeatMarker: fc.boolean(),
        }),
        async (listing, cuts, quirks) => {
          const all = listing
            .toSorted(([a], [b]) => compareUtf8(a, b))
            .flatMap(([key, count]) => Array.from({ length: count }, (_, index) => row(key, `v${count - index}`)));
          const store = listingStore(all, quirks);
          const bounds = [undefined, ...cuts.toSorted(compareUtf8), undefined];
          const found: string[] = [];
          for (let index = 1; index < bounds.length; index++) {
            found.push(...(await collect(store, { ...RANGE, after: bounds[index - 1], until: bounds[index] }, quirks)));
          }
          expect(found).toEqual(all.map(({ key, versionId }) => `${key} ${versionId}`));
        },
      ),
    );
  });
});

/** A store over a whole listing; `repeats` rows come again at each border, and so does the key of a lone key marker. */
function listingStore(
  all: readonly ObjectVersion[],
  { maxKeys, repeats, doesRepeatMarker }: { maxKeys: number; repeats: number; doesRepeatMarker: boolean },
): Pick<ObjectStore, "listVersionsPage"> {
  return {
    async listVersionsPage({ keyMarker, versionIdMarker }) {
      const start = all.findIndex(({ key, versionId }, index) => {
        if (keyMarker === undefined) return true;
        if (versionIdMarker === undefined) return compareUtf8(key, keyMarker) >= (doesRepeatMarker ? 0 : 1);
        const before = all[index - 1];
        return key === keyMarker && versionId === versionIdMarker
          ? false
          : before?.key === keyMarker && before.versionId === versionIdMarker;
      });
      if (start < 0) return page([]);
      const rows = all.slice(
        versionIdMarker === undefined ? start : Math.max(0, start - Math.min(repeats, maxKeys)),
        start + maxKeys,
      );
      const last = rows.at(-1);
      return start + maxKeys >= all.length ? page(rows) : page(rows, last?.key, last?.versionId);
    },
  };
}
