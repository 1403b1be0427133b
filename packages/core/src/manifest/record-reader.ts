import type { CsvDialect, CsvRecord } from "./csv.ts";
import type { ManifestEntry, ManifestFormat } from "./types.ts";

/** Turns the records of one format into entries. */
export interface RecordReader {
  readonly dialect: CsvDialect;
  readonly format: ManifestFormat;
  read(record: CsvRecord): void;
  finish(): { readonly entries: readonly ManifestEntry[]; readonly extraColumns: readonly string[] };
}
