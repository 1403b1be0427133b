import { printable, readManifestFile, type VerifyFinding, type VerifyReport, verify } from "@s3pin/core";

import { EXIT } from "../exit-code.ts";
import type { Paint } from "../render/color.ts";
import { formatCount, formatDuration, formatNumber } from "../render/format.ts";
import type { RunCommand } from "../run-command.ts";
import { type RootFlags, rootArguments } from "./root-arguments.ts";

export interface VerifyFlags extends RootFlags {
  readonly extraFilesOk?: boolean;
}

export const runVerify: RunCommand<VerifyFlags> = async (invocation) => {
  const { flags, output, signal } = invocation;
  const startMs = performance.now();
  const { manifestFile, root, source } = rootArguments("verify", invocation);
  const manifest = await readManifestFile(manifestFile, { source });
  const bytesTotal = manifest.entries.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
  const report = await verify({
    manifest,
    root,
    indexFile: flags.index,
    extraFilesOk: flags.extraFilesOk,
    signal,
    onProgress: (progress) => output.progress({ ...progress, bytesTotal }),
    onPath(finding) {
      if (finding.kind === "verified" && !flags.verbose) return;
      output.result(
        () => findingObject(finding),
        () => findingText(finding, output.paint),
      );
    },
  });
  const durationMs = Math.round(performance.now() - startMs);
  const exitCode = report.ok ? EXIT.done : EXIT.differs;
  output.result(
    () => ({
      type: "summary",
      command: "verify",
      root,
      ...report.counts,
      entries: report.entries,
      ok: report.ok,
      exitCode,
      durationMs,
    }),
    () => summaryText(report) + output.paint("faint", ` in ${formatDuration(durationMs)}`),
  );
  return exitCode;
};

function findingObject(finding: VerifyFinding): object {
  const { kind, ...rest } = finding;
  return { type: kind, ...rest };
}

function findingText(finding: VerifyFinding, paint: Paint): string {
  const path = printable(finding.path);
  switch (finding.kind) {
    case "verified":
      return paint("faint", `verified ${path}`);
    case "missing":
      return `${paint("removed", "missing")} ${path}`;
    case "differs":
      return `${paint("changed", "differs")} ${path}: expected ${finding.expected}, found ${finding.found}`;
    case "unproven":
      return `${paint("changed", "unproven")} ${path}: its ETag is no MD5, and no download of it is remembered here (MD5 ${finding.md5})`;
    case "extra":
      return `${paint("added", "extra")} ${path}`;
  }
}

function summaryText({ entries, counts, ok }: VerifyReport): string {
  if (ok) return `All ${formatNumber(entries, "file")} verified`;
  const wrong = (["differs", "missing", "unproven", "extra"] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${formatCount(counts[kind])} ${WRONG_NAMES[kind]}`);
  return `${formatCount(counts.verified)} of ${formatNumber(entries, "file")} verified: ${wrong.join(", ")}`;
}

const WRONG_NAMES = { differs: "different", missing: "missing", unproven: "unproven", extra: "extra" } as const;
