import { CommanderError } from "commander";

import { EXIT, type ExitCode } from "./exit-code.ts";
import { createProgram } from "./program.ts";
import { createOutput } from "./render/output.ts";
import { runCommand, watchForStop } from "./run-command.ts";

/** Runs the command line and gives the exit code; only here and in run-command.ts is the process touched. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const { stdout, stderr, env: environment } = process;
  const stopWatch = watchForStop();
  let exitCode: ExitCode = EXIT.done;
  const { program, takeMessage } = createProgram(environment, async (invocation, { unit, load }) => {
    const output = createOutput({ stdout, stderr, environment, flags: invocation.flags, unit });
    exitCode = await runCommand(
      load,
      { ...invocation, environment, output, signal: stopWatch.signal },
      stopWatch.exitCode,
    );
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // --help and --version end a parse by throwing, too.
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === "commander.help") {
      // s3pin without a command: the help itself says what is missing.
      stderr.write(takeMessage().text);
      return EXIT.usage;
    }
    const { reportUsage } = await import("./report-usage.ts");
    const json = argv.includes("--json") || /^(?:1|true)$/i.test(environment.S3PIN_JSON ?? "");
    const output = createOutput({ stdout, stderr, environment, flags: { json } });
    reportUsage(takeMessage(), output, environment);
    await output.end();
    return EXIT.usage;
  }
}
