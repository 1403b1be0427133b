import { connect, type MaxDelete, openManifestFile, restore } from "@s3pin/core";

import { restoreExitCode } from "../exit-code.ts";
import { keepHeapLean } from "../keep-heap-lean.ts";
import { type ConnectionFlags, connectionOptions } from "../options/connection.ts";
import { formatNumber } from "../render/format.ts";
import { createPathReporter, tellRefusal } from "../render/path-reporter.ts";
import { restoreSummaryObject, restoreSummaryText } from "../render/restore-summary.ts";
import { retryNote } from "../render/retry-note.ts";
import type { RunCommand } from "../run-command.ts";
import { type RootFlags, rootArguments } from "./root-arguments.ts";

/** What `restore` and `status` share. */
export interface InspectFlags extends RootFlags {
  readonly rehash?: boolean;
  readonly skipUnsafe?: boolean;
  readonly prune?: boolean;
  readonly delete?: boolean;
  readonly maxDelete?: MaxDelete;
  readonly dangerousRoot?: boolean;
}

export interface RestoreFlags extends InspectFlags, ConnectionFlags {
  readonly concurrency?: number;
  readonly mtime?: boolean;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

/** Connections of the pool when --concurrency does not ask for more. */
const DEFAULT_CONNECTIONS = 256;

export const runRestore: RunCommand<RestoreFlags> = async (invocation) => {
  const { flags, output, environment, signal } = invocation;
  const startMs = performance.now();
  const { manifestFile, root, source } = rootArguments("restore", invocation);
  keepHeapLean(manifestFile);
  const connection = connectionOptions(flags, environment);
  const paths = createPathReporter(output, { listAll: flags.dryRun === true });
  const report = await paths.during(() =>
    restore({
      ...inspectOptions(flags),
      manifest: openManifestFile(manifestFile, { source }),
      root,
      connect: () => connect({ ...connection, maxConnections: Math.max(DEFAULT_CONNECTIONS, flags.concurrency ?? 0) }),
      concurrency: flags.concurrency,
      mtime: flags.mtime,
      wait: flags.wait,
      dryRun: flags.dryRun,
      retry: { onRetry: retryNote(output) },
      signal,
      onProgress: output.progress,
      onPath: paths.onPath,
      listUnchanged: flags.verbose === true,
      onWarning: (message) => output.warn(message),
    }),
  );
  const exitCode = restoreExitCode(report);
  const durationMs = Math.round(performance.now() - startMs);
  if (report.deletesWithheld > 0)
    output.warn(`${formatNumber(report.deletesWithheld, "file")} not deleted, since not everything was restored`);
  tellRefusal(report, output);
  output.result(
    () => restoreSummaryObject("restore", report, { root, durationMs, exitCode }),
    () => restoreSummaryText(report, { paint: output.paint, durationMs, verbose: flags.verbose }),
  );
  return exitCode;
};

export function inspectOptions(flags: InspectFlags) {
  const { index, rehash, skipUnsafe, prune, maxDelete, dangerousRoot } = flags;
  return { indexFile: index, rehash, skipUnsafe, prune, delete: flags.delete, maxDelete, dangerousRoot };
}
