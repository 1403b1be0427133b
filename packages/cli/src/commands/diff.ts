import { diffManifests, type ManifestDiff, parseTime, S3PinError } from "@s3pin/core";

import { EXIT } from "../exit-code.ts";
import { type ConnectionFlags, connectionOptions } from "../options/connection.ts";
import { changeObjects, changeTexts } from "../render/changes.ts";
import { formatCount } from "../render/format.ts";
import type { RunCommand } from "../run-command.ts";
import type { FilterFlags } from "./pin.ts";
import { isSourceUri, readSide, type SideContext } from "./read-side.ts";

export interface DiffFlags extends ConnectionFlags, FilterFlags {
  readonly at?: readonly string[];
  readonly source?: string;
  readonly exitCode?: boolean;
}

export const runDiff: RunCommand<DiffFlags> = async ({ args, flags, output, environment, signal }) => {
  const startMs = performance.now();
  const [a = "", b = ""] = args;
  if (a === "-" && b === "-") throw new S3PinError("USAGE", "Only one of the two can come from standard input");
  const [atA, atB] = moments([a, b], flags.at ?? []);
  const connection = connectionOptions(flags, environment);
  const context = (other: string, atMs: number | undefined): SideContext => ({
    connection,
    filters: flags,
    // A manifest that names no source is meant to be of the bucket it is compared with.
    source: flags.source ?? (isSourceUri(other) ? other : undefined),
    atMs,
    output,
    signal,
  });
  const before = await readSide(a, context(b, atA));
  const after = await readSide(b, context(a, atB));
  const diff = diffManifests(before, after);
  if (flags.json) for (const object of changeObjects(diff)) output.result(object, () => undefined);
  else if (!flags.quiet) for (const text of changeTexts(diff, output.paint)) output.result(() => ({}), text);
  const counts = countsOf(diff);
  const isSame = counts.added + counts.changed + counts.removed === 0;
  const exitCode = isSame || !flags.exitCode ? EXIT.done : EXIT.differs;
  const durationMs = Math.round(performance.now() - startMs);
  output.result(
    () => ({ type: "summary", command: "diff", a, b, ...counts, exitCode, durationMs }),
    () => summaryText(counts),
  );
  return exitCode;
};

/** Which s3:// URI each --at belongs to: of two URIs one --at is for the first, so that it compares then with now. */
function moments(sides: readonly string[], texts: readonly string[]): (number | undefined)[] {
  const uris = sides.filter(isSourceUri);
  if (texts.length > uris.length) {
    throw new S3PinError(
      "USAGE",
      uris.length === 0
        ? "--at is given, and there is no s3:// URI for it"
        : "--at is given more often than there are s3:// URIs",
      { hint: "--at says for which moment an s3:// URI is looked at." },
    );
  }
  const nowMs = Date.now();
  const times = texts.map((text) => parseTime(text, nowMs));
  return sides.map((side) => (isSourceUri(side) ? times.shift() : undefined));
}

function countsOf({ added, changed, removed, unchanged }: ManifestDiff) {
  return { added: added.length, changed: changed.length, removed: removed.length, unchanged };
}

function summaryText({ added, changed, removed, unchanged }: ReturnType<typeof countsOf>): string {
  if (added + changed + removed === 0) return `No difference: ${formatCount(unchanged)} the same`;
  return [
    `${formatCount(added)} added`,
    `${formatCount(changed)} changed`,
    `${formatCount(removed)} removed`,
    `${formatCount(unchanged)} unchanged`,
  ].join(", ");
}
