import { EXIT, EXIT_CODES, type ExitCode } from "./exit-code.ts";
import type { Environment } from "./options/environment.ts";
import type { Output, OutputFlags } from "./render/output.ts";

/** What a command works with. */
export interface Invocation<Flags> {
  readonly args: readonly string[];
  readonly flags: Flags & OutputFlags;
  /** Whether a flag stood on the command line, by the name of its value (`endpointUrl`). */
  readonly isTyped: (name: string & keyof Flags) => boolean;
  readonly environment: Environment;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** A command's work, from its own module. */
export type RunCommand<Flags> = (invocation: Invocation<Flags>) => Promise<ExitCode>;

/** Watches for what ends a run from outside. */
export interface StopWatch {
  readonly signal: AbortSignal;
  /** The exit code once something asked to stop. */
  readonly exitCode: () => ExitCode | undefined;
}

/** After the first signal a run has so long to save what it knows. */
const GRACE_MS = 5_000;

/**
 * Turns SIGINT, SIGTERM and the end of stdout's reader into an abort. A second signal, or a run that does not come to its
 * end in time, ends the process at once.
 */
export function watchForStop(): StopWatch {
  const controller = new AbortController();
  let exitCode: ExitCode | undefined;
  const stop = (code: ExitCode) => {
    if (exitCode !== undefined) return;
    exitCode = code;
    controller.abort();
    setTimeout(() => process.exit(code), GRACE_MS).unref();
  };
  const onSignal = (code: ExitCode) => () => {
    if (exitCode !== undefined) process.exit(code);
    stop(code);
  };
  process.on("SIGINT", onSignal(EXIT.interrupted));
  process.on("SIGTERM", onSignal(EXIT.terminated));
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return stop(EXIT.brokenPipe);
    if (exitCode === undefined) process.stderr.write(`error: Standard output cannot be written (${error.code})\n`);
    stop(EXIT.failed);
  });
  // Nobody is left to be told.
  process.stderr.on("error", () => {});
  return { signal: controller.signal, exitCode: () => exitCode };
}

/** Runs a command to its end: its result, or its error in words, and the exit code. */
export async function runCommand<Flags>(
  load: () => Promise<RunCommand<Flags>>,
  invocation: Invocation<Flags>,
  stopCode: () => ExitCode | undefined,
): Promise<ExitCode> {
  const { output } = invocation;
  let code: ExitCode;
  try {
    const run = await load();
    code = await run(invocation);
  } catch (error) {
    const isUnheard = stopCode() === EXIT.brokenPipe || stopCode() === EXIT.failed;
    code = isUnheard ? EXIT.failed : await report(error, invocation);
  }
  await output.end();
  // Only the last write may show that the reader is gone.
  return stopCode() ?? code;
}

async function report(error: unknown, { output, environment }: Invocation<unknown>): Promise<ExitCode> {
  const { reportError } = await import("./report-error.ts");
  return EXIT_CODES[reportError(error, output, environment).code];
}
