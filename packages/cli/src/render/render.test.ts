import { diffManifests, parseManifest, type RestoreReport, S3PinError } from "@s3pin/core";
import { describe, expect, it } from "vitest";

import { changeTexts } from "./changes.ts";
import { paintFor } from "./color.ts";
import { debugText, errorText, redactorFor } from "./error-text.ts";
import { jsonLine } from "./json.ts";
import { createOutput } from "./output.ts";
import { createPathReporter } from "./path-reporter.ts";
import { restoreSummaryText } from "./restore-summary.ts";

const plain = (_tone: string, text: string) => text;

describe("paintFor()", () => {
  it.each([
    { name: "a terminal", isTTY: true, env: {}, isColorful: true },
    { name: "a file", isTTY: false, env: {}, isColorful: false },
    { name: "NO_COLOR", isTTY: true, env: { NO_COLOR: "1" }, isColorful: false },
    { name: "an empty NO_COLOR", isTTY: true, env: { NO_COLOR: "" }, isColorful: true },
    { name: "FORCE_COLOR on a file", isTTY: false, env: { FORCE_COLOR: "1" }, isColorful: true },
    { name: "FORCE_COLOR over NO_COLOR", isTTY: false, env: { FORCE_COLOR: "1", NO_COLOR: "1" }, isColorful: true },
    { name: "FORCE_COLOR=0", isTTY: true, env: { FORCE_COLOR: "0" }, isColorful: false },
    { name: "a dumb terminal", isTTY: true, env: { TERM: "dumb" }, isColorful: false },
  ])("colours $name: $isColorful", ({ isTTY, env, isColorful }) => {
    expect(paintFor({ isTTY }, env)("error", "x")).toBe(isColorful ? "\u001b[31mx\u001b[39m" : "x");
  });
});

describe("jsonLine()", () => {
  it("escapes what a terminal could take for more than text, and loses nothing", () => {
    const value = { path: 'a\u001b[31m\n"\\\u007f\u0085\u2028\u202e', nanoseconds: 5n };
    const line = jsonLine(value);
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(JSON.parse(line)).toEqual({ path: value.path, nanoseconds: "5" });
  });
});

