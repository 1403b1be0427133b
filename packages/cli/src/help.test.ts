import { expect, it } from "vitest";

import { cliPlace } from "./testing/run-cli.ts";

const COMMANDS = ["pin", "restore", "status", "verify", "diff"];

it("--version prints the version", async () => {
  const { run } = await cliPlace();
  expect(await run(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

it("--help names every command, the variables and the exit codes", async () => {
  const { run } = await cliPlace();
  const { code, stdout } = await run(["--help"]);
  expect(code).toBe(0);
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  expect(stdout).toContain("S3PIN_MAX_DELETE");
  expect(stdout).toContain("Exit codes:");
});

it.each(COMMANDS)("%s --help describes the command, with examples and exit codes, in 80 columns", async (command) => {
  const { run } = await cliPlace();
  const { code, stdout, stderr } = await run([command, "--help"]);
  expect(code).toBe(0);
  expect(stderr).toBe("");
  expect(stdout).toMatch(new RegExp(`^Usage: s3pin ${command} <`));
  expect(stdout).toContain(`Examples:\n  $ s3pin ${command} `);
  expect(stdout).toContain("Exit codes:");
  expect(stdout).toContain("--json");
  expect(stdout.split("\n").filter((line) => line.length > 88)).toEqual([]);
});

it("s3pin alone shows the help on stderr and exits 2", async () => {
  const { run } = await cliPlace();
  expect(await run([])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^Usage: s3pin/) });
});

it.each([
  { args: ["pni", "s3://media/"], message: "Unknown command 'pni'", hint: "Did you mean pin?" },
  { args: ["restore", "a", "b", "--dleete"], message: "Unknown option '--dleete'", hint: "Did you mean --delete?" },
  { args: ["restore", "a", "b", "c"], message: "Too many arguments", hint: "See s3pin restore --help." },
  { args: ["restore", "a"], message: "No root", hint: "s3pin restore media.csv public/media" },
  { args: ["verify"], message: "No manifest", hint: "s3pin verify media.csv public/media" },
  { args: ["pin"], message: "No source", hint: "s3pin pin s3://" },
  { args: ["diff", "a"], message: "Missing required argument 'b'", hint: "See s3pin diff --help." },
  { args: ["pin", "media"], message: "not a source", hint: "Did you mean s3://media?" },
  { args: ["pin", "s3://a/", "-b", "b"], message: "<source> is given twice", hint: "Give it once." },
  { args: ["pin", "s3://a/", "-o", "x", "-m", "y"], message: "The manifest is given twice", hint: "Give it once." },
  { args: ["pin", "s3://a/", "-o", "-", "--json"], message: "With -o -", hint: "to a file" },
  { args: ["pin", "s3://a/", "--at", "soon"], message: "Not a time", hint: "an age" },
  { args: ["pin", "s3://a/", "--endpoint-url", "x"], message: "argument 'x' is invalid", hint: "s3pin pin --help" },
  { args: ["restore", "a", "b", "-m", "c"], message: "<manifest> is given twice: a and -m c", hint: "Give it once." },
  { args: ["restore", "a", "b", "-t", "0"], message: "whole number from 1", hint: "s3pin restore --help" },
  { args: ["restore", "a", "b", "--max-delete", "x"], message: "as in 25%", hint: "s3pin restore --help" },
  { args: ["restore", "a", "b", "--sse-c-key", "abc"], message: "expected 32", hint: "fileb://" },
  { args: ["restore", "a", "b", "--source", "s3://x", "-b", "y"], message: "The source is given twice", hint: "once" },
  { args: ["diff", "-", "-"], message: "Only one of the two", hint: "" },
  { args: ["diff", "a", "b", "--at", "1h"], message: "there is no s3:// URI for it", hint: "--at says" },
])("s3pin $args is a usage error that names what is wrong and the next step", async ({ args, message, hint }) => {
  const { run } = await cliPlace();
  const { code, stdout, stderr } = await run(args);
  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
  expect(stderr).toMatch(/^error: [A-Z-<"]/);
  expect(stdout === "" || args.includes("--json")).toBe(true);
  expect(code).toBe(2);
});

it("a usage error with --json is an object too", async () => {
  const { run } = await cliPlace();
  const { code, objects } = await run(["restore", "--json", "--nope"]);
  expect(code).toBe(2);
  expect(objects()).toMatchObject([{ type: "error", code: "USAGE", message: "Unknown option '--nope'" }]);
});
