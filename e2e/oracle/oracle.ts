import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { serverEnv } from "../cli/work-dir.ts";
import { pythonVenv } from "../servers/python-venv.ts";
import { runCommand } from "../servers/run-command.ts";
import type { RunningServer } from "../servers/server.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** The manifest that `list_versions.py` computes: another language, another client, another way. */
export async function oracleManifest(
  server: RunningServer,
  { bucket, prefix, at }: { readonly bucket: string; readonly prefix: string; readonly at?: string },
): Promise<string> {
  const venv = await pythonVenv("boto3", join(folder, "requirements.txt"));
  const args = [join(folder, "list_versions.py"), server.endpoint, bucket, prefix, ...(at === undefined ? [] : [at])];
  return runCommand(join(venv, "bin", "python"), args, { env: { ...process.env, ...serverEnv(server) } });
}

/** Writes a manifest as the Python scripts that s3pin follows write theirs. */
export async function writeSeedManifest(
  file: string,
  entries: readonly (readonly [key: string, versionId: string])[],
): Promise<void> {
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  await runCommand("python3", [join(folder, "write_seed_manifest.py"), file], { input: lines });
}
