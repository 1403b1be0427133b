import { type CsvRecord, cellPosition } from "./csv.ts";
import { entryList } from "./entry-list.ts";
import { flatCopies } from "./flat-copies.ts";
import { type ProblemList, shown } from "./manifest-problems.ts";
import { isUnreadable, readEtag, readSize, readTime, sourceReader, type Unreadable } from "./read-cell.ts";
import type { RecordReader } from "./record-reader.ts";

/** The columns of a manifest, in the order in which they are written. */
export const MANIFEST_COLUMNS = ["path", "version_id", "size", "etag", "last_modified", "source"] as const;

/** Where each column stands; -1 for one that is missing, which then reads as an empty cell. */
interface Columns {
  readonly count: number;
  readonly path: number;
  readonly versionId: number;
  readonly size: number;
  readonly etag: number;
  readonly lastModified: number;
  readonly source: number;
  readonly extra: readonly number[];
}

/**
 * Reads a table whose header names `path` (or `key`) and `version_id`, and perhaps more, in any order.
 * @param defaultSource for the entries that have none
 */
export function tableReader(problems: ProblemList, defaultSource: string | undefined): RecordReader {
  const entries = entryList(problems);
  const readSource = sourceReader();
  let columns: Columns | undefined;
  let extraColumns: readonly string[] = [];

  function read(record: CsvRecord): void {
    if (columns === undefined) {
      columns = readHeader(record, problems);
      extraColumns = columns.extra.map((index) => record.cells[index] ?? "");
      return;
    }
    const { cells, line } = record;
    if (cells.length !== columns.count) {
      reportCellCount(problems, record, columns.count);
      return;
    }

    const path = cells[columns.path] ?? "";
    const versionId = cells[columns.versionId] ?? "";
    const sizeBytes = readSize(cells[columns.size] ?? "");
    const lastModifiedMs = readTime(cells[columns.lastModified] ?? "", "needed");
    const source = readSource(cells[columns.source] ?? "");
    if (
      path === "" ||
      versionId === "" ||
      isUnreadable(sizeBytes) ||
      isUnreadable(lastModifiedMs) ||
      isUnreadable(source)
    ) {
      const report = (index: number, value: unknown): void => {
        if (isUnreadable(value)) reportCell(problems, record, index, value);
      };
      if (path === "") report(columns.path, { expected: "a path" });
      if (versionId === "") report(columns.versionId, { expected: "a version id" });
      report(columns.size, sizeBytes);
      report(columns.lastModified, lastModifiedMs);
      report(columns.source, source);
      return;
    }
    const [flatPath, flatVersionId, etag] = flatCopies(path, versionId, readEtag(cells[columns.etag] ?? "") ?? "");
    entries.add(
      {
        path: flatPath,
        versionId: flatVersionId,
        sizeBytes,
        etag: etag === "" ? undefined : etag,
        lastModifiedMs,
        source: source ?? defaultSource,
        extra: extraColumns.length === 0 ? undefined : columns.extra.map((index) => cells[index] ?? ""),
      },
      line,
    );
  }

  return {
    dialect: { quote: '"', rules: "rfc4180" },
    format: "s3pin",
    read,
    finish: () => ({ entries: entries.finish(), extraColumns }),
  };
}

/** Says what stands in one cell and what should. */
export function reportCell(problems: ProblemList, record: CsvRecord, index: number, { expected }: Unreadable): void {
  const cell = record.cells[index] ?? "";
  problems.add({ ...cellPosition(record, index), found: cell === "" ? "an empty cell" : shown(cell), expected });
}

/** What git leaves between the two sides of a conflict. */
const CONFLICT_MARKER = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/;

/** A line that was cut off, a comma that should have been quoted, or a conflict that was not resolved. */
export function reportCellCount(problems: ProblemList, { cells, line }: CsvRecord, expected: number): void {
  const text = cells.join(",");
  if (CONFLICT_MARKER.test(text)) {
    const resolved = "one line for each path (choose a side, and remove the marker)";
    problems.add({ line, column: 1, found: `a merge conflict's marker (${shown(text)})`, expected: resolved });
    return;
  }
  const found = `${cells.length === 1 ? "1 cell" : `${cells.length} cells`} (${shown(text)})`;
  problems.add({ line, column: undefined, found, expected: `${expected} cells` });
}

function readHeader(record: CsvRecord, problems: ProblemList): Columns {
  const names = record.cells;
  const pathName = names.includes("path") ? "path" : "key";
  const known = new Set<string>([...MANIFEST_COLUMNS, pathName]);
  for (const [index, name] of names.entries()) {
    if (known.has(name) && names.indexOf(name) !== index) {
      reportCell(problems, record, index, { expected: "each column once" });
    }
  }
  return {
    count: names.length,
    path: names.indexOf(pathName),
    versionId: names.indexOf("version_id"),
    size: names.indexOf("size"),
    etag: names.indexOf("etag"),
    lastModified: names.indexOf("last_modified"),
    source: names.indexOf("source"),
    extra: [...names.keys()].filter((index) => !known.has(names[index] ?? "")),
  };
}
