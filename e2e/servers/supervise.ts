/**
 * Runs `node supervise.ts LOG COMMAND ARG…` and ends the command when standard input closes: also when whoever started
 * this was killed, so that no server outlives its test run.
 */
import { spawn } from "node:child_process";
import { openSync } from "node:fs";

/** A server that has not ended so long after SIGTERM is killed. */
const GRACE_MS = 5_000;

const [logFile = "", command = "", ...args] = process.argv.slice(2);
const log = openSync(logFile, "a");
const child = spawn(command, args, { stdio: ["ignore", log, log] });
child.once("error", (error) => {
  console.error(String(error));
  process.exit(1);
});
child.once("exit", (code) => process.exit(code ?? 1));

function end(): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
}

// The terminal's Ctrl-C goes to all; the end of standard input is what counts.
process.on("SIGINT", () => {});
process.on("SIGTERM", end);
process.stdin.resume().once("close", end);
