import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { SITE_TIME, siteSandbox } from "./testing/run-cli.ts";

/** Two manifests, old.csv and new.csv: one path added, one changed, one removed. */
async function twoManifests() {
  const { sandbox, place } = await siteSandbox();
  await place.run(["pin", "s3://media/site/", "-o", "old.csv"]);
  sandbox.putObject("media", "site/index.html", "<h1>two, longer</h1>");
  sandbox.putObject("media", "site/new.txt", "new");
  sandbox.deleteObject("media", "site/img/logo.svg");
  await place.run(["pin", "s3://media/site/", "-o", "new.csv"]);
  return { sandbox, place };
}

const CHANGES =
  "- img/logo.svg\n~ index.html  12 B → 20 B\n+ new.txt  3 B\n1 added, 1 changed, 1 removed, 1 unchanged\n";

describe("s3pin diff", () => {
  it("compares two manifests", async () => {
    const { place } = await twoManifests();
    expect(await place.run(["diff", "old.csv", "new.csv"])).toMatchObject({ code: 0, stdout: CHANGES });
    expect(await place.run(["diff", "old.csv", "old.csv", "--exit-code"])).toMatchObject({
      code: 0,
      stdout: "No difference: 3 the same\n",
    });
    expect(await place.run(["diff", "old.csv", "new.csv", "--exit-code", "--quiet"])).toMatchObject({
      code: 3,
      stdout: "",
    });
  });

  it("prints JSON Lines with both versions", async () => {
    const { place } = await twoManifests();
    const { objects } = await place.run(["diff", "old.csv", "new.csv", "--json"]);
    expect(objects()).toMatchObject([
      { type: "removed", path: "img/logo.svg", before: { bytes: 6, lastModified: "2025-11-02T10:00:00.000Z" } },
      { type: "changed", path: "index.html", before: { bytes: 12 }, after: { bytes: 20 } },
      { type: "added", path: "new.txt", after: { bytes: 3, source: "s3://media/site/" } },
      { type: "summary", command: "diff", added: 1, changed: 1, removed: 1, unchanged: 1, exitCode: 0 },
    ]);
  });

  it("compares with a bucket, now or at a moment", async () => {
    const { place } = await twoManifests();
    expect((await place.run(["diff", "old.csv", "s3://media/site"])).stdout).toBe(CHANGES);
    expect((await place.run(["diff", "new.csv", "s3://media/site"])).stdout).toBe("No difference: 3 the same\n");
    expect((await place.run(["diff", "old.csv", "s3://media/site", "--at", SITE_TIME])).stdout).toBe(
      "No difference: 3 the same\n",
    );
    expect((await place.run(["diff", "s3://media/site", "s3://media/site", "--at", SITE_TIME])).stdout).toBe(CHANGES);
    expect(
      (await place.run(["diff", "s3://media/site", "s3://media/site", "--at", SITE_TIME, "--at", SITE_TIME])).stdout,
    ).toContain("No difference");
  });

  it("reads from standard input", async () => {
    const { place } = await twoManifests();
    const stdin = await readFile(place.path("new.csv"), "utf8");
    expect((await place.run(["diff", "old.csv", "-"], { stdin })).stdout).toBe(CHANGES);
  });

  it("reads REV:path from git", async () => {
    const { place } = await twoManifests();
    await mkdir(place.path("sub"));
    await writeFile(place.path("sub/media.csv"), await readFile(place.path("old.csv")));
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: place.directory });
    git("init", "-q");
    git("add", "sub/media.csv");
    git("commit", "-q", "-m", "pin");
    expect((await place.run(["diff", "HEAD:sub/media.csv", "new.csv"])).stdout).toBe(CHANGES);
    expect((await place.run(["diff", ":sub/media.csv", "new.csv"])).stdout).toBe(CHANGES);
    const missing = await place.run(["diff", "HEAD:nope.csv", "new.csv"]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("git knows no HEAD:nope.csv: fatal: path 'nope.csv' does not exist");
    const option = await place.run(["diff", "--", "--output=x:y", "new.csv"]);
    expect(option.code).toBe(2);
  });

  it("ends quietly when the reader goes away", async () => {
    const { place } = await siteSandbox();
    const lines = Array.from({ length: 50_000 }, (_, index) => `p/${String(index).padStart(6, "0")}.txt,v${index}`);
    await writeFile(place.path("many.csv"), `path,version_id\n${lines.join("\n")}\n`);
    await writeFile(place.path("none.csv"), "path,version_id\n");
    const { child, ended } = place.start(["diff", "none.csv", "many.csv"]);
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await ended).toMatchObject({ code: 141, stderr: "" });
  });
});
