import {
  connect,
  formatManifestChunks,
  formatSource,
  isS3PinError,
  type Manifest,
  type ManifestDiff,
  type PinReport,
  parseSource,
  parseTime,
  pin,
  printable,
  readManifestFile,
  S3PinError,
  withRetry,
  writeManifestFile,
} from "@s3pin/core";

import { EXIT } from "../exit-code.ts";
import { type ConnectionFlags, connectionOptions } from "../options/connection.ts";
import { requirePlace, takePlaces } from "../options/take-places.ts";
import { changeObjects, changeTexts } from "../render/changes.ts";
import { formatBytes, formatNumber } from "../render/format.ts";
import type { Output } from "../render/output.ts";
import { retryNote } from "../render/retry-note.ts";
import type { RunCommand } from "../run-command.ts";

/** Which paths of a source count. */
export interface FilterFlags {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly excludeRegex?: readonly string[];
}

export interface PinFlags extends ConnectionFlags, FilterFlags {
  readonly output?: string;
  readonly manifest?: string;
  readonly bucket?: string;
  readonly at?: string;
  readonly dryRun?: boolean;
  readonly allowNull?: boolean;
  readonly allowEmpty?: boolean;
}

const DEFAULT_MANIFEST = "s3pin.csv";
const STDOUT = "-";
/** Changed paths that a pin lists before it only counts; --verbose lists all. */
const SHOWN_CHANGES = 20;
const SHOWN_TIES = 5;

export const runPin: RunCommand<PinFlags> = async (invocation) => {
  const { flags, output, environment, signal } = invocation;
  const startMs = performance.now();
  const source = sourceOf(invocation);
  const file = manifestOf(flags);
  const isToStdout = file === STDOUT;
  if (isToStdout && flags.json) {
    throw new S3PinError("USAGE", "With -o - the manifest is on standard output, which --json needs too", {
      hint: "Write the manifest to a file, or leave out --json.",
    });
  }
  const atMs = flags.at === undefined ? undefined : parseTime(flags.at, Date.now());
  const previous = isToStdout ? undefined : await readPrevious(file, source);
  const store = await connect(connectionOptions(flags, environment));
  let report: PinReport;
  try {
    report = await pin({
      source,
      store,
      atMs,
      include: flags.include,
      exclude: flags.exclude,
      excludeRegex: flags.excludeRegex,
      allowNull: flags.allowNull,
      allowEmpty: flags.allowEmpty,
      previous,
      retry: (attempt) => withRetry(attempt, { signal, onRetry: retryNote(output) }),
      signal,
      onProgress: output.progress,
    });
  } finally {
    await store.close();
  }
  const isDryRun = flags.dryRun === true;
  let isWritten = false;
  if (!isDryRun && isToStdout) for (const chunk of formatManifestChunks(report.manifest)) output.raw(chunk);
  if (!isDryRun && !isToStdout) isWritten = await writeManifestFile(file, report.manifest);

  warnOf(report, output);
  const isFirst = previous === undefined;
  if (!isToStdout) showChanges(report.diff, output, isFirst);
  const summary = summaryText(report, { source, file, isFirst, isDryRun, isWritten });
  if (isToStdout) output.note(summary);
  else
    output.result(
      () => summaryObject(report, { source, file, isDryRun, isWritten, durationMs: performance.now() - startMs }),
      () => summary,
    );
  return EXIT.done;
};

function sourceOf({ args, flags, isTyped }: Parameters<RunCommand<PinFlags>>[0]): string {
  const canonical = (uri: string) => formatSource(parseSource(uri));
  const bucket = flags.bucket === undefined ? undefined : canonical(flags.bucket);
  const place = { name: "<source>", flag: "-b", flagValue: bucket, isFlagTyped: isTyped("bucket") };
  const [source] = takePlaces([place], args.map(canonical));
  return requirePlace(source, "source", "s3pin pin s3://media.example.com/site/ -o media.csv");
}

function manifestOf({ output, manifest }: PinFlags): string {
  if (output !== undefined && manifest !== undefined && output !== manifest) {
    throw new S3PinError("USAGE", `The manifest is given twice: -o ${output} and -m ${manifest}`, {
      hint: "Give it once.",
    });
  }
  return output ?? manifest ?? DEFAULT_MANIFEST;
}

