import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const wrapper = fileURLToPath(new URL("measure.py", import.meta.url));
/** How much of a failed program's output an error shows. */
const LAST_WORDS_CHARS = 500;

/** A program to start. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What a program and its children cost. */
export interface Cost {
  readonly wallS: number;
  /** user + system */
  readonly cpuS: number;
  /** of the largest single process; the wrapper's own 10 MB are the least that can be seen */
  readonly maxRssBytes: number;
}

/**
 * Runs a program to its end, with its output in a file of `scratchDir`.
 * @throws with its last words when it fails
 */
export async function measureCommand(
  { command, args, env }: Command,
  { scratchDir }: { readonly scratchDir: string },
): Promise<Cost> {
  const reportFile = join(scratchDir, "cost.json");
  const logFile = join(scratchDir, "output.log");
  const log = openSync(logFile, "w");
  try {
    const child = spawn("python3", ["-E", "-S", wrapper, reportFile, command, ...args], {
      env,
      stdio: ["ignore", log, log],
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0) throw new Error(`${command} could not be measured: ${lastWords(logFile)}`);
  } finally {
    closeSync(log);
  }
  const report = JSON.parse(readFileSync(reportFile, "utf8")) as {
    readonly exitCode: number;
    readonly wallS: number;
    readonly userS: number;
    readonly systemS: number;
    readonly maxRssKiB: number;
  };
  if (report.exitCode !== 0) throw new Error(`ended with ${report.exitCode}: ${lastWords(logFile)}`);
  return { wallS: report.wallS, cpuS: report.userS + report.systemS, maxRssBytes: report.maxRssKiB * 1024 };
}

function lastWords(logFile: string): string {
  return readFileSync(logFile, "utf8").trim().slice(-LAST_WORDS_CHARS);
}
