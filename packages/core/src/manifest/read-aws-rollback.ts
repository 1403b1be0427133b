import { compareUtf8 } from "./compare-utf8.ts";
import type { CsvRecord } from "./csv.ts";
import { entryList } from "./entry-list.ts";
import { type ProblemList, shown } from "./manifest-problems.ts";
import { isUnreadable, readEtag, readSize, readTime, sourceReader } from "./read-cell.ts";
import { reportCell, reportCellCount } from "./read-table.ts";
import type { RecordReader } from "./record-reader.ts";
import { formatSource, parseSource } from "./source.ts";

/** The columns as AWS's tools write them; older files lack the last. */
export const AWS_ROLLBACK_COLUMNS = [
  "bucket_name",
  "key_name",
  "version_id",
  "is_latest",
  "delete_marker",
  "size",
  "last_modified",
  "storage_class",
  "e_tag",
] as const;

type ColumnName = (typeof AWS_ROLLBACK_COLUMNS)[number];

/** What a listing with `encoding-type=url`, Java's URLEncoder and Python's quote_plus never leave in a key. */
const NEVER_IN_URL_ENCODED = /[^A-Za-z0-9._~/*!'()%+-]|%(?![0-9A-Fa-f]{2})/;

interface Row {
  readonly bucketSource: string;
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly sizeBytes: number | undefined;
  readonly lastModifiedMs: number | undefined;
  readonly etag: string | undefined;
  readonly line: number;
}

/**
 * Reads the CSV of AWS's guidance for rolling back an S3 bucket, with or without its header. Such a file may list every
 * version of a key; one row is chosen:
 *
 * | rows of the key                       | chosen                                     |
 * |---------------------------------------|--------------------------------------------|
 * | one has `is_latest`                   | that one                                   |
 * | one row                               | that one                                   |
 * | several, one newest by last_modified  | the newest                                 |
 * | several, no newest                    | none: an error that names both lines       |
 *
 * A key whose chosen row is a delete marker is left out: it was deleted then.
 *
 * The tools write keys URL-encoded unless told not to, and the file does not say. So keys are decoded, unless some key
 * of the file holds a character that URL-encoding never leaves.
 * @param source when it is in the file's bucket, its prefix is taken off the keys
 * @see https://github.com/aws-solutions-library-samples/guidance-for-rolling-back-changes-to-datasets-in-amazon-s3
 */
export function awsRollbackReader(problems: ProblemList, source: string | undefined): RecordReader {
  const rows: Row[] = [];
  const readSource = sourceReader();
  let columns: Map<ColumnName, number> | undefined;
  let columnCount = 0;
  let isUrlEncoded = true;

  function read(record: CsvRecord): void {
    const { cells } = record;
    if (columns === undefined) {
      const hasHeader = cells.includes("key_name");
      columns = columnsOf(hasHeader ? cells : AWS_ROLLBACK_COLUMNS);
      columnCount = cells.length;
      if (hasHeader) return;
    }
    if (cells.length !== columnCount) {
      reportCellCount(problems, record, columnCount);
      return;
    }
    const row = readRow(record, columns);
    if (row === undefined) return;
    isUrlEncoded &&= !NEVER_IN_URL_ENCODED.test(row.key);
    rows.push(row);
  }

  /** Reports the first bad cell of the record. */
  function readRow(record: CsvRecord, known: ReadonlyMap<ColumnName, number>): Row | undefined {
    const { cells, line } = record;
    const cell = (name: ColumnName): string => cells[known.get(name) ?? -1] ?? "";
    const bad = (name: ColumnName, expected: string): undefined => {
      reportCell(problems, record, known.get(name) ?? 0, { expected });
    };
    const bucketSource = readSource(`s3://${cell("bucket_name")}/`);
    const sizeBytes = readSize(cell("size"));
    const lastModifiedMs = readTime(cell("last_modified"), "optional");
    const isLatest = readFlag(cell("is_latest"));
    const isDeleteMarker = readFlag(cell("delete_marker"));
    if (typeof bucketSource !== "string") return bad("bucket_name", "the name of a bucket");
    if (cell("key_name") === "") return bad("key_name", "a key");
    if (cell("version_id") === "") return bad("version_id", "a version id");
    if (isLatest === undefined) return bad("is_latest", "true or false");
    if (isDeleteMarker === undefined) return bad("delete_marker", "true or false");
    if (isUnreadable(sizeBytes)) return bad("size", sizeBytes.expected);
    if (isUnreadable(lastModifiedMs)) return bad("last_modified", lastModifiedMs.expected);
    return {
      bucketSource,
      key: cell("key_name"),
      versionId: cell("version_id"),
      isLatest,
      isDeleteMarker,
      sizeBytes,
      lastModifiedMs,
      etag: readEtag(cell("e_tag")),
      line,
    };
  }

  function finish(): ReturnType<RecordReader["finish"]> {
    const entries = entryList(problems);
    for (const row of chooseRows(rows, problems)) {
      if (row.isDeleteMarker) continue;
      const key = isUrlEncoded ? decodeKey(row.key) : row.key;
      const land = key === undefined ? undefined : landing(row.bucketSource, key, source);
      if (land === undefined) {
        const expected = key === undefined ? "a URL-encoded key" : `a key below ${source}`;
        problems.add({ line: row.line, column: undefined, found: shown(row.key), expected });
        continue;
      }
      const { versionId, sizeBytes, etag, lastModifiedMs } = row;
      entries.add({ ...land, versionId, sizeBytes, etag, lastModifiedMs, extra: undefined }, row.line);
    }
    return { entries: entries.finish(), extraColumns: [] };
  }

  return { dialect: { quote: '"', rules: "rfc4180" }, format: "aws-rollback", read, finish };
}

function columnsOf(names: readonly string[]): Map<ColumnName, number> {
  const found = AWS_ROLLBACK_COLUMNS.map((name) => [name, names.indexOf(name)] as const);
  return new Map(found.filter(([, index]) => index >= 0));
}

function readFlag(cell: string): boolean | undefined {
  const lower = cell.toLowerCase();
  if (lower === "true") return true;
  return lower === "false" || lower === "" ? false : undefined;
}

/** One row a key, by the table of {@link awsRollbackReader}. */
function chooseRows(rows: readonly Row[], problems: ProblemList): Row[] {
  const sorted = rows.toSorted(
    (a, b) => compareUtf8(a.key, b.key) || compareUtf8(a.bucketSource, b.bucketSource) || preference(a, b),
  );
  const chosen: Row[] = [];
  let best: Row | undefined;
  for (const row of sorted) {
    if (best === undefined || row.key !== best.key || row.bucketSource !== best.bucketSource) {
      chosen.push(row);
      best = row;
    } else if (preference(best, row) === 0 && row.versionId !== best.versionId) {
      problems.add({
        line: row.line,
        column: undefined,
        found: `${shown(row.key)} a second time`,
        expected: `is_latest or last_modified to tell which version to take (the other is on line ${best.line})`,
      });
    }
  }
  return chosen;
}

/** Below 0 when `a` is to be taken before `b`; 0 when nothing tells them apart. */
function preference(a: Row, b: Row): number {
  if (a.isLatest !== b.isLatest) return a.isLatest ? -1 : 1;
  return (b.lastModifiedMs ?? Number.NEGATIVE_INFINITY) - (a.lastModifiedMs ?? Number.NEGATIVE_INFINITY) || 0;
}

/** Returns undefined when the bytes behind the escapes are not UTF-8. */
function decodeKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll("+", "%20"));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Returns undefined when the key is not below the caller's source. */
function landing(
  bucketSource: string,
  key: string,
  source: string | undefined,
): { path: string; source: string } | undefined {
  if (source === undefined || formatSource({ ...parseSource(source), prefix: "" }) !== bucketSource) {
    return { path: key, source: bucketSource };
  }
  const { prefix } = parseSource(source);
  return key.startsWith(prefix) && key.length > prefix.length ? { path: key.slice(prefix.length), source } : undefined;
}
