import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import { type SelectOptions, selectVersions, type Tie, VersionSelection } from "./select-versions.ts";
import type { ObjectVersion } from "./types.ts";

/** A row as `key id@second`, `id` with an m for a delete marker, `*` behind it for the latest. */
const row = (text: string): ObjectVersion => {
  const [, key = "", versionId = "", second = "", latest] = /^(\S+) (\w+)@(\d+)(\*?)$/.exec(text) ?? [];
  const isDeleteMarker = versionId.startsWith("m");
  const lastModifiedMs = Number(second) * 1000;
  return { key, versionId, isDeleteMarker, isLatest: latest === "*", lastModifiedMs, sizeBytes: 1, etag: "e" };
};
const rows = (text: string): ObjectVersion[] => text.split(", ").filter(Boolean).map(row);
const show = (versions: readonly ObjectVersion[]): string =>
  versions.map(({ key, versionId }) => `${key} ${versionId}`).join(", ");

function selectPages(
  pages: readonly (readonly ObjectVersion[])[],
  options?: SelectOptions,
): { versions: ObjectVersion[]; ties: Tie[] } {
  const selection = new VersionSelection(options);
  const versions = pages.flatMap((page) => selection.add(page));
  versions.push(...selection.finish());
  return { versions, ties: selection.ties };
}

describe("selectVersions()", () => {
  it.each<{ name: string; listed: string; at?: number; picked: string; ties?: string }>([
    { name: "nothing of nothing", listed: "", picked: "" },
    { name: "the latest of each key", listed: "a v2@2*, a v1@1, b v1@1*", picked: "a v2, b v1" },
    { name: "no deleted key", listed: "a m2@2*, a v1@1, b v1@1*", picked: "b v1" },
    { name: "a key that came back", listed: "a v3@3*, a m2@2, a v1@1", picked: "a v3" },
    { name: "the row marked latest, wherever it is listed", listed: "a v2@2, a v1@1, a null@3*", picked: "a null" },
    { name: "the row marked latest, even if others are newer", listed: "a v2@2, a null@1*", picked: "a null" },
    { name: "the later of two marked latest", listed: "a m1@1*, a v2@2*", picked: "a v2" },
    { name: "the first of two marked latest in one second", listed: "a v2@2*, a m1@2*", picked: "a v2" },
    { name: "the newest where none is marked", listed: "a v1@1, a v2@2, a v3@2", picked: "a v2" },
    { name: "the newest delete marker where none is marked", listed: "a m2@2, a v1@1", picked: "" },

    { name: "at: the version of that very moment", listed: "a v3@3*, a v2@2, a v1@1", at: 2, picked: "a v2" },
    { name: "at: the last one before", listed: "a v3@5*, a v2@2, a v1@1", at: 4, picked: "a v2" },
    { name: "at: no key that came later", listed: "a v3@5*, b v1@1*", at: 4, picked: "b v1" },
    { name: "at: no key that was deleted then", listed: "a v3@5*, a m2@2, a v1@1", at: 4, picked: "" },
    { name: "at: a key that was deleted later", listed: "a m3@5*, a v2@2", at: 4, picked: "a v2" },
    { name: "at: the latest when nothing is later", listed: "a v2@2, a v1@1, a null@1*", at: 9, picked: "a null" },
    { name: "at: by time, not by the latest, else", listed: "a v3@9*, a v1@1, a v2@2", at: 5, picked: "a v2" },
    {
      name: "at: by listed order within a second, and says so",
      listed: "a v4@5*, a v3@2, a m2@2, a v1@2, a v0@1",
      at: 2,
      picked: "a v3",
      ties: "a v3 m2 v1",
    },
    {
      name: "at: a delete marker by listed order",
      listed: "a v4@5*, a m3@2, a v2@2",
      at: 3,
      picked: "",
      ties: "a m3 v2",
    },
    {
      name: "at: no tie before the second that counts",
      listed: "a v4@5*, a v3@3, a v2@2, a v1@2",
      at: 3,
      picked: "a v3",
    },
    {
      name: "at: no tie of older ones, listed first",
      listed: "a v1@1, a v0@1, a v2@2, a v4@9*",
      at: 3,
      picked: "a v2",
    },
    { name: "at: no tie among later ones", listed: "a v4@5*, a v3@5, a v2@2", at: 3, picked: "a v2" },
    { name: "at: no tie when the latest decides", listed: "a v2@2*, a v1@2", at: 3, picked: "a v2" },
    { name: "at: no tie with itself", listed: "a v4@5*, a v2@2, a v2@2", at: 3, picked: "a v2" },
  ])("picks $name", ({ listed, at, picked, ties = "" }) => {
    const selection = selectVersions(rows(listed), { atMs: at === undefined ? undefined : at * 1000 });
    expect(show(selection.versions)).toBe(picked);
    expect(selection.ties.map(({ key, versionIds }) => [key, ...versionIds].join(" ")).join()).toBe(ties);
    const reordered = selectPages([rows(listed)], { atMs: at === undefined ? undefined : at * 1000, order: "any" });
    expect(reordered).toEqual(selection);
  });

  it("sorts by key in UTF-8 order, whatever the order of the rows", () => {
    expect(show(selectVersions(rows("😀 v1@1*, a/b v1@1*, \uff5e v1@1*, a v1@1*, a-b v1@1*")).versions)).toBe(
      "a v1, a-b v1, a/b v1, \uff5e v1, 😀 v1",
    );
  });
});

