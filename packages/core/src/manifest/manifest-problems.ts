import { printable, S3PinError } from "../errors.ts";
import type { ManifestProblem } from "./types.ts";

/** So many are shown in full; a file with more has one cause for most of them. */
const SHOWN_PROBLEMS = 20;
/** Characters of a cell that a message shows. */
const SHOWN_CELL_LENGTH = 80;
const EXAMPLE_LINE =
  "img/hero.jpg,3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY,48213,9b2cf535f27731c974343645a3985328,2026-11-02T10:00:00Z,s3://media.example.com/site/";

/** What is wrong with one file: the first problems in full, all of them counted. */
export interface ProblemList {
  add(problem: ManifestProblem): void;
  /** @throws {S3PinError} `MANIFEST_INVALID` with everything that was added, if anything was */
  throwIfAny(): void;
}

/** @param file the name to show before each line's number */
export function problemList(file: string): ProblemList {
  const problems: ManifestProblem[] = [];
  let total = 0;
  return {
    add(problem) {
      total++;
      if (problems.length < SHOWN_PROBLEMS) problems.push(problem);
    },
    throwIfAny() {
      if (total > 0) throw manifestInvalid(file, problems, total);
    },
  };
}

/** A cell or line as a message shows it: quoted, control characters escaped, cut. */
export function shown(text: string): string {
  const cut = text.length > SHOWN_CELL_LENGTH ? `${text.slice(0, SHOWN_CELL_LENGTH)}…` : text;
  return `"${printable(cut)}"`;
}

function manifestInvalid(file: string, unordered: readonly ManifestProblem[], total: number): S3PinError {
  const problems = [...unordered].sort((a, b) => a.line - b.line || (a.column ?? 0) - (b.column ?? 0));
  const lines = problems.map(
    ({ line, column, found, expected }) =>
      `${printable(file)}:${line}:${column === undefined ? "" : `${column}:`} found ${found}, expected ${expected}`,
  );
  const more = total - problems.length;
  const head = `${printable(file)} cannot be read as a manifest: ${total === 1 ? "1 problem" : `${total} problems`}`;
  return new S3PinError("MANIFEST_INVALID", [head, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"), {
    hint: `A manifest looks like this:\npath,version_id,size,etag,last_modified,source\n${EXAMPLE_LINE}`,
    details: { problems, file, total },
  });
}
