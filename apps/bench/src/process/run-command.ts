import { spawn } from "node:child_process";

/** How much of a failed program's output an error shows. */
const LAST_WORDS_CHARS = 2_000;

/**
 * Runs a program to its end, unmeasured and without input.
 * @returns what it printed to standard output
 * @throws with its last words when it fails
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let all = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${all.slice(-LAST_WORDS_CHARS)}`);
  return stdout;
}
