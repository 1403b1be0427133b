import { csvReader } from "./csv.ts";
import type { ManifestFormat } from "./types.ts";

/** A cell that is exactly `version_id`; looked for in the text, as the header may go on behind a quoted line break. */
const NAMES_VERSION_ID = /(?:^|,|")version_id(?:$|,|")/;
/** The names that somebody gives the columns of a table that is almost a manifest. */
const ALMOST_HEADER = /^"?(?:path|key|key_name|name|file)"?,"?(?:version.*|size|etag|e_tag|last_modified|source)"?$/i;

/** Tells how a manifest is written by its first line, given without line end; undefined when the line is no format's. */
export function detectFormat(firstLine: string): ManifestFormat | undefined {
  const cells = cellsOf(firstLine);
  if (NAMES_VERSION_ID.test(firstLine)) {
    if (cells?.includes("key_name") && cells.includes("bucket_name")) return "aws-rollback";
    if (cells === undefined || cells.includes("path") || cells.includes("key")) return "s3pin";
    return cells.length === 2 && !ALMOST_HEADER.test(firstLine) ? "seed" : undefined;
  }
  if (cells !== undefined && (cells.length === 8 || cells.length === 9) && isFlag(cells[3]) && isFlag(cells[4])) {
    return "aws-rollback";
  }
  return ALMOST_HEADER.test(firstLine) ? undefined : "seed";
}

/** The cells by RFC 4180; undefined when the line is not one whole record of it. */
function cellsOf(line: string): readonly string[] | undefined {
  let found: readonly string[] | undefined;
  let isWhole = true;
  const reader = csvReader(
    { quote: '"', rules: "rfc4180" },
    {
      onRecord(cells) {
        found = cells;
      },
      onProblem() {
        isWhole = false;
      },
    },
  );
  reader.push(line);
  reader.end();
  return isWhole ? found : undefined;
}

function isFlag(cell: string | undefined): boolean {
  return /^(?:true|false)$/i.test(cell ?? "");
}
