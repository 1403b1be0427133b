import { spawn } from "node:child_process";

/**
 * Runs a program to its end, with nothing but `input` on its standard input.
 * @returns what it printed to standard output
 * @throws with its last words when it fails
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<string> {
  const child = spawn(command, args, { env: options.env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  child.stdin.end(options.input);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${`${stdout}${stderr}`.slice(-2000)}`);
  return stdout;
}
