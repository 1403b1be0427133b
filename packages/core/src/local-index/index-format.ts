import { crc32 } from "node:zlib";

import type { Identity, IndexRow } from "./types.ts";

/** The first word of the file; another version's file is ignored. */
const MAGIC = "s3pin-index 1";

const CHUNK_CHARACTERS = 512 * 1024;

/**
 * Writes an index as text: a head line with the sources as JSON, one tab-separated line for each file, and a last line with
 * the count and the CRC-32 of all before it, by which a truncated or damaged file is told.
 * @param rows sorted by path in UTF-8 order
 * @param sources of all rows
 */
export function* formatIndex(rows: Iterable<IndexRow>, sources: readonly string[]): Generator<Uint8Array> {
  const numbers = new Map(sources.map((source, number) => [source, number]));
  let count = 0;
  let checksum = 0;
  let text = `${MAGIC}\t${JSON.stringify(sources)}\n`;
  const flush = () => {
    const bytes = Buffer.from(text);
    checksum = crc32(bytes, checksum);
    text = "";
    return bytes;
  };
  for (const { path, sizeBytes, mtimeNs, md5, identity } of rows) {
    const proven =
      identity === undefined
        ? "\t\t"
        : `${numbers.get(identity.source)}\t${escapeCell(identity.versionId)}\t${escapeCell(identity.etag)}`;
    text += `${sizeBytes}\t${mtimeNs}\t${md5}\t${proven}\t${escapeCell(path)}\n`;
    count++;
    if (text.length >= CHUNK_CHARACTERS) yield flush();
  }
  yield flush();
  yield Buffer.from(`end\t${count}\t${checksum.toString(16)}\n`);
}

/** Bytes that the last line has at the most. */
export const MAX_END_BYTES = 64;

/** The last line of a file's last bytes: where it begins in them, and the CRC-32 that all before it must have. */
export function parseEnd(tail: Buffer): { readonly at: number; readonly checksum: number } | undefined {
  const at = tail.lastIndexOf("\nend\t") + 1;
  const match = at === 0 ? null : /^end\t\d+\t([0-9a-f]+)\n$/.exec(tail.toString("latin1", at));
  return match?.[1] === undefined ? undefined : { at, checksum: Number.parseInt(match[1], 16) };
}

/** The sources that a head line names; undefined for a file of another kind or version. */
export function parseHead(line: string): readonly string[] | undefined {
  const tab = line.indexOf("\t");
  return line.slice(0, tab) === MAGIC ? (JSON.parse(line.slice(tab + 1)) as string[]) : undefined;
}

/** The row that a line holds, of a file whose checksum was right. */
export function parseRow(line: string, sources: readonly string[]): IndexRow {
  const [size = "", mtimeNs = "", md5 = "", sourceNumber = "", versionId = "", etag = "", path = ""] = line.split("\t");
  const source = sourceNumber === "" ? undefined : sources[Number(sourceNumber)];
  const identity: Identity | undefined =
    source === undefined ? undefined : { source, versionId: unescapeCell(versionId), etag: unescapeCell(etag) };
  return { path: unescapeCell(path), sizeBytes: Number(size), mtimeNs: BigInt(mtimeNs), md5, identity };
}

const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };
const UNESCAPES: Readonly<Record<string, string>> = { "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\" };

function escapeCell(text: string): string {
  return /[\t\n\r\\]/.test(text) ? text.replace(/[\t\n\r\\]/g, (character) => ESCAPES[character] ?? character) : text;
}

function unescapeCell(text: string): string {
  return text.includes("\\") ? text.replace(/\\[tnr\\]/g, (pair) => UNESCAPES[pair] ?? pair) : text;
}
