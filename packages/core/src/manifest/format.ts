import { printable, S3PinError } from "../errors.ts";
import { compareUtf8 } from "./compare-utf8.ts";
import { MANIFEST_COLUMNS } from "./read-table.ts";
import { formatTimestamp } from "./timestamp.ts";
import type { Manifest, ManifestEntry } from "./types.ts";

/** Characters of a chunk: large enough that writing costs few calls, small enough to be held many times. */
const CHUNK_LENGTH = 65_536;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * Writes a manifest in its canonical form: the same entries give the same text, whatever their order.
 * @throws {S3PinError} `MANIFEST_INVALID` for entries that could not be read again: an empty path or version id, a path
 * twice, or text that is not valid Unicode
 * @example
 * formatManifest({ entries, extraColumns: [] }); // "path,version_id,size,etag,last_modified,source\n…"
 */
export function formatManifest(manifest: Manifest): string {
  return [...formatManifestChunks(manifest)].join("");
}

/**
 * Writes a manifest piece by piece, each of about 64 KiB and ending with a whole line, so that the text is never held as one.
 * @throws {S3PinError} as {@link formatManifest}, before the first piece or at the piece with the bad entry
 */
export function* formatManifestChunks({ entries, extraColumns }: Manifest): Generator<string, void, void> {
  const sorted = sortedByPath(entries);
  const formatSource = sourceFormatter();
  let chunk = `${[...MANIFEST_COLUMNS, ...extraColumns].map(formatCell).join(",")}\n`;
  for (const entry of sorted) {
    const { path, versionId, sizeBytes, etag, lastModifiedMs, source } = entry;
    if (path === "" || versionId === "") throw unwritable(path, path === "" ? "it is empty" : "it has no version id");
    const time = lastModifiedMs === undefined ? "" : formatTimestamp(lastModifiedMs);
    chunk += `${formatCell(path)},${formatCell(versionId)},${sizeBytes ?? ""},${formatCell(etag ?? "")},${time},${formatSource(source)}`;
    for (let index = 0; index < extraColumns.length; index++) chunk += `,${formatCell(entry.extra?.[index] ?? "")}`;
    chunk += "\n";
    if (chunk.length >= CHUNK_LENGTH) {
      yield checkedUnicode(chunk);
      chunk = "";
    }
  }
  if (chunk !== "") yield checkedUnicode(chunk);
}

function formatCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Millions of entries have a few sources, so the last cell is kept. */
function sourceFormatter(): (source: string | undefined) => string {
  let last: string | undefined;
  let cell = "";
  return (source) => {
    if (source !== last) {
      last = source;
      cell = formatCell(source ?? "");
    }
    return cell;
  };
}

/** Returns the entries themselves when they are sorted already, as nearly always. */
function sortedByPath(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
  if (isStrictlySorted(entries)) return entries;
  const sorted = entries.toSorted((a, b) => compareUtf8(a.path, b.path));
  for (let index = 1; index < sorted.length; index++) {
    const path = sorted[index]?.path ?? "";
    if (path === sorted[index - 1]?.path) throw unwritable(path, "it is there twice");
  }
  return sorted;
}

function isStrictlySorted(entries: readonly ManifestEntry[]): boolean {
  let last: string | undefined;
  for (const { path } of entries) {
    if (last !== undefined && compareUtf8(last, path) >= 0) return false;
    last = path;
  }
  return true;
}

/** Encoding would silently turn a lone surrogate into U+FFFD, and the manifest would name another key. */
function checkedUnicode(chunk: string): string {
  const lone = chunk.search(/\p{Surrogate}/u);
  if (lone < 0) return chunk;
  const line = chunk.slice(chunk.lastIndexOf("\n", lone) + 1).split("\n", 1)[0] ?? "";
  throw unwritable(line.split(",", 1)[0] ?? "", "it is not valid Unicode");
}

function unwritable(path: string, reason: string): S3PinError {
  return new S3PinError("MANIFEST_INVALID", `"${printable(path)}" cannot stand in a manifest: ${reason}`, {
    details: { path },
  });
}
