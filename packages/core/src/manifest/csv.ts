/**
 * The longest record, in characters. An S3 key has at most 1,024 bytes, so a longer one is a quote that was never closed
 * or no CSV at all, and must not fill the memory.
 */
const MAX_RECORD_LENGTH = 1_048_576;
const LONE_RETURN = "a carriage return inside a line";
const LINE_END = "LF or CRLF at the end of the line, or the cell in quotes";

/** How cells are quoted. */
export interface CsvDialect {
  readonly quote: '"' | "\\";
  /**
   * `"rfc4180"`: a quote inside an unquoted cell, or text behind a closing quote, is an error.
   * `"python"`: both are text, as Python's csv module takes them.
   */
  readonly rules: "rfc4180" | "python";
}

/** Where a cell begins; both count from 1. */
export interface CellPosition {
  readonly line: number;
  readonly column: number;
}

/** One record, with what is needed to say where its cells stand. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** 1-based line on which the record begins. */
  readonly line: number;
  /** Where each cell begins; undefined when the line holds no quote, and then {@link cellPosition} counts. */
  readonly positions: readonly CellPosition[] | undefined;
}

/** What a reader tells while text is pushed into it. */
export interface CsvHandler {
  onRecord(cells: readonly string[], line: number, positions: readonly CellPosition[] | undefined): void;
  /** The record is left out; reading goes on with the next line. */
  onProblem(position: CellPosition, found: string, expected: string): void;
}

/** Takes text in pieces of any size. */
export interface CsvReader {
  push(text: string): void;
  end(): void;
  /** The 1-based line that the next pushed character stands on. */
  currentLine(): number;
}

