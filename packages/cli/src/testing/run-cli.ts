import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

import { type Sandbox, type SandboxOptions, startSandbox } from "@s3pin/sandbox";
import { tempDir } from "@s3pin/testkit";
import { onTestFinished } from "vitest";

/** The built program: what is tested is what is shipped. */
const BIN = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));

/** What a run printed and how it ended. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout's lines as objects. */
  readonly objects: () => Record<string, unknown>[];
}

export interface CliOptions {
  /** Over the place's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}

/** A directory of its own with a cache of its own, and the program run in it. */
export interface CliPlace {
  readonly directory: string;
  readonly path: (...names: string[]) => string;
  readonly run: (args: readonly string[], options?: CliOptions) => Promise<CliResult>;
  readonly start: (args: readonly string[], options?: CliOptions) => RunningCli;
}

export interface RunningCli {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<CliResult>;
}

/** @param env variables besides PATH: nothing of the machine's configuration reaches the program */
export async function cliPlace(env: Readonly<Record<string, string>> = {}): Promise<CliPlace> {
  const directory = await tempDir();
  const own = {
    PATH: process.env.PATH,
    HOME: join(directory, "home"),
    XDG_CACHE_HOME: join(directory, "cache"),
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const work = join(directory, "work");
  await mkdir(work);
  const start = (args: readonly string[], options: CliOptions = {}): RunningCli => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: work,
      env: { ...own, ...env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.end(options.stdin ?? "");
    return { child, ended: collectOutput(child) };
  };
  return { directory: work, path: (...names) => join(work, ...names), start, run: (...given) => start(...given).ended };
}

async function collectOutput(child: RunningCli["child"]): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return {
    code,
    stdout,
    stderr,
    objects: () =>
      stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** A sandbox that lives as long as the running test. */
export async function testSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** When the site of {@link siteSandbox} was put there. */
export const SITE_TIME = "2025-11-02T10:00:00Z";

/** A sandbox with a small site in the bucket `media`, and a place that reaches it. */
export async function siteSandbox(): Promise<{ readonly sandbox: Sandbox; readonly place: CliPlace }> {
  const sandbox = await testSandbox();
  sandbox.createBucket("media");
  const lastModified = SITE_TIME;
  sandbox.putObject("media", "site/css/site.css", "h1 { color: red }", { lastModified });
  sandbox.putObject("media", "site/img/logo.svg", "<svg/>", { lastModified });
  sandbox.putObject("media", "site/index.html", "<h1>one</h1>", { lastModified });
  return { sandbox, place: await cliPlace(sandbox.env) };
}
