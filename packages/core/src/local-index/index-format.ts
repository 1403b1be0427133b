import { crc32 } from "node:zlib";

import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { Identity, IndexRow, LocalIndex } from "./types.ts";

/** The first word of the file; another version's file is ignored. */
const MAGIC = "s3pin-index 1";

const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Writes an index as text: a head line with the sources as JSON, one tab-separated line for each file sorted by path,
 * and a last line with the count and the CRC-32 of all before it, by which a truncated or damaged file is told.
 */
export function* formatIndex(index: LocalIndex): Generator<Uint8Array> {
  const rows = [...index.values()].sort((a, b) => compareUtf8(a.path, b.path));
  const sources = new Map<string, number>();
  for (const { identity } of rows)
    if (identity !== undefined && !sources.has(identity.source)) sources.set(identity.source, sources.size);
  let checksum = 0;
  let text = `${MAGIC}\t${JSON.stringify([...sources.keys()])}\n`;
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
        : `${sources.get(identity.source)}\t${escapeCell(identity.versionId)}\t${escapeCell(identity.etag)}`;
    text += `${sizeBytes}\t${mtimeNs}\t${md5}\t${proven}\t${escapeCell(path)}\n`;
    if (text.length >= CHUNK_CHARACTERS) yield flush();
  }
  yield flush();
  yield Buffer.from(`end\t${rows.length}\t${checksum.toString(16)}\n`);
}

/** Reads what {@link formatIndex} wrote; undefined for anything that is not whole. */
export function parseIndex(bytes: Uint8Array): Map<string, IndexRow> | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endAt = buffer.lastIndexOf("\nend\t") + 1;
  const end = /^end\t(\d+)\t([0-9a-f]+)\n$/.exec(buffer.toString("latin1", endAt));
  if (endAt === 0 || end === null || Number.parseInt(end[2] ?? "", 16) !== crc32(buffer.subarray(0, endAt)))
    return undefined;
  const text = buffer.toString("utf8", 0, endAt);
  const headEnd = text.indexOf("\n");
  const [magic, sourcesJson = "[]"] = text.slice(0, headEnd).split("\t");
  if (magic !== MAGIC) return undefined;
  const sources = JSON.parse(sourcesJson) as string[];
  const index = new Map<string, IndexRow>();
  for (let at = headEnd + 1; at < text.length; ) {
    const lineEnd = text.indexOf("\n", at);
    const row = parseRow(text.slice(at, lineEnd), sources);
    if (row === undefined) return undefined;
    index.set(row.path, row);
    at = lineEnd + 1;
  }
  return index.size === Number(end[1]) ? index : undefined;
}

function parseRow(line: string, sources: readonly string[]): IndexRow | undefined {
  const [size, mtimeNs, md5, sourceNumber, versionId, etag, path] = line.split("\t");
  if (path === undefined || md5 === undefined || mtimeNs === undefined) return undefined;
  const source = sourceNumber === "" ? undefined : sources[Number(sourceNumber)];
  const identity: Identity | undefined =
    source === undefined
      ? undefined
      : { source, versionId: unescapeCell(versionId ?? ""), etag: unescapeCell(etag ?? "") };
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