/**
 * What the file holds now; undefined when there is none. A file that is no manifest may be anything, so it is not overwritten.
 */
async function readPrevious(file: string, source: string): Promise<Manifest | undefined> {
  try {
    return await readManifestFile(file, { source });
  } catch (error) {
    if (!isS3PinError(error)) throw error;
    if (error.code === "MANIFEST_NOT_FOUND") return undefined;
    if (error.code !== "MANIFEST_INVALID") throw error;
    throw new S3PinError(
      "MANIFEST_INVALID",
      `${printable(file)} exists and is no manifest, so it is not overwritten:\n${error.message}`,
      { hint: "Choose another file with -o, or move this one away.", details: error.details, cause: error },
    );
  }
}

function warnOf({ warnings, ties }: PinReport, output: Output): void {
  for (const { code, message } of warnings) output.warn(message, code);
  if (ties.length === 0) return;
  const named = ties.slice(0, SHOWN_TIES).map(({ key }) => printable(key));
  const more = ties.length > named.length ? ` and ${ties.length - named.length} more` : "";
  const what = ties.length === 1 ? "One key has" : `${ties.length} keys have`;
  output.warn(
    `${what} several versions in the second of --at, and the order of the listing decided: ${named.join(", ")}${more}`,
    "TIES",
    { ties },
  );
}

function showChanges(diff: ManifestDiff, output: Output, isFirst: boolean): void {
  const { json, verbose } = output.flags;
  if (json) {
    for (const object of changeObjects(diff)) output.result(object, () => undefined);
    return;
  }
  if (isFirst && !verbose) return;
  const total = diff.added.length + diff.changed.length + diff.removed.length;
  // One line more is shorter than saying that there is one more.
  const limit = verbose || total <= SHOWN_CHANGES + 1 ? total : SHOWN_CHANGES;
  let shown = 0;
  for (const text of changeTexts(diff, output.paint)) {
    if (++shown > limit) break;
    output.result(() => ({}), text);
  }
  if (total > limit)
    output.result(
      () => ({}),
      () => output.paint("faint", `… and ${formatNumber(total - limit, "path")} more (--verbose lists them all)`),
    );
}

interface PinOutcome {
  readonly source: string;
  readonly file: string;
  readonly isDryRun: boolean;
  readonly isWritten: boolean;
}

function summaryText(
  report: PinReport,
  { source, file, isFirst, isDryRun, isWritten }: PinOutcome & { isFirst: boolean },
) {
  const { manifest, bytes, added, changed, removed, atMs } = report;
  const when = atMs === undefined ? "" : ` as of ${new Date(atMs).toISOString().replace(".000Z", "Z")}`;
  const what = `${formatNumber(manifest.entries.length, "object")} (${formatBytes(bytes)}) of ${printable(source)}${when}`;
  const verb = isDryRun ? "Would pin" : "Pinned";
  if (file === STDOUT) return `${verb} ${what}`;
  const name = printable(file);
  if (isFirst) return `${verb} ${what} in ${name}`;
  if (added + changed + removed > 0)
    return `${verb} ${what} in ${name}: ${added} added, ${changed} changed, ${removed} removed`;
  if (isWritten) return `Pinned ${what} in ${name}: the same versions, written anew in s3pin's format`;
  return `Nothing has changed: ${name} holds ${what}`;
}

function summaryObject(
  report: PinReport,
  { source, file, isDryRun, isWritten, durationMs }: PinOutcome & { durationMs: number },
) {
  const { manifest, bytes, added, changed, removed, unchanged, versionsSeen, deleteMarkersSeen, ties, warnings, atMs } =
    report;
  return {
    type: "summary",
    command: "pin",
    source,
    manifest: file,
    at: atMs === undefined ? null : new Date(atMs).toISOString(),
    dryRun: isDryRun,
    written: isWritten,
    objects: manifest.entries.length,
    bytes,
    added,
    changed,
    removed,
    unchanged,
    versionsSeen,
    deleteMarkersSeen,
    ties: ties.length,
    warnings: warnings.length,
    durationMs: Math.round(durationMs),
  };
}
