import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built program, as package.json's `bin` names it. */
export const cliProgram = findProgram();

/** How a run of the CLI ended, and what it cost. */
export interface CliResult {
  /** null when a signal ended it */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  /** User and system time; 0 when the process was killed. */
  readonly cpuMs: number;
  readonly maxRssMb: number;
}

export interface CliOptions {
  /** The child's whole environment, PATH and the like aside. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Told of the process once it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Written by the child as it exits: what /usr/bin/time would say, on every system. */
const REPORT_USAGE = `data:text/javascript,${encodeURIComponent(
  'import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(process.env.USAGE_FILE,JSON.stringify(process.resourceUsage())))',
)}`;

/** Runs `s3pin ARG…` with no standard input and no credentials but those of `env`. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const directory = mkdtempSync(join(tmpdir(), "s3pin-usage-"));
  const usageFile = join(directory, "usage.json");
  try {
    const begun = performance.now();
    const child = spawn(process.execPath, ["--import", REPORT_USAGE, cliProgram, ...args], {
      cwd: options.cwd,
      env: { ...bareEnvironment(), ...options.env, USAGE_FILE: usageFile },
      stdio: ["ignore", "pipe", "pipe"],
    });
    options.onStart?.(child);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const { code, signal } = await new Promise<Pick<CliResult, "code" | "signal">>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
    return { code, signal, stdout, stderr, wallMs: performance.now() - begun, ...readUsage(usageFile) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One line of figures, for the report of a long test. */
export function figures(result: CliResult): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return `wall ${seconds(result.wallMs)}, CPU ${seconds(result.cpuMs)}, RSS ${Math.round(result.maxRssMb)} MB`;
}

function readUsage(file: string): Pick<CliResult, "cpuMs" | "maxRssMb"> {
  try {
    const usage = JSON.parse(readFileSync(file, "utf8")) as NodeJS.ResourceUsage;
    return { cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000, maxRssMb: usage.maxRSS / 1024 };
  } catch {
    return { cpuMs: 0, maxRssMb: 0 };
  }
}

/** What a program needs of the surroundings; nothing of AWS, no proxies, no colour. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE", "LOCALAPPDATA"];
  const environment: NodeJS.ProcessEnv = { AWS_EC2_METADATA_DISABLED: "true" };
  for (const name of kept) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return environment;
}

function findProgram(): string {
  const packageFile = fileURLToPath(import.meta.resolve("s3pin/package.json"));
  const { bin } = JSON.parse(readFileSync(packageFile, "utf8")) as { bin: { s3pin: string } };
  return join(dirname(packageFile), bin.s3pin);
}