describe("VersionSelection", () => {
  it("gives a key as soon as the next one begins", () => {
    const selection = new VersionSelection();
    expect(show(selection.add(rows("a v1@1*")))).toBe("");
    expect(show(selection.add(rows("a v0@0, b v1@1*")))).toBe("a v1");
    expect(show(selection.add([]))).toBe("");
    expect(show(selection.finish())).toBe("b v1");
    expect(show(selection.finish())).toBe("");
  });

  it("takes pages that hold their delete markers first", () => {
    const pages = [rows("a m2@2*, c m3@3*, a v1@1, b v1@1*"), rows("c m1@1, c v2@2, d v1@1*")];
    expect(show(selectPages(pages).versions)).toBe("b v1, d v1");
    expect(show(selectPages(pages, { atMs: 2000 }).versions)).toBe("b v1, c v2, d v1");
  });

  it("throws VERSIONS_OUT_OF_ORDER when a key comes after a greater one of a page before", () => {
    const selection = new VersionSelection();
    selection.add(rows("a v1@1*, 😀 v1@1*"));
    expect(() => selection.add(rows("\uff5e v1@1*"))).toThrow(
      expect.objectContaining({ code: "VERSIONS_OUT_OF_ORDER", details: { key: "\uff5e", after: "😀" } }),
    );
  });

  it("picks what a bucket held at any moment of its history", () => {
    fc.assert(
      fc.property(historyArbitrary, pagingArbitrary, (history, paging) => {
        const { listing, states, firstSecond, lastSecond } = replay(history);
        const pages = cutPages(listing, paging);
        for (let second = firstSecond - 1; second <= lastSecond + 1; second++) {
          const { versions, ties } = selectPages(pages, { atMs: second * 1000, order: paging.order });
          expect(show(versions)).toBe(show(states.get(second) ?? states.get(Math.min(second, lastSecond)) ?? []));
          for (const tie of ties) expect(tie).toEqual(expectedTie(listing, tie.key, second * 1000));
        }
        expect(show(selectPages(pages, { order: paging.order }).versions)).toBe(show(states.get(lastSecond) ?? []));
      }),
    );
  });

  it("keeps to its rule when delete markers come first in their pages", () => {
    fc.assert(
      fc.property(historyArbitrary, pagingArbitrary, (history, paging) => {
        const { listing, firstSecond, lastSecond } = replay(history);
        const pages = cutPages(listing, paging).map(markersFirst);
        for (let second = firstSecond - 1; second <= lastSecond + 1; second++) {
          const atMs = second * 1000;
          expect(show(selectPages(pages, { atMs, order: paging.order }).versions)).toBe(
            show(byTheRule(pages.flat(), atMs)),
          );
        }
        expect(show(selectPages(pages, { order: paging.order }).versions)).toBe(show(byTheRule(pages.flat())));
      }),
    );
  });
});

