import { normal, random } from "./random.ts";

/** The tree that the figures are about: as many files and bytes as the media folder of a real site. */
export const OBJECTS = 14_310;
export const TOTAL_BYTES = 484_000_000;

/** Of the logarithm of sizes: many small files, few large ones. */
const SIGMA = 1.6;
/** One object that comes in ranges. */
const LARGE_BYTES = 40 * 1024 * 1024;

const OVERWRITTEN_BEFORE = 400;
const OVERWRITTEN_AFTER = 700;
const DELETED_BEFORE = 150;
const DELETED_AFTER = 300;
const RECREATED_AFTER = 50;

/** One change of one key. */
export type Change =
  | { readonly kind: "put"; readonly key: string; readonly id: number; readonly sizeBytes: number }
  | { readonly kind: "delete"; readonly key: string };

/** A site's life: changes in three steps, with the moment to pin between the last two. */
export interface History {
  /** No key is changed twice within one step, so the changes of a step may be made in any order. */
  readonly before: readonly Change[];
  readonly beforeToo: readonly Change[];
  readonly after: readonly Change[];
}

/** What is there after some changes, by key. */
export function stateAfter(changes: readonly Change[]): Map<string, { id: number; sizeBytes: number }> {
  const state = new Map<string, { id: number; sizeBytes: number }>();
  for (const change of changes) {
    if (change.kind === "delete") state.delete(change.key);
    else state.set(change.key, { id: change.id, sizeBytes: change.sizeBytes });
  }
  return state;
}

/** Follows from the seed alone; after all changes there are {@link OBJECTS} objects with {@link TOTAL_BYTES} bytes. */
export function makeHistory(prefix: string, seed: number): History {
  const next = random(seed);
  let ids = 0;
  const put = (key: string, sizeBytes: number): Change => ({ kind: "put", key, id: ++ids, sizeBytes });
  const remove = (key: string): Change => ({ kind: "delete", key });

  const stay = OBJECTS - DELETED_AFTER - RECREATED_AFTER;
  const keys = makeKeys(prefix, stay + 2 * DELETED_AFTER + DELETED_BEFORE, next);
  const staying = keys.slice(0, stay);
  const deletedAfter = keys.slice(stay, stay + DELETED_AFTER);
  const added = keys.slice(stay + DELETED_AFTER, stay + 2 * DELETED_AFTER);
  const deletedBefore = keys.slice(stay + 2 * DELETED_AFTER);
  const recreated = deletedBefore.slice(0, RECREATED_AFTER);
  const final = [...staying, ...added, ...recreated];
  const finalSizes = new Map(makeSizes(final.length, next).map((sizeBytes, index) => [final[index] ?? "", sizeBytes]));
  const finalSize = (key: string) => finalSizes.get(key) ?? 0;
  const anySize = () => finalSize(final[1 + Math.floor(next() * (final.length - 1))] ?? "");

  const overwrittenAfter = staying.slice(100, 100 + OVERWRITTEN_AFTER);
  const overwrittenBefore = staying.slice(500, 500 + OVERWRITTEN_BEFORE);
  const changesLater = new Set([...overwrittenAfter, ...overwrittenBefore]);
  const laterOnly = new Set(overwrittenAfter);
  return {
    before: [
      ...staying.map((key) => put(key, changesLater.has(key) ? anySize() : finalSize(key))),
      ...[...deletedAfter, ...deletedBefore].map((key) => put(key, anySize())),
    ],
    beforeToo: [
      ...overwrittenBefore.map((key) => put(key, laterOnly.has(key) ? anySize() : finalSize(key))),
      ...deletedBefore.map(remove),
    ],
    after: [
      ...[...overwrittenAfter, ...added, ...recreated].map((key) => put(key, finalSize(key))),
      ...deletedAfter.map(remove),
    ],
  };
}

/** The first is the large one, the second is empty. */
function makeSizes(count: number, next: () => number): number[] {
  const weights = Array.from({ length: count - 2 }, () => Math.exp(SIGMA * normal(next)));
  const scale = (TOTAL_BYTES - LARGE_BYTES) / weights.reduce((sum, weight) => sum + weight, 0);
  const sizes = weights.map((weight) => Math.floor(weight * scale));
  const rest = TOTAL_BYTES - LARGE_BYTES - sizes.reduce((sum, size) => sum + size, 0);
  sizes[0] = (sizes[0] ?? 0) + rest;
  return [LARGE_BYTES, 0, ...sizes];
}

const NAMES = ["hero", "team", "product", "gallery", "news", "map", "portrait", "detail", "banner", "icon"];
const ENDINGS = [".jpg", "-300x200.jpg", "-1024x683.webp", ".png", ".pdf", ".svg", ".mp4", ".woff2"];
/** Names as people upload them. */
const ODD_NAMES = [
  (n: number) => `Foto ${n} (Kopie).jpg`,
  (n: number) => `prices, ${n}.csv`,
  (n: number) => `"quoted" ${n}.txt`,
  (n: number) => `Übersicht größer ${n}.pdf`,
  (n: number) => `50% off + more ${n}.png`,
  (n: number) => `🎉 party ${n}.gif`,
  (n: number) => `a&b=c?d#e;${n}.html`,
  (n: number) => `%2F%41%zz-${n}.bin`,
  (n: number) => `日本語-${n}.txt`,
  (n: number) => `it's <b>${n}</b>.xml`,
];

function makeKeys(prefix: string, count: number, next: () => number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const folder = `${prefix}uploads/${2015 + (index % 11)}/${String(1 + (index % 12)).padStart(2, "0")}`;
    const odd = index % 97 === 5 ? ODD_NAMES[Math.floor(index / 97) % ODD_NAMES.length] : undefined;
    if (odd !== undefined) return `${folder}/${odd(index)}`;
    const name = NAMES[Math.floor(next() * NAMES.length)] ?? "";
    return `${folder}/${name}-${index}${ENDINGS[Math.floor(next() * ENDINGS.length)] ?? ""}`;
  });
}
