import { crc32 } from "node:zlib";

import type { Seal, Sealing } from "./seal.ts";
import type { Identity, IndexRow } from "./types.ts";

/** The first word of the file; another version's file is ignored. */
const MAGIC = "s3pin-index 2";

const CHUNK_CHARACTERS = 512 * 1024;

/** Begins the line of a file that is none of the manifest's that the index is sealed for. */
const NOT_COVERED = "-";

/**
 * Writes an index as text: a head line with the sources as JSON, one tab-separated line for each file, a line with the seal
 * as JSON, and a last line with the count, the place of the seal in bytes, and the CRC-32 of all before it, by which a
 * truncated or damaged file is told.
 * @param rows sorted by path in UTF-8 order
 * @param sources of all rows
 */
export function* formatIndex(
  rows: Iterable<IndexRow>,
  sources: readonly string[],
  sealing?: Sealing,
): Generator<Uint8Array> {
  const numbers = new Map(sources.map((source, number) => [source, number]));
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
  for (const row of rows) {
    const { path, sizeBytes, mtimeNs, digest, identity } = row;
    const mark = sealing === undefined || sealing.covers(row) ? "" : NOT_COVERED;
    const proven =
      identity === undefined
        ? "\t\t"
        : `${numbers.get(identity.source)}\t${escapeCell(identity.versionId)}\t${escapeCell(identity.etag)}`;
    text += `${mark}${sizeBytes}\t${mtimeNs}\t${digest}\t${proven}\t${escapeCell(path)}\n`;
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