interface Change {
  readonly key: string;
  readonly isDelete: boolean;
  readonly ticks: number;
}

const historyArbitrary: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    key: fc.constantFrom("a", "a/b", "a-b", "b", "\uff5e", "😀"),
    isDelete: fc.boolean(),
    ticks: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 25 },
);

interface Paging {
  readonly rowsPerPage: number;
  readonly repeats: number;
  readonly order: "sorted" | "any";
}

const pagingArbitrary: fc.Arbitrary<Paging> = fc.record({
  rowsPerPage: fc.integer({ min: 1, max: 10 }),
  repeats: fc.nat({ max: 2 }),
  order: fc.constantFrom("sorted", "any"),
});

/** Carries a history out: what S3 would list in the end, and what was there after each second. */
function replay(history: readonly Change[]) {
  const firstSecond = 100;
  const versionsOf = new Map<string, ObjectVersion[]>();
  const states = new Map<number, readonly ObjectVersion[]>();
  let second = firstSecond;
  history.forEach(({ key, isDelete, ticks }, index) => {
    for (let tick = 0; tick < ticks; tick++) states.set(++second, states.get(second - 1) ?? []);
    const versionId = `${isDelete ? "m" : "v"}${index}`;
    const older = (versionsOf.get(key) ?? []).map((version) => ({ ...version, isLatest: false }));
    versionsOf.set(key, [row(`${key} ${versionId}@${second}*`), ...older]);
    states.set(
      second,
      inKeyOrder(versionsOf).flatMap(([newest]) => (newest === undefined || newest.isDeleteMarker ? [] : [newest])),
    );
  });
  return { listing: inKeyOrder(versionsOf).flat(), states, firstSecond, lastSecond: second };
}

function inKeyOrder(versionsOf: ReadonlyMap<string, ObjectVersion[]>): ObjectVersion[][] {
  return [...versionsOf].toSorted(([a], [b]) => compareUtf8(a, b)).map(([, versions]) => versions);
}

/** Pages whose first rows are the last ones of the page before. */
function cutPages(listing: readonly ObjectVersion[], { rowsPerPage, repeats }: Paging): ObjectVersion[][] {
  const pages: ObjectVersion[][] = [];
  for (let at = 0; at < listing.length; at += rowsPerPage) {
    const isSameKey = (version: ObjectVersion): boolean => version.key === listing[at - 1]?.key;
    const repeated = listing.slice(Math.max(0, at - repeats), at).filter(isSameKey);
    pages.push([...repeated, ...listing.slice(at, at + rowsPerPage)]);
  }
  return pages;
}

function markersFirst(page: readonly ObjectVersion[]): ObjectVersion[] {
  return page.toSorted((a, b) => Number(b.isDeleteMarker) - Number(a.isDeleteMarker));
}

/** The rule, said once more and slowly. */
function byTheRule(listing: readonly ObjectVersion[], atMs = Number.POSITIVE_INFINITY): ObjectVersion[] {
  const keys = [...new Set(listing.map(({ key }) => key))].toSorted(compareUtf8);
  return keys.flatMap((key) => {
    const all = listing.filter((version) => version.key === key);
    const past = all.filter(({ lastModifiedMs }) => lastModifiedMs <= atMs);
    const latest = all.filter(({ isLatest }) => isLatest);
    const among = past.length === all.length && latest.length > 0 ? latest : past;
    const [picked] = among.toSorted((a, b) => b.lastModifiedMs - a.lastModifiedMs);
    return picked === undefined || picked.isDeleteMarker ? [] : [picked];
  });
}

function expectedTie(listing: readonly ObjectVersion[], key: string, atMs: number): Tie {
  const past = listing.filter((version) => version.key === key && version.lastModifiedMs <= atMs);
  const newest = past.filter(({ lastModifiedMs }) => lastModifiedMs === past[0]?.lastModifiedMs);
  return { key, versionIds: newest.map(({ versionId }) => versionId) };
}
