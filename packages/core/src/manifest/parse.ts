import { S3PinError } from "../errors.ts";
import { type CsvReader, csvReader } from "./csv.ts";
import { type Utf8Fault, utf8Decoder } from "./decode-utf8.ts";
import { detectFormat } from "./detect-format.ts";
import { problemList, shown } from "./manifest-problems.ts";
import { awsRollbackReader } from "./read-aws-rollback.ts";
import { seedReader } from "./read-seed.ts";
import { tableReader } from "./read-table.ts";
import type { RecordReader } from "./record-reader.ts";
import { formatSource, parseSource } from "./source.ts";
import type { Manifest } from "./types.ts";

export interface ParseOptions {
  /**
   * The file's name, for messages.
   * @default "manifest"
   */
  readonly file?: string | undefined;
  /** An `s3://bucket/prefix/` for entries that name none; a source in the file wins. */
  readonly source?: string | undefined;
}

/** No first line is longer; text without a line feed up to here is no manifest. */
const MAX_FIRST_LINE_LENGTH = 1_048_576;

/**
 * Reads a manifest, in s3pin's own format or in one of the others that are told by their first line (see
 * `docs/manifest-format.md`). Entries come sorted by path in UTF-8 byte order, each path once; an empty text is a manifest
 * without entries.
 * @throws {S3PinError} `MANIFEST_INVALID` with every bad line up to 20 in `details.problems`, and their count in
 * `details.total`; `INVALID_URI` when `options.source` is no source
 * @example
 * const { entries } = parseManifest("path,version_id\nindex.html,3sL4kqtJlcpXroDTDmJ\n", { source: "s3://bucket/" });
 */
export function parseManifest(text: string, options: ParseOptions = {}): Manifest {
  const reader = manifestReader(options);
  reader.pushText(text);
  return reader.end();
}

/**
 * Reads a manifest from text or UTF-8 bytes that come in pieces of any size, without ever holding the whole file.
 * @throws {S3PinError} as {@link parseManifest}; `MANIFEST_INVALID` also for bytes that are not UTF-8
 * @example
 * const manifest = await parseManifestStream(createReadStream("media.csv"), { file: "media.csv" });
 */
export async function parseManifestStream(
  chunks: AsyncIterable<Uint8Array | string>,
  options: ParseOptions = {},
): Promise<Manifest> {
  const reader = manifestReader(options);
  for await (const chunk of chunks) {
    if (typeof chunk === "string") reader.pushText(chunk);
    else reader.pushBytes(chunk);
  }
  return reader.end();
}

interface ManifestReader {
  pushText(text: string): void;
  pushBytes(bytes: Uint8Array): void;
  end(): Manifest;
}

function manifestReader({ file = "manifest", source }: ParseOptions): ManifestReader {
  const defaultSource = source === undefined ? undefined : formatSource(parseSource(source));
  const problems = problemList(file);
  const decoder = utf8Decoder();
  let head = "";
  let isBegun = false;
  let highSurrogate = "";
  let records: RecordReader | undefined;
  let csv: CsvReader | undefined;

  /** Holds text back until the first line is whole, for that line tells the format. */
  function push(text: string): void {
    if (csv !== undefined) {
      csv.push(text);
      return;
    }
    head += text;
    if (!isBegun && head !== "") {
      isBegun = true;
      head = head.startsWith("\ufeff") ? head.slice(1) : head;
    }
    if (text.includes("\n") || head.length > MAX_FIRST_LINE_LENGTH) begin(false);
  }

  function begin(isFinal: boolean): void {
    const firstLine = /[^\r\n]+/.exec(head);
    if (firstLine === null) return;
    const lineEnd = firstLine.index + firstLine[0].length;
    if (lineEnd === head.length && !isFinal && head.length <= MAX_FIRST_LINE_LENGTH) return;
    const format = detectFormat(firstLine[0]);
    if (format === undefined) {
      const line = head.slice(0, firstLine.index).split("\n").length;
      const expected = "a header line that names path and version_id";
      problems.add({ line, column: 1, found: shown(firstLine[0]), expected });
      problems.throwIfAny();
    }
    const make = { s3pin: tableReader, seed: seedReader, "aws-rollback": awsRollbackReader }[format ?? "s3pin"];
    const started = make(problems, defaultSource);
    records = started;
    csv = csvReader(started.dialect, {
      onRecord: (cells, line, positions) => started.read({ cells, line, positions }),
      onProblem: ({ line, column }, found, expected) => problems.add({ line, column, found, expected }),
    });
    csv.push(head);
    head = "";
  }

  function lineNow(): number {
    return csv?.currentLine() ?? head.split("\n").length;
  }

  function stop(fault: Utf8Fault): never {
    const isSameLine = fault.linesBefore === 0;
    problems.add({
      line: lineNow() + fault.linesBefore,
      column: isSameLine ? undefined : fault.columnsBefore + 1,
      found: "bytes that are not UTF-8",
      expected: "UTF-8 (a key that is not valid Unicode cannot stand in a manifest)",
    });
    problems.throwIfAny();
    throw new S3PinError("INTERNAL", "A problem was added, and none was thrown");
  }

  return {
    pushText(text) {
      let whole = highSurrogate + text;
      highSurrogate = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? "";
      if (highSurrogate !== "") whole = whole.slice(0, -1);
      const lone = whole.search(/\p{Surrogate}/u);
      if (lone >= 0) {
        const before = whole.slice(0, lone);
        const lineStart = before.lastIndexOf("\n") + 1;
        stop({ linesBefore: before.split("\n").length - 1, columnsBefore: lone - lineStart });
      }
      push(whole);
    },
    pushBytes(bytes) {
      const text = decoder.push(bytes);
      if (typeof text !== "string") stop(text);
      push(text);
    },
    end() {
      const fault = decoder.end();
      if (fault !== undefined || highSurrogate !== "") stop(fault ?? { linesBefore: 0, columnsBefore: 0 });
      begin(true);
      csv?.end();
      const manifest = records?.finish() ?? { entries: [], extraColumns: [] };
      problems.throwIfAny();
      return manifest;
    },
  };
}
