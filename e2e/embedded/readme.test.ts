import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { startSandbox } from "@s3pin/sandbox";
import { expect, it, onTestFinished } from "vitest";

import { runCli } from "../cli/run-cli.ts";
import { workDir } from "../cli/work-dir.ts";

const BUCKET = "media.example.com";

/** What happens between the README's commands, by the command that comes after it. */
const BEFORE: Readonly<Record<string, (at: (...names: string[]) => string) => void>> = {
  "verify media.csv public/media": (at) => writeFileSync(at("public", "media", "index.html"), "broken\n"),
};

interface Step {
  readonly command: string;
  readonly output: string;
}

it("README's commands print what README says", async () => {
  const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  const blocks = [...readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => stepsOf(block));
  const steps = blocks.filter(({ command }) => command.startsWith("s3pin "));
  expect(steps.length).toBeGreaterThan(5);

  const work = workDir("readme");
  const sandbox = await startSandbox({ now: Date.parse("2026-11-02T10:00:00Z") });
  onTestFinished(async () => {
    await sandbox.close();
    work.remove();
  });
  sandbox.createBucket(BUCKET);
  sandbox.putObject(BUCKET, "site/index.html", "<h1>hello</h1>");
  sandbox.putObject(BUCKET, "site/img/hero.jpg", Buffer.alloc(48_213, 1));
  sandbox.putObject(BUCKET, "site/docs/terms.txt", "x");
  sandbox.putObject(BUCKET, "site/old.txt", "o");
  sandbox.setClock("2026-11-05T10:00:00Z");
  sandbox.putObject(BUCKET, "site/img/hero.jpg", Buffer.alloc(51_002, 2));
  sandbox.deleteObject(BUCKET, "site/old.txt");
  sandbox.putObject(BUCKET, "site/news.txt", "n");

  for (const { command, output } of steps) {
    const args = command.split(" ").slice(1);
    BEFORE[args.join(" ")]?.(work.at);
    const { stdout } = await runCli(args, { cwd: work.path, env: { ...work.env, ...sandbox.env } });
    expect(`$ ${command}\n${withoutTimes(stdout)}`).toBe(`$ ${command}\n${withoutTimes(output)}`);
  }
});

function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => ({ command: text.slice(0, text.indexOf("\n")), output: text.slice(text.indexOf("\n") + 1) }));
}

function withoutTimes(text: string): string {
  return text.replace(/ in [\d.]+ (?:ms|s)$/gm, " in SOME TIME");
}
