import { isS3PinError } from "../errors.ts";
import { formatSource, type Source } from "../manifest/source.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { Progress } from "../progress.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import { type ListVersionsOptions, listVersions } from "../versions/list-versions.ts";
import { type SelectOptions, type Tie, VersionSelection } from "../versions/select-versions.ts";
import type { ObjectVersion } from "../versions/types.ts";
import { entryOf } from "./entry-of.ts";

/** What {@link listCurrent} lists, and how. */
export interface ListCurrentOptions extends ListVersionsOptions, Pick<SelectOptions, "atMs"> {
  /** Whether a path is to be among the entries. */
  readonly isWanted: (path: string) => boolean;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The outcome of one listing. */
export interface CurrentListing {
  /** Sorted by path in UTF-8 order. */
  readonly entries: readonly ManifestEntry[];
  /** Bytes of all entries. */
  readonly bytes: number;
  /** Rows that are versions. */
  readonly versionsSeen: number;
  readonly deleteMarkersSeen: number;
  /** Objects that were current, wanted or not. */
  readonly objectsSeen: number;
  /** Of wanted paths. */
  readonly ties: readonly Tie[];
}

/**
 * Lists the versions below `source` and keeps, as entries, those that are current at `atMs` and wanted. A store that does
 * not list in UTF-8 order is noticed on the way, and then listed again from the start in a way that needs no order.
 * @throws {S3PinError} what `listVersions` throws
 */
export async function listCurrent(
  store: ObjectStore,
  source: Source,
  options: ListCurrentOptions,
): Promise<CurrentListing> {
  try {
    return await listInOrder(store, source, { ...options, order: "sorted" });
  } catch (error) {
    if (!isS3PinError(error) || error.code !== "VERSIONS_OUT_OF_ORDER") throw error;
    return await listInOrder(store, source, { ...options, order: "any" });
  }
}

async function listInOrder(
  store: ObjectStore,
  source: Source,
  options: ListCurrentOptions & Required<Pick<SelectOptions, "order">>,
): Promise<CurrentListing> {
  const { atMs, order, isWanted, onProgress } = options;
  const sourceUri = formatSource(source);
  const isWantedKey = (key: string): boolean => key !== source.prefix && isWanted(key.slice(source.prefix.length));
  const selection = new VersionSelection({ atMs, order });
  const entries: ManifestEntry[] = [];
  let bytes = 0;
  let rowsSeen = 0;
  let deleteMarkersSeen = 0;
  let objectsSeen = 0;
  const keep = (versions: readonly ObjectVersion[]): void => {
    for (const version of versions) {
      // the folder marker of the prefix itself, which would have an empty path
      if (version.key === source.prefix) continue;
      objectsSeen++;
      const entry = entryOf(version, source.prefix, sourceUri);
      if (!isWanted(entry.path)) continue;
      entries.push(entry);
      bytes += version.sizeBytes;
    }
  };

  for await (const rows of listVersions(store, source, options)) {
    rowsSeen += rows.length;
    for (const row of rows) if (row.isDeleteMarker) deleteMarkersSeen++;
    keep(selection.add(rows));
    onProgress?.({ phase: "list", done: rowsSeen, total: undefined, bytesDone: bytes, bytesTotal: undefined });
  }
  keep(selection.finish());
  onProgress?.({ phase: "list", done: rowsSeen, total: rowsSeen, bytesDone: bytes, bytesTotal: bytes });
  const ties = selection.ties.filter(({ key }) => isWantedKey(key));
  return { entries, bytes, versionsSeen: rowsSeen - deleteMarkersSeen, deleteMarkersSeen, objectsSeen, ties };
}
