import { printable, S3PinError } from "../errors.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { ObjectVersion } from "./types.ts";

/** What {@link selectVersions} and {@link VersionSelection} are to pick. */
export interface SelectOptions {
  /** Milliseconds since 1970, UTC, inclusive. @default what is current now */
  readonly atMs?: number | undefined;
  /**
   * `"any"` takes keys in any order, at the cost of keeping every key until the end.
   * @default "sorted"
   */
  readonly order?: "sorted" | "any" | undefined;
}

/** A key with several versions in the very second that `atMs` picks from; the listing's order chose the first. */
export interface Tie {
  readonly key: string;
  /** The chosen one, or the delete marker that hides the key, first. */
  readonly versionIds: readonly string[];
}

/**
 * Picks, for each key, the version that was current, page by page, holding one key at a time.
 *
 * | rows of a key | picked |
 * |---|---|
 * | no `atMs`, or no row later than `atMs` | the row marked latest; of several the later, then the first listed; of none as below |
 * | else | of those not later than `atMs` the latest, then the first listed (within a key, newer versions come first) |
 *
 * A key for which a delete marker is picked is left out. Only the order of rows within one key counts, so a page may
 * hold its delete markers before its versions, as some stores do.
 * @example
 * ```ts
 * const selection = new VersionSelection({ atMs });
 * for await (const rows of listVersions(store, range)) chosen.push(...selection.add(rows));
 * chosen.push(...selection.finish());
 * ```
 */
export class VersionSelection {
  /** Keys whose version at `atMs` the order of the listing decided; complete after {@link finish}. */
  readonly ties: Tie[] = [];
  readonly #atMs: number;
  /** With order "any", every key; else none. */
  readonly #candidates: Map<string, Candidates> | undefined;
  #pending: Candidates | undefined;

  constructor({ atMs = Number.POSITIVE_INFINITY, order = "sorted" }: SelectOptions = {}) {
    this.#atMs = atMs;
    this.#candidates = order === "any" ? new Map() : undefined;
  }

  /**
   * Takes the next rows of the listing.
   * @returns the versions of the keys that are complete now, sorted by key in UTF-8 order
   * @throws {S3PinError} `VERSIONS_OUT_OF_ORDER` when a key follows rows of a greater one that were added before; a new
   * selection with order "any" can take this listing
   */
  add(rows: readonly ObjectVersion[]): readonly ObjectVersion[] {
    return this.#candidates === undefined ? this.#addSorted(sortedByKey(rows)) : this.#addToMap(this.#candidates, rows);
  }

