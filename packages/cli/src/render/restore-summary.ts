import type { Proof, RestoreReport } from "@s3pin/core";

import type { ExitCode } from "../exit-code.ts";
import type { Paint } from "./color.ts";
import { formatBytes, formatCount, formatDuration, formatNumber } from "./format.ts";

const PROOF_NAMES: Readonly<Record<Proof, string>> = {
  index: "by the local index",
  md5: "by MD5",
  checksum: "by a stored checksum",
  "multipart-etag": "by a multipart ETag",
  "version-id": "by their version id alone",
};

/** What a restore did or would do, in a line or two. */
export function restoreSummaryText(
  report: RestoreReport,
  { paint, durationMs, verbose = false }: { paint: Paint; durationMs: number; verbose?: boolean | undefined },
): string {
  const { dryRun, entries, downloaded, bytesDownloaded, unchanged, bytesUnchanged, deleted, failures, skipped, kept } =
    report;
  const time = paint("faint", ` in ${formatDuration(durationMs)}`);
  const lines: string[] = [];
  const notDone = [
    failures.length > 0 ? `${formatCount(failures.length)} failed` : "",
    skipped.length > 0 ? `${formatCount(skipped.length)} skipped` : "",
    kept.length > 0 ? `${formatCount(kept.length)} kept` : "",
  ].filter((part) => part !== "");
  const inPlace = `${formatNumber(unchanged, "file")} (${formatBytes(bytesUnchanged)}) already in place`;
  if (downloaded + deleted === 0) {
    const head =
      entries === 0
        ? "The manifest is empty: nothing to do"
        : notDone.length > 0
          ? inPlace
          : `Nothing to do: ${inPlace}`;
    lines.push([head, ...notDone].join(", ") + time);
  } else {
    const verbs = dryRun ? ["Would download", "would delete"] : ["Downloaded", "deleted"];
    const parts = [`${verbs[0]} ${formatNumber(downloaded, "file")} (${formatBytes(bytesDownloaded)})`];
    if (deleted > 0) parts.push(`${verbs[1]} ${formatCount(deleted)}`);
    if (unchanged > 0) parts.push(inPlace);
    lines.push([...parts, ...notDone].join(", ") + time);
  }
  const proofs = Object.entries(report.proofs).filter(([, count]) => count > 0) as [Proof, number][];
  if (verbose && proofs.length > 0)
    lines.push(`Proved: ${proofs.map(([proof, count]) => `${formatCount(count)} ${PROOF_NAMES[proof]}`).join(", ")}`);
  return lines.join("\n");
}

/** The same as the last object of --json. */
export function restoreSummaryObject(
  command: "restore" | "status",
  report: RestoreReport,
  context: { readonly root: string; readonly durationMs: number; readonly exitCode: ExitCode },
): object {
  const { failures, skipped, kept, refusal, ...counts } = report;
  return {
    type: "summary",
    command,
    root: context.root,
    ...counts,
    skipped: skipped.length,
    kept: kept.length,
    failed: failures.length,
    refusal: refusal?.code,
    exitCode: context.exitCode,
    durationMs: context.durationMs,
  };
}
