import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { error as annotate, info, setFailed, setOutput, warning } from "@actions/core";
import { connect, isS3PinError, openManifestFile, printable, type RestoreReport, restore } from "@s3pin/core";

import { type Inputs, readInputs } from "./inputs.ts";

/** GitHub shows ten annotations of a kind for a step, and drops the rest silently. */
const MAX_ANNOTATIONS = 10;

async function run(): Promise<void> {
  const inputs = readInputs(process.env);
  const report = await restore({
    manifest: openManifestFile(inputs.manifestFile, { source: inputs.source }),
    root: inputs.root,
    connect: () => connect(inputs.connection),
    prune: inputs.prune,
    delete: inputs.delete,
    maxDelete: inputs.maxDelete,
    concurrency: inputs.concurrency,
    dryRun: inputs.dryRun,
    onWarning: (message) => warning(printable(message)),
  });
  await setOutputs(inputs, report);
  info(
    `${report.dryRun ? "would download" : "downloaded"} ${report.downloaded} (${report.bytesDownloaded} bytes), unchanged ${report.unchanged}, ${report.dryRun ? "would delete" : "deleted"} ${report.deleted}`,
  );
  for (const { path, error } of report.failures.slice(0, MAX_ANNOTATIONS))
    annotate(`${printable(path)}: ${error.message}`, { title: error.code, file: inputs.manifestFile });
  if (report.failures.length > 0)
    setFailed(
      `${report.failures.length} of ${report.entries} files could not be restored. ${report.failures[0]?.error.hint ?? ""}`,
    );
}

async function setOutputs({ manifestFile }: Inputs, report: RestoreReport): Promise<void> {
  setOutput("changed", report.downloaded + report.deleted > 0 && !report.dryRun);
  setOutput("files", report.entries);
  setOutput("downloaded", report.downloaded);
  setOutput("unchanged", report.unchanged);
  setOutput("deleted", report.deleted);
  setOutput("bytes-downloaded", report.bytesDownloaded);
  setOutput(
    "manifest-sha256",
    createHash("sha256")
      .update(await readFile(manifestFile))
      .digest("hex"),
  );
}

try {
  await run();
} catch (error) {
  setFailed(
    isS3PinError(error) ? `${error.message}${error.hint === undefined ? "" : ` → ${error.hint}`}` : (error as Error),
  );
}