/**
 * Reads records from text that comes in pieces, each record as soon as its line is complete. Blank lines are left out;
 * lines end in LF or CRLF. A line without a quote costs one split, a line with one is read cell by cell.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function csvReader({ quote, rules }: CsvDialect, handler: CsvHandler): CsvReader {
  /** Text of a record that is not complete yet; kept in pieces, as joining at each push would be quadratic. */
  let pieces: string[] = [];
  let piecesLength = 0;
  let line = 1;
  let isStopped = false;

  function push(text: string): void {
    if (isStopped) return;
    pieces.push(text);
    piecesLength += text.length;
    if (text.includes("\n")) consume(false);
    else if (piecesLength > MAX_RECORD_LENGTH) stopAtLongRecord();
  }

  function end(): void {
    if (!isStopped && piecesLength > 0) consume(true);
  }

  function consume(isFinal: boolean): void {
    const text = pieces.length === 1 ? (pieces[0] ?? "") : pieces.join("");
    let start = 0;
    let nextQuote = -1;
    let nextReturn = -1;
    while (start < text.length && !isStopped) {
      let lineEnd = text.indexOf("\n", start);
      if (lineEnd < 0) {
        if (!isFinal) break;
        lineEnd = text.length;
      }
      if (nextQuote < start) nextQuote = indexOrEnd(text, quote, start);
      if (nextQuote < lineEnd) {
        const next = readQuotedRecord(text, start, isFinal);
        if (next === undefined) break;
        start = next;
        continue;
      }
      if (nextReturn < start) nextReturn = indexOrEnd(text, "\r", start);
      const cellsEnd = nextReturn === lineEnd - 1 ? nextReturn : lineEnd;
      if (nextReturn < cellsEnd) handler.onProblem({ line, column: nextReturn - start + 1 }, LONE_RETURN, LINE_END);
      else if (cellsEnd - start > MAX_RECORD_LENGTH) stopAtLongRecord();
      else if (cellsEnd > start) handler.onRecord(text.slice(start, cellsEnd).split(","), line, undefined);
      start = lineEnd + 1;
      line++;
    }
    const rest = text.slice(start);
    pieces = rest === "" ? [] : [rest];
    piecesLength = rest.length;
    if (piecesLength > MAX_RECORD_LENGTH && !isStopped) stopAtLongRecord();
  }

  /** Returns where the next record begins; undefined when the record goes on in text that is still to come. */
  function readQuotedRecord(text: string, start: number, isFinal: boolean): number | undefined {
    const cells: string[] = [];
    const positions: CellPosition[] = [];
    let recordLine = line;
    let lineStart = start;
    let at = start;

    /** Reports the record and goes on with the next line, once that line's begin has come. */
    const skipLine = (column: number, found: string, expected: string): number | undefined => {
      const lineEnd = text.indexOf("\n", at);
      if (lineEnd < 0 && !isFinal) return undefined;
      handler.onProblem({ line: recordLine, column }, found, expected);
      line = recordLine + 1;
      return lineEnd < 0 ? text.length : lineEnd + 1;
    };

    for (;;) {
      const position = { line: recordLine, column: at - lineStart + 1 };
      positions.push(position);
      let cell = "";
      if (text[at] === quote) {
        const closed = readQuotedCell(text, at, start);
        if (closed === undefined) {
          if (!isFinal && text.length - start <= MAX_RECORD_LENGTH) return undefined;
          isStopped = true;
          handler.onProblem(position, `a quote (${quote}) that is never closed`, `a closing ${quote} within 1 MiB`);
          return text.length;
        }
        cell = closed.cell;
        at = closed.end;
        // The character behind a quote decides between a closing and a doubled one.
        if (at >= text.length && !isFinal) return undefined;
        if (cell.includes("\n")) {
          for (let lf = text.indexOf("\n", lineStart); lf >= 0 && lf < at; lf = text.indexOf("\n", lf + 1)) {
            recordLine++;
            lineStart = lf + 1;
          }
        }
        if (rules === "rfc4180" && !isCellEnd(text, at)) {
          const expected = `a comma or the end of the line (inside a quoted cell, write ${quote} twice)`;
          return skipLine(at - lineStart + 1, `text behind a closing ${quote}`, expected);
        }
      }
      const cellEnd = unquotedEnd(text, at);
      if (cellEnd >= text.length && !isFinal) return undefined;
      const tail = text.slice(at, cellEnd);
      if (rules === "rfc4180" && tail.includes(quote)) {
        const expected = `the whole cell in ${quote}, and each ${quote} in it twice`;
        return skipLine(at - lineStart + tail.indexOf(quote) + 1, `a ${quote} inside an unquoted cell`, expected);
      }
      const loneReturn = tail.indexOf("\r");
      if (loneReturn >= 0 && !(loneReturn === tail.length - 1 && text[cellEnd] !== ",")) {
        return skipLine(at - lineStart + loneReturn + 1, LONE_RETURN, LINE_END);
      }
      cells.push(cell + (loneReturn >= 0 ? tail.slice(0, -1) : tail));
      at = cellEnd + 1;
      if (text[cellEnd] === ",") continue;
      if (cellEnd - start > MAX_RECORD_LENGTH) {
        stopAtLongRecord();
        return text.length;
      }
      handler.onRecord(cells, line, positions);
      line = recordLine + 1;
      return at;
    }
  }

  /** Returns undefined when no closing quote is there, or none within the bound. */
  function readQuotedCell(text: string, start: number, recordStart: number): { cell: string; end: number } | undefined {
    let cell = "";
    let from = start + 1;
    for (;;) {
      const found = text.indexOf(quote, from);
      if (found < 0 || found - recordStart > MAX_RECORD_LENGTH) return undefined;
      if (text[found + 1] !== quote) return { cell: cell + text.slice(from, found), end: found + 1 };
      cell += text.slice(from, found + 1);
      from = found + 2;
    }
  }

  function stopAtLongRecord(): void {
    isStopped = true;
    handler.onProblem({ line, column: 1 }, "a line longer than 1 MiB", "one entry a line");
  }

  function currentLine(): number {
    return line + pieces.reduce((count, piece) => count + countLineFeeds(piece), 0);
  }

  return { push, end, currentLine };
}

/** Where the cell with `index` begins, also when the reader did not note it. */
export function cellPosition({ cells, line, positions }: CsvRecord, index: number): CellPosition {
  if (positions !== undefined) return positions[index] ?? positions[0] ?? { line, column: 1 };
  let column = 1;
  for (const cell of cells.slice(0, index)) column += cell.length + 1;
  return { line, column };
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index < 0 ? text.length : index;
}

function isCellEnd(text: string, at: number): boolean {
  const character = text[at];
  if (character === "\r") return at + 1 === text.length || text[at + 1] === "\n";
  return character === "," || character === "\n" || character === undefined;
}

/** A plain loop: `indexOf` for the comma could run far past the line, once for each of its cells. */
function unquotedEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x0a) return at;
  }
  return text.length;
}

function countLineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
