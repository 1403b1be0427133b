import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { command, output } from "./terminal.ts";

const program = findProgram();

/** Runs the built command line as a user would, in a directory, and shows what was typed and what came. */
export async function runS3pin(
  args: readonly string[],
  { cwd, env, exitCode = 0 }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly exitCode?: number },
): Promise<void> {
  command(`s3pin ${args.map(quoted).join(" ")}`);
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", output);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== exitCode)
    throw new Error(`s3pin ${args[0]} ended with exit code ${code} where ${exitCode} was expected`);
}

/** Quoted for a shell where needed. */
function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text}'`;
}

function findProgram(): string {
  const packageFile = fileURLToPath(import.meta.resolve("s3pin/package.json"));
  const { bin } = JSON.parse(readFileSync(packageFile, "utf8")) as { bin: { s3pin: string } };
  return join(dirname(packageFile), bin.s3pin);
}
