import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type FaultAction, type Sandbox, startSandbox } from "@s3pin/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type CliResult, runCli } from "../cli/run-cli.ts";
import { workDir } from "../cli/work-dir.ts";
import { content } from "../site/content.ts";
import { filesBelow } from "../site/tree.ts";

const BUCKET = "faults";
const SOURCE = `s3://${BUCKET}/site/`;
const MIB = 1024 * 1024;
const OLD = "what stood there before\n";

/** How an object is stored decides how its bytes are proved. */
const kinds = [
  { kind: "an object whose ETag is its MD5", name: "single", sizeBytes: 60_000, options: {} },
  { kind: "a multipart object", name: "parts", sizeBytes: 60_000, options: { partSizeBytes: 20_000 } },
  { kind: "an object in ranges", name: "large", sizeBytes: 33 * MIB, options: {} },
  {
    kind: "a multipart object in ranges",
    name: "large-parts",
    sizeBytes: 33 * MIB,
    options: { partSizeBytes: 8 * MIB },
  },
] as const;

const faults: readonly { readonly fault: string; readonly action: FaultAction; readonly passes: boolean }[] = [
  { fault: "one flipped bit", action: { kind: "corrupt", atByte: 31_000 }, passes: true },
  { fault: "a short body that says it is whole", action: { kind: "short", bytes: 59_999 }, passes: true },
  { fault: "a body cut in the middle", action: { kind: "cut", afterBytes: 30_000 }, passes: true },
  { fault: "a body without a length, ended early", action: { kind: "truncate-after", bytes: 30_000 }, passes: true },
  { fault: "an empty body without a length", action: { kind: "truncate-after", bytes: 0 }, passes: true },
  { fault: "the current version in place of the pinned one", action: { kind: "ignore-version" }, passes: false },
  { fault: "another version's id", action: { kind: "header", set: { "x-amz-version-id": "another" } }, passes: false },
  { fault: "no version id", action: { kind: "header", set: { "x-amz-version-id": null } }, passes: false },
  { fault: "an error document with status 200", action: { kind: "xml-error-200" }, passes: false },
];

const cases = kinds.flatMap(({ kind, name, sizeBytes, options }, kindIndex) =>
  faults.map((fault, index) => ({
    ...{ ...fault, kind, options },
    path: `${name}-${index}.bin`,
    bytes: () => content(1 + index + 100 * kindIndex, sizeBytes),
  })),
);
const GOOD = "good.bin";
const goodBytes = content(1_000, 5_000);
const allPaths = [...cases.map(({ path }) => path), GOOD].sort();

const work = workDir("wrong-bytes");
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ now: Date.parse("2026-11-02T10:00:00Z") });
  sandbox.createBucket(BUCKET);
  for (const { path, bytes, options } of cases) sandbox.putObject(BUCKET, `site/${path}`, bytes(), options);
  sandbox.putObject(BUCKET, `site/${GOOD}`, goodBytes);
  const pinned = await runCli(["pin", SOURCE, "-o", work.at("manifest.csv")], { env: env() });
  expect(pinned, pinned.stderr).toMatchObject({ code: 0 });
  // What the store answers with if it forgets the version.
  sandbox.advanceClock(60_000);
  for (const path of allPaths) sandbox.putObject(BUCKET, `site/${path}`, content(2_000, 60_000));
});

afterAll(async () => {
  await sandbox?.close();
  work.remove();
});

const env = () => ({ ...work.env, ...sandbox.env });

/** A root in which every file of the manifest is there, with other bytes. */
function makeRootWithOldFiles(root: string): void {
  mkdirSync(root);
  for (const path of allPaths) writeFileSync(`${root}/${path}`, OLD);
}

/** Whether a file holds these bytes: no assertion should print 33 MiB. */
function holds(file: string, bytes: Buffer): boolean {
  return readFileSync(file).equals(bytes);
}

// s3pin restore manifest.csv root
describe("restore, when the store sends wrong bytes again and again", () => {
  const root = work.at("again");
  let result: CliResult;

  beforeAll(async () => {
    makeRootWithOldFiles(root);
    const handles = cases.map(({ path, action }) =>
      sandbox.fault({ operation: "GetObject", key: `site/${path}`, action }),
    );
    result = await runCli(["restore", work.at("manifest.csv"), root, "--json"], { env: env() });
    for (const handle of handles) handle.remove();
  }, 110_000);

  it.each(cases)("keeps the old file: $kind, $fault", ({ path }) => {
    expect(holds(`${root}/${path}`, Buffer.from(OLD))).toBe(true);
    const events = result.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as unknown);
    expect(events).toContainEqual(expect.objectContaining({ type: "failed", path }));
  });

  it("restores the rest, leaves nothing else, and says that it failed", async () => {
    expect(result.code, result.stderr).toBe(1);
    expect(holds(`${root}/${GOOD}`, goodBytes)).toBe(true);
    expect(await filesBelow(root)).toEqual(allPaths);
  });
});

// s3pin restore manifest.csv root
describe("restore, when the store sends wrong bytes once", () => {
  const root = work.at("once");
  const passing = cases.filter(({ passes }) => passes);
  let result: CliResult;

  beforeAll(async () => {
    makeRootWithOldFiles(root);
    const handles = passing.map(({ path, action }) =>
      sandbox.fault({ operation: "GetObject", key: `site/${path}`, attempts: [1], action }),
    );
    result = await runCli(["restore", work.at("manifest.csv"), root], { env: env() });
    expect(handles.map(({ hits }) => hits)).toEqual(passing.map(() => 1));
    for (const handle of handles) handle.remove();
  }, 110_000);

  it.each(passing)("gets the right bytes in the end: $kind, $fault", ({ path, bytes }) => {
    expect(holds(`${root}/${path}`, bytes())).toBe(true);
  });

  it("says that all is well, and leaves nothing else", async () => {
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(await filesBelow(root)).toEqual(allPaths);
  });
});
