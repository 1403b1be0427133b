import { readFileSync } from "node:fs";

import { Command, Option } from "commander";

import { defineDiff } from "./commands/define-diff.ts";
import { definePin } from "./commands/define-pin.ts";
import { defineRestore } from "./commands/define-restore.ts";
import { defineStatus } from "./commands/define-status.ts";
import { defineVerify } from "./commands/define-verify.ts";
import { applyEnvironment, type Environment } from "./options/environment.ts";
import type { OutputFlags } from "./render/output.ts";
import type { Invocation, RunCommand } from "./run-command.ts";

/** How a command is carried out: by a module that is loaded only now. */
export interface CommandWork<Flags> {
  readonly load: () => Promise<RunCommand<Flags>>;
  /** What the progress counts. @default "files" */
  readonly unit?: string | undefined;
}

/** Carries out the command that was parsed. */
export type Execute = <Flags>(
  invocation: Pick<Invocation<Flags>, "args" | "flags" | "isTyped">,
  work: CommandWork<Flags>,
) => Promise<void>;

/** Gives a defined command its work. */
export type Attach = <Flags extends object>(command: Command, work: CommandWork<Flags>) => void;

const EXIT_CODES_HELP = `
Exit codes:
  0 done  1 failed  2 usage, or a manifest that cannot be read
  3 finished, but something differs or was skipped  4 a pinned version is gone
  5 refused by a guard  130, 143 stopped by a signal`;

const PROGRAM_HELP = `
Every option is an environment variable too: --max-delete is S3PIN_MAX_DELETE.
(Options without a value take 1, true, 0 or false; repeatable ones one value a line.)
${EXIT_CODES_HELP}`;

/**
 * The commands and their options. Nothing here loads what the commands need to work, so that --help and --version are quick.
 */
export function createProgram(environment: Environment, execute: Execute) {
  let errorOutput = "";
  let helpCommand = "s3pin";
  const program = new Command("s3pin");
  // Subcommands take these over, so they come first.
  program
    .exitOverride()
    .configureOutput({
      writeErr(text) {
        errorOutput += text;
      },
    })
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => command.name(),
      styleTitle: (title) => (title === "Global Options:" ? "Output:" : title),
    })
    .description("A lockfile for the content of a versioned S3 bucket.")
    .usage("<command> [arguments] [options]")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command")
    .addHelpText("after", PROGRAM_HELP)
    .addOption(new Option("--json", "print JSON Lines: one object a changed path, last a summary"))
    .addOption(new Option("-q, --quiet", "print warnings and errors only"))
    .addOption(new Option("-v, --verbose", "list every path"))
    .addOption(new Option("--debug", "show stack traces and retries"))
    .hook("preSubcommand", (_program, command) => {
      helpCommand = `s3pin ${command.name()}`;
    })
    .hook("preAction", (_program, command) => {
      applyEnvironment(program, environment);
      applyEnvironment(command, environment);
    });
  program.version(version(), "-V, --version", "show the version");

  function attach<Flags extends object>(command: Command, { load, unit }: CommandWork<Flags>): void {
    command.addHelpText("after", EXIT_CODES_HELP).action(() =>
      execute(
        {
          args: command.args,
          flags: command.optsWithGlobals<Flags & OutputFlags>(),
          isTyped: (name) => command.getOptionValueSource(name) === "cli",
        },
        { load, unit },
      ),
    );
  }
  for (const define of [definePin, defineRestore, defineStatus, defineVerify, defineDiff]) define(program, attach);
  return { program, takeMessage: () => ({ text: errorOutput, helpCommand }) };
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