describe("redactorFor()", () => {
  const redact = redactorFor({ AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG", AWS_SESSION_TOKEN: "short" });
  it.each([
    ["key wJalrXUtnFEMI/K7MDENG!", "key ***!"],
    ["a short word", "a short word"],
    ["http://me:pass@proxy:8080/x", "http://***@proxy:8080/x"],
    ["https://b/?X-Amz-Signature=abc123&x=1", "https://b/?X-Amz-Signature=***&x=1"],
    ["Credential=AKIA/2026/x, Signature=ff", "Credential=***, Signature=***"],
    ["s3://media/a@b.txt", "s3://media/a@b.txt"],
  ])("turns %s into %s", (text, expected) => expect(redact(text)).toBe(expected));
});

it("errorText() puts the hint on lines of its own", () => {
  expect(errorText(new S3PinError("USAGE", "What", { hint: "one\ntwo" }))).toBe("What\n  → one\n    two");
  expect(errorText(new S3PinError("USAGE", "What"))).toBe("What");
});

it("debugText() shows stack, code and causes, with control characters escaped", () => {
  const text = debugText(new S3PinError("INTERNAL", "outer", { cause: new Error("in\u001bner") }));
  expect(text).toMatch(/^S3PinError: outer\n {4}at [\s\S]*\[INTERNAL\]\ncaused by: Error: in\\u\{1b\}ner\n/);
});

it("changeTexts() lists changes by path in UTF-8 order", () => {
  const manifest = (text: string) => parseManifest(`path,version_id,size\n${text}`);
  const diff = diffManifests(
    manifest("b,1,5\nc,1,5\n\u{1f600},1,\nz,1,9"),
    manifest("a,1,7\nb,2,1500\nc,2,5\n\uff5e,1,\nz,1,9"),
  );
  expect([...changeTexts(diff, plain)].map((text) => text())).toEqual([
    "+ a  7 B",
    "~ b  5 B → 1.5 kB",
    "~ c  5 B",
    "+ \uff5e",
    "- \u{1f600}",
  ]);
});

describe("restoreSummaryText()", () => {
  const report: RestoreReport = {
    dryRun: false,
    entries: 3,
    downloaded: 0,
    bytesDownloaded: 0,
    unchanged: 0,
    bytesUnchanged: 0,
    deleted: 0,
    proofs: {},
    skipped: [],
    kept: [],
    failures: [],
    deletesWithheld: 0,
    refusal: undefined,
  };
  const refused = { path: "p", code: "c", reason: "r" };
  it.each([
    {
      name: "nothing to do",
      given: { unchanged: 3, bytesUnchanged: 9 },
      expected: "Nothing to do: 3 files (9 B) already in place in 5 ms",
    },
    { name: "an empty manifest", given: { entries: 0 }, expected: "The manifest is empty: nothing to do in 5 ms" },
    { name: "all new", given: { downloaded: 3, bytesDownloaded: 9 }, expected: "Downloaded 3 files (9 B) in 5 ms" },
    {
      name: "a dry run",
      given: { dryRun: true, downloaded: 1, bytesDownloaded: 1, deleted: 1200, unchanged: 2, bytesUnchanged: 4 },
      expected: "Would download 1 file (1 B), would delete 1,200, 2 files (4 B) already in place in 5 ms",
    },
    {
      name: "failures",
      given: { failures: [{ path: "p", error: new S3PinError("TIMEOUT", "t") }], unchanged: 2 },
      expected: "2 files (0 B) already in place, 1 failed in 5 ms",
    },
    {
      name: "skipped and kept",
      given: { downloaded: 1, skipped: [refused], kept: [refused] },
      expected: "Downloaded 1 file (0 B), 1 skipped, 1 kept in 5 ms",
    },
  ])("tells of $name", ({ given, expected }) => {
    expect(restoreSummaryText({ ...report, ...given }, { paint: plain, durationMs: 5 })).toBe(expected);
  });

  it("names the proofs when verbose", () => {
    const text = restoreSummaryText(
      { ...report, proofs: { index: 1200, "version-id": 1 } },
      { paint: plain, durationMs: 5, verbose: true },
    );
    expect(text).toContain("\nProved: 1,200 by the local index, 1 by their version id alone");
  });
});

describe("createPathReporter()", () => {
  function reporter(flags: { json?: boolean; verbose?: boolean; quiet?: boolean }, listAll = false) {
    let stdout = "";
    let stderr = "";
    const output = createOutput({
      stdout: {
        write: (text, done) => {
          stdout += text;
          done?.();
          return true;
        },
      },
      stderr: {
        write: (text, done) => {
          stderr += text;
          done?.();
          return true;
        },
      },
      environment: {},
      flags,
    });
    const { onPath } = createPathReporter(output, { listAll });
    onPath({ kind: "downloaded", path: "a\n", bytes: 1, proof: "md5" });
    onPath({ kind: "unchanged", path: "b", bytes: 1, proof: "index" });
    onPath({ kind: "deleted", path: "c" });
    onPath({ kind: "kept", path: "d", reason: "why" });
    const error = new S3PinError("TIMEOUT", "late", { hint: "Wait." });
    for (const path of ["e", "f"]) onPath({ kind: "failed", path, error });
    return output.end().then(() => ({ stdout, stderr }));
  }
  const FAILED = "failed e: late\n  → Wait.\nfailed f: late\n";

  it.each([
    { name: "plainly", flags: {}, stdout: "deleted c\nkept d: why\n" },
    {
      name: "verbosely",
      flags: { verbose: true },
      stdout: "downloaded a\\n  1 B\nunchanged b\ndeleted c\nkept d: why\n",
    },
    { name: "quietly", flags: { quiet: true }, stdout: "" },
  ])("tells $name", async ({ flags, stdout }) => expect(await reporter(flags)).toEqual({ stdout, stderr: FAILED }));

  it("tells in JSON", async () => {
    const { stdout, stderr } = await reporter({ json: true });
    expect(stderr).toBe(FAILED);
    const objects = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(objects).toEqual([
      { type: "downloaded", path: "a\n", bytes: 1, proof: "md5" },
      { type: "deleted", path: "c" },
      { type: "kept", path: "d", reason: "why" },
      { type: "failed", path: "e", code: "TIMEOUT", message: "late", hint: "Wait.", details: {} },
      { type: "failed", path: "f", code: "TIMEOUT", message: "late", hint: "Wait.", details: {} },
    ]);
  });
});
