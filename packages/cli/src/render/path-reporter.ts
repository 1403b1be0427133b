import { type PathEvent, printable, type RestoreReport } from "@s3pin/core";

import { errorText, hintText } from "./error-text.ts";
import { formatBytes, formatNumber } from "./format.ts";
import type { Output } from "./output.ts";

/** Failures of single objects that are told in full; --json tells all. */
const SHOWN_FAILURES = 20;

/** Prints what happens to each path. */
export interface PathReporter {
  /** A failure that was told already is not told again. */
  readonly onPath: (event: PathEvent) => void;
  /**
   * Runs what reports, and in the end says how many failures were not told.
   */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
}

/** @param options.listAll whether downloads are listed without --verbose, as a dry run does */
export function createPathReporter(output: Output, { listAll }: { readonly listAll: boolean }): PathReporter {
  const { json, verbose } = output.flags;
  let failed = 0;
  const hints = new Set<string>();

  const onFailed = (event: PathEvent & { kind: "failed" }) => {
    const { path, error } = event;
    failed++;
    output.result(
      () => pathObject(event),
      () => undefined,
    );
    if (failed > SHOWN_FAILURES) return;
    output.error(`${output.paintError("error", "failed")} ${printable(path)}: ${error.message}`);
    // A thousand objects may fail for one reason, and its cure is told once.
    if (error.hint === undefined || hints.has(error.hint)) return;
    hints.add(error.hint);
    output.error(hintText(error.hint));
  };

  const onPath = (event: PathEvent) => {
    if (event.kind === "failed") onFailed(event);
    else if (event.kind === "unchanged" ? verbose : json || listAll || verbose || event.kind !== "downloaded") {
      output.result(
        () => pathObject(event),
        () => pathText(event, output),
      );
    }
  };

  return {
    onPath,
    async during(work) {
      try {
        return await work();
      } finally {
        if (failed > SHOWN_FAILURES)
          output.error(`and ${formatNumber(failed - SHOWN_FAILURES, "failure")} more (--json lists them all)`);
      }
    },
  };
}

/** Says of a dry run why the real one would be refused. */
export function tellRefusal({ refusal }: Pick<RestoreReport, "refusal">, output: Output): void {
  if (refusal !== undefined) output.error(`${output.paintError("error", "error:")} ${errorText(refusal)}`);
}

/** An event as an object of --json: `type` first, and an error's parts beside the path. */
export function pathObject(event: PathEvent): object {
  const { kind, ...rest } = event;
  if (event.kind !== "failed") return { type: kind, ...rest };
  const { code, message, hint, details } = event.error;
  return { type: kind, path: event.path, code, message, hint, details };
}

function pathText(event: Exclude<PathEvent, { kind: "failed" }>, { paint }: Output): string {
  const path = printable(event.path);
  switch (event.kind) {
    case "downloaded":
      return `${paint("added", "downloaded")} ${path}${paint("faint", `  ${formatBytes(event.bytes)}`)}`;
    case "would-download":
      return `${paint("added", "would download")} ${path}${event.bytes === undefined ? "" : paint("faint", `  ${formatBytes(event.bytes)}`)}`;
    case "deleted":
      return `${paint("removed", "deleted")} ${path}`;
    case "would-delete":
      return `${paint("removed", "would delete")} ${path}`;
    case "unchanged":
      return paint("faint", `unchanged ${path}`);
    case "kept":
      return `${paint("changed", "kept")} ${path}: ${event.reason}`;
    case "skipped":
      return `${paint("changed", "skipped")} ${path}: ${event.reason}`;
  }
}
