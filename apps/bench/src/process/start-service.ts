import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

/** A program that runs beside the bench, and ends with it whatever ends it. */
export interface Service {
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until `readyUrl` answers.
 * @throws with its last words when it ends before that
 */
export async function startService(
  command: string,
  args: readonly string[],
  options: { readonly readyUrl: string; readonly logFile: string },
): Promise<Service> {
  const log = openSync(options.logFile, "a");
  // setpriv becomes the program (the pid is the program's), and has the kernel end it when the bench is killed.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], {
    // Go programs: collecting garbage less often saves a sixth of a server's CPU, for 80 MB more memory.
    env: { ...process.env, GOGC: "800" },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const ended = once(child, "exit");
  ended.catch(() => {});
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (hasEnded()) return;
    child.kill("SIGKILL");
    await ended;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(options.readyUrl))) {
    if (child.pid === undefined || hasEnded() || Date.now() > deadline) {
      await stop();
      throw new Error(`${command} did not come up: ${readFileSync(options.logFile, "utf8").trim().slice(-1000)}`);
    }
    await sleep(POLL_MS);
  }
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  return { pid: child.pid, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