  /**
   * Says that the listing has ended.
   * @returns the versions of the keys that were not complete before, sorted by key
   */
  finish(): readonly ObjectVersion[] {
    const chosen: ObjectVersion[] = [];
    const rest = this.#candidates === undefined ? [] : [...this.#candidates.values()];
    rest.sort((a, b) => compareUtf8(a.key, b.key));
    if (this.#pending !== undefined) rest.push(this.#pending);
    for (const candidates of rest) this.#choose(candidates, chosen);
    this.#pending = undefined;
    this.#candidates?.clear();
    return chosen;
  }

  #addSorted(rows: readonly ObjectVersion[]): readonly ObjectVersion[] {
    const chosen: ObjectVersion[] = [];
    const first = rows[0];
    if (first === undefined) return chosen;
    if (this.#pending !== undefined && compareUtf8(first.key, this.#pending.key) < 0)
      throw outOfOrder(first.key, this.#pending.key);
    for (const row of rows) {
      if (this.#pending?.key === row.key) {
        addRow(this.#pending, row, this.#atMs);
        continue;
      }
      if (this.#pending !== undefined) this.#choose(this.#pending, chosen);
      this.#pending = candidatesOf(row, this.#atMs);
    }
    return chosen;
  }

  #addToMap(candidates: Map<string, Candidates>, rows: readonly ObjectVersion[]): readonly ObjectVersion[] {
    for (const row of rows) {
      const known = candidates.get(row.key);
      if (known === undefined) candidates.set(row.key, candidatesOf(row, this.#atMs));
      else addRow(known, row, this.#atMs);
    }
    return [];
  }

  #choose(candidates: Candidates, chosen: ObjectVersion[]): void {
    const { key, latest, newest, hasLater, newestAt, tied } = candidates;
    const choice = hasLater ? newestAt : (latest ?? newest);
    if (hasLater && tied !== undefined) this.ties.push({ key, versionIds: [...tied] });
    if (choice !== undefined && !choice.isDeleteMarker) chosen.push(choice);
  }
}

/**
 * Picks, for each key, the version that was current at `atMs`; keys deleted by then are left out. The rules are those of
 * {@link VersionSelection}, in one call for rows that are in memory.
 * @param rows a whole listing, newest first within a key, delete markers included, as ListObjectVersions gives them
 * @returns sorted by key in UTF-8 order
 * @example
 * ```ts
 * const { versions, ties } = selectVersions(rows, { atMs: Date.parse("2026-11-02T10:00:00Z") });
 * ```
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function selectVersions(
  rows: readonly ObjectVersion[],
  { atMs }: Pick<SelectOptions, "atMs"> = {},
): { readonly versions: readonly ObjectVersion[]; readonly ties: readonly Tie[] } {
  const selection = new VersionSelection({ atMs });
  const versions = [...selection.add(rows), ...selection.finish()];
  return { versions, ties: selection.ties };
}

/** What the rows of one key amount to so far. */
interface Candidates {
  readonly key: string;
  /** Of the rows marked latest, the one to believe. */
  latest: ObjectVersion | undefined;
  newest: ObjectVersion;
  /** Whether any row is later than the moment. */
  hasLater: boolean;
  /** The newest row that is not later than the moment. */
  newestAt: ObjectVersion | undefined;
  /** The version ids of `newestAt`'s very time, in listed order, if there are several. */
  tied: Set<string> | undefined;
}

function candidatesOf(row: ObjectVersion, atMs: number): Candidates {
  const candidates: Candidates = {
    key: row.key,
    latest: undefined,
    newest: row,
    hasLater: false,
    newestAt: undefined,
    tied: undefined,
  };
  addRow(candidates, row, atMs);
  return candidates;
}

function addRow(candidates: Candidates, row: ObjectVersion, atMs: number): void {
  const timeMs = row.lastModifiedMs;
  if (row.isLatest && isLater(row, candidates.latest)) candidates.latest = row;
  if (timeMs > candidates.newest.lastModifiedMs) candidates.newest = row;
  if (timeMs > atMs) {
    candidates.hasLater = true;
  } else if (isLater(row, candidates.newestAt)) {
    candidates.newestAt = row;
    candidates.tied = undefined;
  } else if (timeMs === candidates.newestAt?.lastModifiedMs && row.versionId !== candidates.newestAt.versionId) {
    candidates.tied ??= new Set([candidates.newestAt.versionId]);
    candidates.tied.add(row.versionId);
  }
}

function isLater(row: ObjectVersion, than: ObjectVersion | undefined): boolean {
  return than === undefined || row.lastModifiedMs > than.lastModifiedMs;
}

function sortedByKey(rows: readonly ObjectVersion[]): readonly ObjectVersion[] {
  let before = "";
  for (const { key } of rows) {
    if (key !== before && compareUtf8(key, before) < 0) return rows.toSorted((a, b) => compareUtf8(a.key, b.key));
    before = key;
  }
  return rows;
}

function outOfOrder(key: string, after: string): S3PinError {
  return new S3PinError("VERSIONS_OUT_OF_ORDER", `The store lists ${printable(key)} after ${printable(after)}`, {
    hint: "The store does not list keys in UTF-8 order.",
    details: { key, after },
  });
}
