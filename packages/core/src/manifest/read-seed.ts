import type { CsvRecord } from "./csv.ts";
import { entryList } from "./entry-list.ts";
import { flatCopies } from "./flat-copies.ts";
import { type ProblemList, shown } from "./manifest-problems.ts";
import { reportCell } from "./read-table.ts";
import type { RecordReader } from "./record-reader.ts";
import { parseSource } from "./source.ts";

/**
 * Reads the manifests of S3-Version-Utilities: no header, `key,version_id`, written by Python's csv module with `\` as its
 * quote character; also `key:version_id`, as its README writes it. The file holds whole keys of a bucket that it does
 * not name, so the path is the key without the prefix of `source`.
 * @see https://github.com/vile8/S3-Version-Utilities
 */
export function seedReader(problems: ProblemList, source: string | undefined): RecordReader {
  const entries = entryList(problems);
  const prefix = source === undefined ? "" : parseSource(source).prefix;

  function read(record: CsvRecord): void {
    const [key, versionId] = keyAndVersion(record.cells);
    if (key === undefined || versionId === undefined || key === "" || versionId === "") {
      problems.add({
        line: record.line,
        column: 1,
        found: shown(record.cells.join(",")),
        expected: "a header line that names path and version_id, or lines of key,version_id",
      });
      return;
    }
    if (!key.startsWith(prefix) || key.length === prefix.length) {
      reportCell(problems, record, 0, { expected: `a key below ${source}` });
      return;
    }
    const [path, flatVersionId] = flatCopies(key.slice(prefix.length), versionId, "");
    entries.add(
      {
        path,
        versionId: flatVersionId,
        sizeBytes: undefined,
        etag: undefined,
        lastModifiedMs: undefined,
        source,
        extra: undefined,
      },
      record.line,
    );
  }

  return {
    dialect: { quote: "\\", rules: "python" },
    format: "seed",
    read,
    finish: () => ({ entries: entries.finish(), extraColumns: [] }),
  };
}

/** A version id holds no colon, so two cells with one in the second are a key with a comma, in the form `key:version_id`. */
function keyAndVersion(cells: readonly string[]): readonly [string?, string?] {
  const [first, second] = cells;
  if (cells.length === 2 && first !== undefined && second?.includes(":") === false) return [first, second];
  const text = cells.join(",");
  const colon = text.lastIndexOf(":");
  const versionId = text.slice(colon + 1);
  return colon < 0 || versionId.includes(",") ? [] : [text.slice(0, colon), versionId];
}
