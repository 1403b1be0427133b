import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const supervisor = fileURLToPath(new URL("supervise.ts", import.meta.url));

/** A process that ends with this one, whatever ends this one. */
export interface Supervised {
  readonly hasEnded: boolean;
  stop(): Promise<void>;
}

/** Starts a program whose output goes to `logFile`. */
export function startSupervised(
  command: string,
  args: readonly string[],
  { logFile, env }: { readonly logFile: string; readonly env: NodeJS.ProcessEnv },
): Supervised {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", supervisor, logFile, command, ...args],
    {
      env,
      stdio: ["pipe", "inherit", "inherit"],
    },
  );
  const ended = once(child, "exit");
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  child.stdin.on("error", () => {});
  return {
    get hasEnded() {
      return hasEnded();
    },
    async stop() {
      if (hasEnded()) return;
      child.stdin.end();
      await ended;
    },
  };
}
