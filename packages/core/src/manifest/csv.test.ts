import { anyKey, cutAnywhere } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type CsvDialect, cellPosition, csvReader } from "./csv.ts";

const RFC_4180: CsvDialect = { quote: '"', rules: "rfc4180" };
const PYTHON: CsvDialect = { quote: "\\", rules: "python" };

function readAll(pieces: readonly string[], dialect: CsvDialect) {
  const records: { cells: readonly string[]; line: number }[] = [];
  const problems: string[] = [];
  const reader = csvReader(dialect, {
    onRecord: (cells, line) => records.push({ cells, line }),
    onProblem: ({ line, column }, found) => problems.push(`${line}:${column} ${found}`),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return { records, problems };
}

const cellsOf = (text: string, dialect = RFC_4180) => readAll([text], dialect).records.map(({ cells }) => cells);

describe("csvReader()", () => {
  it.each([
    [
      "plain lines",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "no final newline",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["CRLF cut off", "a,b\r", [["a", "b"]]],
    [
      "blank lines",
      "\n\na,b\n\r\n\nc,d\n\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "empty cells",
      ",\n,,\n",
      [
        ["", ""],
        ["", "", ""],
      ],
    ],
    ["blanks kept", " a , b \n", [[" a ", " b "]]],
    ["a quoted comma", '"a,b",c\n', [["a,b", "c"]]],
    ["a quoted quote", '"a""b",""""\n', [['a"b', '"']]],
    [
      "a quoted newline",
      '"a\nb",c\nd,e\n',
      [
        ["a\nb", "c"],
        ["d", "e"],
      ],
    ],
    ["a quoted CRLF", '"a\r\nb"\r\nc\r\n', [["a\r\nb"], ["c"]]],
    ["an empty quoted cell", '"",a\n', [["", "a"]]],
    ["quotes at the end of the text", 'a,"b"', [["a", "b"]]],
    ["nothing", "", []],
  ])("reads %s", (_, text, expected) => {
    expect(cellsOf(text)).toEqual(expected);
    expect(readAll([text], RFC_4180).problems).toEqual([]);
  });

  it.each([
    ["a lone quote in an unquoted cell", 'x,y\na 5" disk,b\nc,d\n', ['2:4 a " inside an unquoted cell'], 2],
    ["text behind a closing quote", 'x,y\n"a"b,c\nd,e\n', ['2:4 text behind a closing "'], 2],
    ["text behind a closing quote, lines later", '"a\nb"c,d\ne,f\n', ['2:3 text behind a closing "'], 1],
    ["a quote never closed", 'x,y\na,"b\nc,d\n', ['2:3 a quote (") that is never closed'], 1],
    ["a lone carriage return", "a\rb,c\nd,e\n", ["1:2 a carriage return inside a line"], 1],
    ["a lone carriage return beside quotes", '"a",b\rc\nd,e\n', ["1:6 a carriage return inside a line"], 1],
  ])("reports %s, and goes on", (_, text, problems, recordCount) => {
    const read = readAll([text], RFC_4180);
    expect(read.problems).toEqual(problems);
    expect(read.records).toHaveLength(recordCount);
    expect(readAll(text.split(""), RFC_4180)).toEqual(read);
  });

  it.each([
    ["backslashes as quotes", "\\a,b\\,c\r\n", [["a,b", "c"]]],
    ["doubled backslashes", "\\a\\\\b\\,c\n", [["a\\b", "c"]]],
    ["a backslash inside an unquoted cell as itself", "a\\b,c\n", [["a\\b", "c"]]],
    ["text behind a closing backslash as a part of the cell", "\\a\\b,c\n", [["ab", "c"]]],
    ["double quotes as text", '"a",b"c\n', [['"a"', 'b"c']]],
  ])("reads Python's %s", (_, text, expected) => {
    expect(cellsOf(text, PYTHON)).toEqual(expected);
  });

  it("gives each record the line on which it begins", () => {
    const { records } = readAll(['a\n"b\nc"\n\nd\n'], RFC_4180);
    expect(records.map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it("says where a cell begins, with quotes and without", () => {
    const positions: unknown[] = [];
    const reader = csvReader(RFC_4180, {
      onRecord: (cells, line, starts) => positions.push(cellPosition({ cells, line, positions: starts }, 2)),
      onProblem: () => {},
    });
    reader.push('ab,c,d\n"a\nb","c,",d\n');
    expect(positions).toEqual([
      { line: 1, column: 6 },
      { line: 3, column: 9 },
    ]);
  });

  it.each([
    ["a line", "a".repeat(1_100_000)],
    ["a line that ends", `${"a".repeat(1_100_000)}\nb\n`],
    ["a quoted cell", `"${"a\n".repeat(600_000)}"\n`],
    ["a record of short quoted cells", `${'"aaaa",'.repeat(200_000)}"b"\n`],
  ])("stops at %s over 1 MiB instead of holding it", (_, text) => {
    for (const pieces of [[text], text.match(/.{1,65536}/gs) ?? []]) {
      const { records, problems } = readAll(pieces, RFC_4180);
      expect(records).toEqual([]);
      expect(problems).toHaveLength(1);
    }
  });

  it("reads what RFC 4180 writes, however it is cut", () => {
    const cell = fc.oneof(anyKey(), fc.constant(""));
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    const lineEnd = fc.constantFrom("\n", "\r\n");
    const written = fc.tuple(table, lineEnd, fc.boolean()).map(([rows, end, quotesAll]) => ({
      rows,
      text: rows.map((row) => row.map((text) => quoted(text, quotesAll)).join(",") + end).join(""),
    }));
    const cut = written.chain(({ rows, text }) => fc.record({ rows: fc.constant(rows), pieces: cutAnywhere(text) }));
    fc.assert(
      fc.property(cut, ({ rows, pieces }) => {
        const { records, problems } = readAll(pieces, RFC_4180);
        expect(problems).toEqual([]);
        expect(records.map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });

  it("reads any text the same however it is cut", () => {
    const text = fc.array(fc.constantFrom("a", ",", '"', "\n", "\r", "\\", '""', "\r\n"), { maxLength: 30 });
    const cut = text.chain((parts) =>
      fc.record({ whole: fc.constant(parts.join("")), pieces: cutAnywhere(parts.join("")) }),
    );
    fc.assert(
      fc.property(cut, fc.constantFrom(RFC_4180, PYTHON), ({ whole, pieces }, dialect) => {
        expect(readAll(pieces, dialect)).toEqual(readAll([whole], dialect));
      }),
      { numRuns: 2000 },
    );
  });
});

function quoted(text: string, always: boolean): string {
  return always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
