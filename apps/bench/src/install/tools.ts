import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runCommand } from "../process/run-command.ts";
import { cacheDir } from "./cache-dir.ts";

const VERSITYGW = "v1.8.0";
const S3SYNC = "1.62.4";
const delayProxyDir = fileURLToPath(new URL("../../delay-proxy", import.meta.url));
const requirementsFile = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** A program that is there, and which one. */
export interface Tool {
  readonly path: string;
  readonly version: string;
}

/** The server: a GET costs it about 0.2 ms of CPU, which is less than any other server with versions. */
export async function installVersitygw(): Promise<Tool> {
  const path = await goInstall("versitygw", "github.com/versity/versitygw/cmd/versitygw", VERSITYGW);
  return { path, version: VERSITYGW };
}

/** Our own proxy for latency. @returns the program's path */
export async function buildDelayProxy(): Promise<string> {
  const digest = createHash("sha256")
    .update(readFileSync(join(delayProxyDir, "main.go")))
    .digest("hex")
    .slice(0, 12);
  const path = join(cacheDir, "bin", `delay-proxy-${digest}`);
  if (!existsSync(path)) {
    const args = ["-C", delayProxyDir, "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "."];
    await runCommand("go", args, { ...process.env, GOFLAGS: "" });
  }
  return path;
}

export async function installS5cmd(): Promise<Tool> {
  const path = await fromPypi("s5cmd");
  return { path, version: (await runCommand(path, ["version"])).trim() };
}

export async function installAws(): Promise<Tool> {
  const path = await fromPypi("aws");
  return { path, version: (await runCommand(path, ["--version"])).trim() };
}

export async function installS3PitRestore(): Promise<Tool> {
  const path = await fromPypi("s3-pit-restore");
  const version = /^s3-pit-restore==(.+)$/m.exec(readFileSync(requirementsFile, "utf8"))?.[1] ?? "";
  return { path, version };
}

/** The rclone on the path, or else Debian's. */
export async function installRclone(): Promise<Tool> {
  const version = async () => ((await runCommand("rclone", ["version"])).split("\n")[0] ?? "").replace("rclone ", "");
  try {
    return { path: "rclone", version: await version() };
  } catch {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await runCommand("apt-get", ["update", "-q"], env);
    await runCommand("apt-get", ["install", "-y", "-q", "--no-install-recommends", "rclone"], env);
    return { path: "rclone", version: await version() };
  }
}

/** Builds for minutes. */
export async function installS3sync(): Promise<Tool> {
  const root = join(cacheDir, `s3sync-${S3SYNC}`);
  const path = join(root, "bin", "s3sync");
  if (!existsSync(path))
    await runCommand("cargo", ["install", "s3sync", "--version", S3SYNC, "--locked", "--quiet", "--root", root]);
  return { path, version: S3SYNC };
}

async function goInstall(name: string, module: string, version: string): Promise<string> {
  const path = join(cacheDir, "bin", `${name}-${version}`);
  if (existsSync(path)) return path;
  const buildDir = join(cacheDir, `build-${name}`);
  mkdirSync(join(cacheDir, "bin"), { recursive: true });
  const args = ["install", "-trimpath", "-ldflags", "-s -w", `${module}@${version}`];
  await runCommand("go", args, { ...process.env, GOBIN: buildDir, GOFLAGS: "" });
  renameSync(join(buildDir, module.slice(module.lastIndexOf("/") + 1)), path);
  rmSync(buildDir, { recursive: true });
  return path;
}

let venv: Promise<string> | undefined;

async function fromPypi(program: string): Promise<string> {
  venv ??= makeVenv();
  return join(await venv, "bin", program);
}

/** A Python environment with exactly the packages of the requirements file, made once for each content of that file. */
async function makeVenv(): Promise<string> {
  const digest = createHash("sha256").update(readFileSync(requirementsFile)).digest("hex").slice(0, 12);
  const dir = join(cacheDir, `python-${digest}`);
  const ready = join(dir, "ready");
  if (existsSync(ready)) return dir;
  mkdirSync(cacheDir, { recursive: true });
  // A run that was stopped in the middle leaves no marker, and the next one starts over.
  rmSync(dir, { recursive: true, force: true });
  await runCommand("python3", ["-m", "venv", dir]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
  await runCommand(join(dir, "bin", "python"), [...pip, "--requirement", requirementsFile]);
  writeFileSync(ready, "");
  return dir;
}
