import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cacheDir } from "./cache-dir.ts";
import { runCommand } from "./run-command.ts";

/**
 * Makes a Python environment with exactly the packages of a requirements file (versions and hashes), once for each
 * content of that file.
 * @returns the environment's directory
 */
export async function pythonVenv(name: string, requirementsFile: string): Promise<string> {
  const digest = createHash("sha256").update(readFileSync(requirementsFile)).digest("hex").slice(0, 12);
  const venv = join(cacheDir, `${name}-${digest}`);
  const ready = join(venv, "ready");
  if (existsSync(ready)) return venv;
  mkdirSync(cacheDir, { recursive: true });
  // A run that was stopped in the middle leaves no marker, and the next one starts over.
  rmSync(venv, { recursive: true, force: true });
  await runCommand("python3", ["-m", "venv", venv]);
  await runCommand(join(venv, "bin", "python"), [
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"],
    ...["--only-binary=:all:", "--require-hashes", "--requirement", requirementsFile],
  ]);
  writeFileSync(ready, "");
  return venv;
}
