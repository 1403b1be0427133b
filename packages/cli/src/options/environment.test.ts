import { Command, Option } from "commander";
import { describe, expect, it } from "vitest";

import { applyEnvironment } from "./environment.ts";
import { collect, parseMaxDelete } from "./parse-values.ts";

function parse(argv: readonly string[], environment: Record<string, string>) {
  let message = "";
  const command = new Command("test")
    .exitOverride()
    .version("1.0.0")
    .configureOutput({
      writeErr(text) {
        message += text;
      },
    })
    .addOption(new Option("--delete"))
    .addOption(new Option("--no-mtime"))
    .addOption(new Option("--profile <name>"))
    .addOption(new Option("--max-delete <n>").argParser(parseMaxDelete))
    .addOption(new Option("-e, --exclude-regex <regex>").argParser(collect));
  try {
    command.parse(argv, { from: "user" });
    applyEnvironment(command, environment);
  } catch {
    return message.trim();
  }
  return command.opts();
}

describe("applyEnvironment()", () => {
  it.each([
    { name: "a value", env: { S3PIN_PROFILE: "site" }, expected: { profile: "site", mtime: true } },
    { name: "an empty value as none", env: { S3PIN_PROFILE: "", S3PIN_DELETE: "" }, expected: { mtime: true } },
    { name: "1", env: { S3PIN_DELETE: "1" }, expected: { delete: true, mtime: true } },
    { name: "True", env: { S3PIN_DELETE: "True" }, expected: { delete: true, mtime: true } },
    { name: "0", env: { S3PIN_DELETE: "0" }, expected: { delete: false, mtime: true } },
    { name: "a negation", env: { S3PIN_NO_MTIME: "true" }, expected: { mtime: false } },
    { name: "a negation that is false", env: { S3PIN_NO_MTIME: "false" }, expected: { mtime: true } },
    {
      name: "a value to be parsed",
      env: { S3PIN_MAX_DELETE: "5%" },
      expected: { maxDelete: { percent: 5 }, mtime: true },
    },
    {
      name: "one value a line",
      env: { S3PIN_EXCLUDE_REGEX: "a, b\r\n{c,d}\n" },
      expected: { excludeRegex: ["a, b", "{c,d}"], mtime: true },
    },
    { name: "not a version", env: { S3PIN_VERSION: "1.2.3" }, expected: { mtime: true } },
  ])("takes $name", ({ env, expected }) => expect(parse([], env)).toEqual(expected));

  it("lets the command line win", () => {
    const env = { S3PIN_PROFILE: "a", S3PIN_MAX_DELETE: "nonsense", S3PIN_EXCLUDE_REGEX: "x" };
    expect(parse(["--profile", "b", "--max-delete", "1", "-e", "y"], env)).toEqual({
      profile: "b",
      maxDelete: { files: 1 },
      excludeRegex: ["y"],
      mtime: true,
    });
  });

  it.each([
    { env: { S3PIN_DELETE: "yes" }, says: 'error: S3PIN_DELETE is "yes"; expected 1, true, 0 or false' },
    { env: { S3PIN_MAX_DELETE: "all" }, says: 'error: S3PIN_MAX_DELETE is "all". Give a number of files' },
  ])("refuses $env", ({ env, says }) => expect(parse([], env)).toContain(says));
});
