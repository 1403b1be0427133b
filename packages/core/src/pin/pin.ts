import { diffManifests, type ManifestDiff } from "../manifest/diff.ts";
import { parseSource } from "../manifest/source.ts";
import type { Manifest } from "../manifest/types.ts";
import { pathFilter } from "../paths/path-filter.ts";
import type { Progress } from "../progress.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import type { Retry } from "../versions/list-versions.ts";
import type { Tie } from "../versions/select-versions.ts";
import { carryExtra } from "./carry-extra.ts";
import { checkVersioning } from "./check-versioning.ts";
import { emptyListing } from "./empty-listing.ts";
import { listCurrent } from "./list-current.ts";
import { pathWarnings } from "./path-warnings.ts";
import { refuseNullVersions } from "./refuse-null-versions.ts";
import type { PinWarning } from "./types.ts";

const NO_MANIFEST: Manifest = { entries: [], extraColumns: [] };

/** What {@link pin} is to write down. */
export interface PinOptions {
  /** `s3://bucket/` or `s3://bucket/prefix/`. */
  readonly source: string;
  readonly store: ObjectStore;
  /** Milliseconds since 1970, UTC, inclusive. @default what is current now */
  readonly atMs?: number | undefined;
  /** Globs against the path; only what one of them matches is pinned. @default all */
  readonly include?: readonly string[] | undefined;
  /** Globs against the path; what one of them matches is not pinned, included or not. @default none */
  readonly exclude?: readonly string[] | undefined;
  /** Regular expressions against the path, to the same end. @default none */
  readonly excludeRegex?: readonly string[] | undefined;
  /** Accept a bucket without versioning, and `null` versions: they can be overwritten in place. @default false */
  readonly allowNull?: boolean | undefined;
  /** Give an empty manifest rather than an error when nothing is there. @default false */
  readonly allowEmpty?: boolean | undefined;
  /** What the manifest holds now: the report compares with it, and its extra columns stay with the paths that stay. */
  readonly previous?: Manifest | undefined;
  /** Runs each request, again when it sees fit. @default once */
  readonly retry?: Retry | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `done` counts the rows listed, `bytesDone` the bytes of the versions picked. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What {@link pin} found. */
export interface PinReport {
  readonly manifest: Manifest;
  /** How the manifest differs from {@link PinOptions.previous}; everything is added when there is none. */
  readonly diff: ManifestDiff;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Bytes of all entries. */
  readonly bytes: number;
  /** Rows of the listing that are versions, and those that are delete markers. */
  readonly versionsSeen: number;
  readonly deleteMarkersSeen: number;
  /** Pinned or hidden by the order of the listing alone, since a key changed twice within the second of `atMs`. */
  readonly ties: readonly Tie[];
  readonly warnings: readonly PinWarning[];
  /** The moment asked for; undefined for now. */
  readonly atMs: number | undefined;
}

/**
 * Writes down which version of every object under `source` is current, now or at `atMs`. The same versions give the same
 * manifest, whenever and wherever it is made. Nothing is fetched but listings.
 * @throws {S3PinError} `VERSIONING_OFF` and `NULL_VERSIONS` when such a pin could change unnoticed (see `allowNull`),
 * `EMPTY_LISTING` when nothing is there to pin (see `allowEmpty`), `INVALID_URI`, `INVALID_PATTERN`, `LISTING_STUCK`,
 * `ABORTED`, and what the store throws
 * @example
 * ```ts
 * const { manifest, added } = await pin({ source: "s3://media.example.com/site/", store, exclude: ["*.psd"] });
 * ```
 */
export async function pin(options: PinOptions): Promise<PinReport> {
  const { store, atMs, include = [], exclude = [], excludeRegex = [], signal, onProgress } = options;
  const { allowNull = false, allowEmpty = false, previous = NO_MANIFEST, retry = (attempt) => attempt() } = options;
  const source = parseSource(options.source);
  const isWanted = pathFilter({ include, exclude, excludeRegex });

  const getVersioning = () => retry(() => store.getVersioning(source.bucket, signal));
  const versioningWarnings = await checkVersioning(source.bucket, { getVersioning, allowNull });
  const listing = await listCurrent(store, source, { atMs, isWanted, retry, signal, onProgress });
  if (!allowNull) refuseNullVersions(listing.entries);
  if (listing.entries.length === 0 && !allowEmpty) throw emptyListing(source, listing, atMs);

  const entries = carryExtra(listing.entries, previous);
  const manifest: Manifest = { entries, extraColumns: previous.extraColumns };
  const diff = diffManifests(previous, manifest);
  return {
    manifest,
    diff,
    added: diff.added.length,
    changed: diff.changed.length,
    removed: diff.removed.length,
    unchanged: diff.unchanged,
    bytes: listing.bytes,
    versionsSeen: listing.versionsSeen,
    deleteMarkersSeen: listing.deleteMarkersSeen,
    ties: listing.ties,
    warnings: [...versioningWarnings, ...pathWarnings(entries)],
    atMs,
  };
}
