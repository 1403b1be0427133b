import { readFileSync } from "node:fs";

import { type ErrorCode, S3PinError } from "@s3pin/core";
import { describe, expect, it } from "vitest";

import { EXIT_CODES, restoreExitCode } from "./exit-code.ts";

describe("restoreExitCode()", () => {
  const cases: readonly { name: string; failures: readonly ErrorCode[]; skipped?: number; expected: number }[] = [
    { name: "nothing wrong", failures: [], expected: 0 },
    { name: "a path skipped", failures: [], skipped: 1, expected: 3 },
    { name: "one archived", failures: ["VERSION_ARCHIVED"], expected: 3 },
    { name: "one gone", failures: ["VERSION_GONE"], expected: 4 },
    { name: "gone and archived", failures: ["VERSION_ARCHIVED", "VERSION_GONE"], skipped: 1, expected: 4 },
    { name: "one of another kind", failures: ["DIGEST_MISMATCH"], expected: 1 },
    { name: "gone, archived and another", failures: ["VERSION_GONE", "VERSION_ARCHIVED", "TIMEOUT"], expected: 1 },
    { name: "a guard's code at one path", failures: ["PATH_CONFLICTS"], expected: 1 },
  ];
  it.each(cases)("gives $expected for $name", ({ failures, skipped = 0, expected }) => {
    const report = {
      failures: failures.map((code) => ({ path: code, error: new S3PinError(code, code) })),
      skipped: Array.from({ length: skipped }, () => ({ path: "p", code: "c", reason: "r" })),
      refusal: undefined,
    };
    expect(restoreExitCode(report)).toBe(expected);
  });

  it("gives the refusal's for a dry run whose real one would be refused", () => {
    const refusal = new S3PinError("TOO_MANY_DELETES", "too many");
    expect(restoreExitCode({ failures: [], skipped: [], refusal })).toBe(5);
  });
});

describe("docs/errors.md", () => {
  const text = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const stated = Object.fromEntries(
    [...text.matchAll(/^### `([A-Z_]+)`\n\nExit code (\d+)\./gm)].map(([, code, exitCode]) => [code, Number(exitCode)]),
  );

  it("names every code with the exit code of the table, and no other", () => {
    expect(stated).toEqual(EXIT_CODES);
  });

  it("names the codes in the README's table of exit codes, too", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const code of new Set(Object.values(EXIT_CODES))) expect(readme).toMatch(new RegExp(`^\\| ${code}\\b`, "m"));
  });
});
