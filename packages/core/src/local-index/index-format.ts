import { crc32 } from "node:zlib";

import type { ManifestEntry } from "../manifest/types.ts";
import type { Seal, Sealing } from "./seal.ts";
import { entryIdentity, type Identity, type IndexRow, UNTRUSTED_MTIME } from "./types.ts";

/** The first word of the file; another version's file is ignored. */
const MAGIC = "s3pin-index 2";

const CHUNK_CHARACTERS = 512 * 1024;

/** Begins the line of a file that is none of the manifest's that the index is sealed for. */
const NOT_COVERED = "-";

/** A row as it stands in an index, without the mark of {@link NOT_COVERED}: most rows are only carried over. */
export interface IndexLine {
  readonly path: string;
  readonly text: string;
}

/** Writes rows as lines. @param sources of all rows, in the order of the head line */
export function lineWriter(sources: readonly string[]): (row: IndexRow) => IndexLine {
  const numbers = new Map(sources.map((source, number) => [source, number]));
  return ({ path, sizeBytes, mtimeNs, digest, identity }) => ({
    path,
    text: `${sizeBytes}\t${mtimeNs}\t${digest}\t${identityText(identity, numbers)}\t${escapeCell(path)}`,
  });
}

function identityText(identity: Identity | undefined, numbers: ReadonlyMap<string, number>): string {
  if (identity === undefined) return "\t\t";
  return `${numbers.get(identity.source)}\t${escapeCell(identity.versionId)}\t${escapeCell(identity.etag)}`;
}

/**
 * Tells of lines whether they show that a file holds what an entry of the same path pins: its identity, its size, and an
 * mtime that can be trusted. Nothing is taken apart for that, since it is asked of every row of every index.
 */
function lineProver(sources: readonly string[]): (text: string, entry: ManifestEntry) => boolean {
  const numbers = new Map(sources.map((source, number) => [source, number]));
  return (text, entry) => {
    const identity = entryIdentity(entry);
    return (
      identity !== undefined &&
      text.endsWith(`\t${identityText(identity, numbers)}\t${escapeCell(entry.path)}`) &&
      (entry.sizeBytes === undefined || text.startsWith(`${entry.sizeBytes}\t`)) &&
      !text.startsWith(`${UNTRUSTED_MTIME}\t`, text.indexOf("\t") + 1)
    );
  };
}

/**
 * Writes an index as text: a head line with the sources as JSON, one tab-separated line for each file, a line with the seal
 * as JSON, and a last line with the count, the place of the seal in bytes, and the CRC-32 of all before it, by which a
 * truncated or damaged file is told.
 * @param lines sorted by path in UTF-8 order
 * @param sources of all lines
 */
export function* formatIndex(
  lines: Iterable<IndexLine>,
  sources: readonly string[],
  sealing?: Sealing,
): Generator<Uint8Array> {
  let count = 0;
  let checksum = 0;
  let written = 0;
  let text = `${MAGIC}\t${JSON.stringify(sources)}\n`;
  const flush = () => {
    const bytes = Buffer.from(text);
    checksum = crc32(bytes, checksum);
    written += bytes.length;
    text = "";
    return bytes;
  };
  const proves = lineProver(sources);
  for (const line of lines) {
    const isCovered = sealing?.covers(line.path, (entry) => proves(line.text, entry)) ?? true;
    text += `${isCovered ? "" : NOT_COVERED}${line.text}\n`;
    count++;
    if (text.length >= CHUNK_CHARACTERS) yield flush();
  }
  yield flush();
  const sealAt = written;
  text = `${JSON.stringify(sealing?.finish() ?? null)}\n`;
  yield flush();
  yield Buffer.from(`end\t${count}\t${sealAt}\t${checksum.toString(16)}\n`);
}

/** Bytes that the last line has at the most. */
export const MAX_END_BYTES = 64;

/** What the last line says; `at` is where it begins in the bytes given, all other places are in the file. */
export interface IndexEnd {
  readonly at: number;
  readonly sealAt: number;
  /** That all before the last line must have. */
  readonly checksum: number;
}

/** The last line of a file, from its last bytes. */
export function parseEnd(tail: Buffer): IndexEnd | undefined {
  const at = tail.lastIndexOf("\nend\t") + 1;
  const match = at === 0 ? null : /^end\t\d+\t(\d+)\t([0-9a-f]+)\n$/.exec(tail.toString("latin1", at));
  return match === null ? undefined : { at, sealAt: Number(match[1]), checksum: Number.parseInt(match[2] ?? "", 16) };
}

/** The sources that a head line names; undefined for a file of another kind or version. */
export function parseHead(line: string): readonly string[] | undefined {
  const tab = line.indexOf("\t");
  return line.slice(0, tab) === MAGIC ? (JSON.parse(line.slice(tab + 1)) as string[]) : undefined;
}

/** The seal that its line holds, of a file whose checksum was right. */
export function parseSeal(line: string): Seal | undefined {
  return (JSON.parse(line) as Seal | null) ?? undefined;
}

/** Of a line, what the file must still be like for a seal to hold; undefined for one that the seal does not cover. */
export function parseCoveredStat(line: string): Pick<IndexRow, "path" | "sizeBytes" | "mtimeNs"> | undefined {
  if (line.startsWith(NOT_COVERED)) return undefined;
  const afterSize = line.indexOf("\t");
  const afterMtime = line.indexOf("\t", afterSize + 1);
  return {
    path: unescapeCell(line.slice(line.lastIndexOf("\t") + 1)),
    sizeBytes: Number(line.slice(0, afterSize)),
    mtimeNs: BigInt(line.slice(afterSize + 1, afterMtime)),
  };
}

/** A line as it is carried over into another index with the same sources. */
export function parseLine(line: string): IndexLine {
  return {
    path: unescapeCell(line.slice(line.lastIndexOf("\t") + 1)),
    text: line.startsWith(NOT_COVERED) ? line.slice(NOT_COVERED.length) : line,
  };
}

/** The row that a line holds, of a file whose checksum was right. */
export function parseRow(line: string, sources: readonly string[]): IndexRow {
  const [size = "", mtimeNs = "", digest = "", sourceNumber = "", versionId = "", etag = "", path = ""] =
    line.split("\t");
  const source = sourceNumber === "" ? undefined : sources[Number(sourceNumber)];
  const identity: Identity | undefined =
    source === undefined ? undefined : { source, versionId: unescapeCell(versionId), etag: unescapeCell(etag) };
  return { path: unescapeCell(path), sizeBytes: Math.abs(Number(size)), mtimeNs: BigInt(mtimeNs), digest, identity };
}

const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };
const UNESCAPES: Readonly<Record<string, string>> = { "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\" };

function escapeCell(text: string): string {
  return /[\t\n\r\\]/.test(text) ? text.replace(/[\t\n\r\\]/g, (character) => ESCAPES[character] ?? character) : text;
}

function unescapeCell(text: string): string {
  return text.includes("\\") ? text.replace(/\\[tnr\\]/g, (pair) => UNESCAPES[pair] ?? pair) : text;
}
