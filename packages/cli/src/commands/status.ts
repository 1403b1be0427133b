import { openManifestFile, status } from "@s3pin/core";

import { statusExitCode } from "../exit-code.ts";
import { createPathReporter, tellRefusal } from "../render/path-reporter.ts";
import { restoreSummaryObject, restoreSummaryText } from "../render/restore-summary.ts";
import type { RunCommand } from "../run-command.ts";
import { type InspectFlags, inspectOptions } from "./restore.ts";
import { rootArguments } from "./root-arguments.ts";

export interface StatusFlags extends InspectFlags {
  readonly exitCode?: boolean;
}

export const runStatus: RunCommand<StatusFlags> = async (invocation) => {
  const { flags, output, signal } = invocation;
  const startMs = performance.now();
  const { manifestFile, root, source } = rootArguments("status", invocation);
  const paths = createPathReporter(output, { listAll: true });
  const report = await paths.during(() =>
    status({
      ...inspectOptions(flags),
      manifest: openManifestFile(manifestFile, { source }),
      root,
      signal,
      onProgress: output.progress,
      onPath: paths.onPath,
      listUnchanged: flags.verbose === true,
      onWarning: (message) => output.warn(message),
    }),
  );
  const exitCode = statusExitCode(report, flags.exitCode === true);
  tellRefusal(report, output);
  const durationMs = Math.round(performance.now() - startMs);
  output.result(
    () => restoreSummaryObject("status", report, { root, durationMs, exitCode }),
    () => restoreSummaryText(report, { paint: output.paint, durationMs, verbose: flags.verbose }),
  );
  return exitCode;
};
