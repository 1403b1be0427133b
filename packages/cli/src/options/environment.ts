import { type Command, InvalidArgumentError, type Option } from "commander";

import { collect } from "./parse-values.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable of an option: `--max-delete` is `S3PIN_MAX_DELETE`. */
export function variableOf(option: Option): string {
  return `S3PIN_${(option.long ?? "").replace(/^--/, "").replaceAll("-", "_").toUpperCase()}`;
}

/**
 * Takes from the environment what the command line does not give. An empty variable is as good as none, since workflows
 * pass such; one that may hold several values holds one a line. (commander's own `.env()` takes any value of a boolean,
 * even `0`, for true.)
 */
export function applyEnvironment(command: Command, environment: Environment): void {
  for (const option of command.options) {
    // Workflows hold the version to install in a variable of this name.
    if (option.long === "--version") continue;
    const variable = variableOf(option);
    const text = environment[variable];
    if (text === undefined || text === "" || command.getOptionValueSource(option.attributeName()) === "cli") continue;
    const takesValue = option.required || option.optional;
    const value = takesValue ? parseValue(command, option, text) : parseBoolean(command, variable, text);
    // `--no-mtime` sets mtime to false.
    const stored = option.negate ? !value : value;
    command.setOptionValueWithSource(option.attributeName(), stored, "env");
  }
}

function parseBoolean(command: Command, variable: string, text: string): boolean {
  if (/^(?:1|true)$/i.test(text)) return true;
  if (/^(?:0|false)$/i.test(text)) return false;
  return command.error(`error: ${variable} is ${JSON.stringify(text)}; expected 1, true, 0 or false`);
}

function parseValue(command: Command, option: Option, text: string): unknown {
  const { parseArg } = option;
  if (parseArg === undefined) return text;
  try {
    if (parseArg !== collect) return parseArg(text, undefined);
    const lines = text.split(/\r?\n/).filter((line) => line !== "");
    return lines.reduce<unknown>((previous, line) => parseArg(line, previous), undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return command.error(`error: ${variableOf(option)} is ${JSON.stringify(text)}. ${error.message}`);
  }
}
