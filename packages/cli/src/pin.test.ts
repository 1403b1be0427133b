import { readFile, stat, utimes, writeFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { cliPlace, SITE_TIME, siteSandbox, testSandbox } from "./testing/run-cli.ts";

const HEADER = "path,version_id,size,etag,last_modified,source\n";

describe("s3pin pin", () => {
  it("writes a manifest and says what it holds", async () => {
    const { place } = await siteSandbox();
    const { code, stdout, stderr } = await place.run(["pin", "s3://media/site", "-o", "media.csv"]);
    expect(stderr).toBe("");
    expect(stdout).toBe("Pinned 3 objects (35 B) of s3://media/site/ in media.csv\n");
    expect(code).toBe(0);
    const text = await readFile(place.path("media.csv"), "utf8");
    expect(text.startsWith(HEADER)).toBe(true);
    expect(text).toMatch(/^index\.html,[^,]+,12,[0-9a-f]{32},2025-11-02T10:00:00Z,s3:\/\/media\/site\/$/m);
  });

  it("writes s3pin.csv by default", async () => {
    const { place } = await siteSandbox();
    await place.run(["pin", "s3://media/"]);
    expect(await readFile(place.path("s3pin.csv"), "utf8")).toContain("site/index.html,");
  });

  it("leaves the file alone when nothing has changed", async () => {
    const { place } = await siteSandbox();
    const args = ["pin", "s3://media/site/", "-o", "media.csv"];
    await place.run(args);
    await utimes(place.path("media.csv"), 1, 1);
    const { code, stdout } = await place.run(args);
    expect(stdout).toBe("Nothing has changed: media.csv holds 3 objects (35 B) of s3://media/site/\n");
    expect(code).toBe(0);
    expect((await stat(place.path("media.csv"))).mtimeMs).toBe(1000);
  });

  it("lists what has changed, and with --dry-run writes nothing", async () => {
    const { sandbox, place } = await siteSandbox();
    const args = ["pin", "s3://media/site/", "-o", "media.csv"];
    await place.run(args);
    const before = await readFile(place.path("media.csv"), "utf8");
    sandbox.putObject("media", "site/index.html", "<h1>two, longer</h1>");
    sandbox.putObject("media", "site/new.txt", "new");
    sandbox.deleteObject("media", "site/img/logo.svg");
    const changes = "- img/logo.svg\n~ index.html  12 B → 20 B\n+ new.txt  3 B\n";
    expect((await place.run([...args, "--dry-run"])).stdout).toBe(
      `${changes}Would pin 3 objects (40 B) of s3://media/site/ in media.csv: 1 added, 1 changed, 1 removed\n`,
    );
    expect(await readFile(place.path("media.csv"), "utf8")).toBe(before);
    expect((await place.run(args)).stdout).toBe(
      `${changes}Pinned 3 objects (40 B) of s3://media/site/ in media.csv: 1 added, 1 changed, 1 removed\n`,
    );
    expect(await readFile(place.path("media.csv"), "utf8")).not.toBe(before);
  });

  it("lists at most twenty changes, and all with --verbose", async () => {
    const { sandbox, place } = await siteSandbox();
    const args = ["pin", "s3://media/site/", "-o", "media.csv"];
    await place.run(args);
    for (let index = 10; index < 40; index++) sandbox.putObject("media", `site/${index}.txt`, "x");
    const short = await place.run([...args, "--dry-run"]);
    expect(short.stdout.split("\n")).toHaveLength(20 + 3);
    expect(short.stdout).toContain("… and 10 paths more (--verbose lists them all)\n");
    const long = await place.run([...args, "--dry-run", "--verbose"]);
    expect(long.stdout.split("\n")).toHaveLength(30 + 2);
  });

  it("prints the manifest alone on stdout with -o -", async () => {
    const { place } = await siteSandbox();
    const { code, stdout, stderr } = await place.run(["pin", "s3://media/site/", "-o", "-"]);
    expect(code).toBe(0);
    expect(stdout.startsWith(HEADER)).toBe(true);
    expect(stdout.split("\n")).toHaveLength(5);
    expect(stderr).toBe("Pinned 3 objects (35 B) of s3://media/site/\n");
  });

  it("prints JSON Lines with --json", async () => {
    const { place } = await siteSandbox();
    const { objects, stderr } = await place.run(["pin", "s3://media/site/", "-o", "media.csv", "--json"]);
    expect(stderr).toBe("");
    expect(objects().map(({ type, path }) => [type, path])).toEqual([
      ["added", "css/site.css"],
      ["added", "img/logo.svg"],
      ["added", "index.html"],
      ["summary", undefined],
    ]);
    expect(objects().at(-1)).toMatchObject({
      command: "pin",
      written: true,
      objects: 3,
      bytes: 35,
      added: 3,
      removed: 0,
    });
  });

  it("pins what was there at a moment, and tells of ties", async () => {
    const { sandbox, place } = await siteSandbox();
    sandbox.putObject("media", "site/index.html", "<h1>later</h1>");
    const at = await place.run(["pin", "s3://media/site/", "-o", "-", "--at", SITE_TIME]);
    expect(at.stdout).toContain("index.html,");
    expect(at.stdout).toContain(",12,");
    expect(at.stderr).toContain(`as of ${SITE_TIME}`);
    sandbox.putObject("media", "site/tie.txt", "a", { lastModified: SITE_TIME });
    sandbox.putObject("media", "site/tie.txt", "b", { lastModified: SITE_TIME });
    sandbox.putObject("media", "site/tie.txt", "later");
    const tie = await place.run(["pin", "s3://media/site/", "-o", "tie.csv", "--at", SITE_TIME, "--json"]);
    expect(tie.stderr).toContain("warning: One key has several versions in the second of --at");
    expect(tie.objects()).toContainEqual(expect.objectContaining({ type: "warning", code: "TIES" }));
    expect(tie.code).toBe(0);
  });

  it("leaves out what the filters leave out", async () => {
    const { place } = await siteSandbox();
    const args = ["pin", "s3://media/site/", "-o", "-", "-q"];
    const paths = (text: string) =>
      text
        .split("\n")
        .slice(1, -1)
        .map((line) => line.split(",")[0]);
    expect(paths((await place.run([...args, "--exclude", "**/*.svg", "--exclude", "css/**"])).stdout)).toEqual([
      "index.html",
    ]);
    expect(paths((await place.run([...args, "--exclude-regex", "\\.(css|svg)$"])).stdout)).toEqual(["index.html"]);
    const env = { S3PIN_INCLUDE: "**/*.svg\n**/*.css" };
    expect(paths((await place.run(args, { env })).stdout)).toEqual(["css/site.css", "img/logo.svg"]);
  });

  it("takes the seed's flags: pin -b media -m media.csv", async () => {
    const { place } = await siteSandbox();
    const { code, stdout } = await place.run([
      "pin",
      "-b",
      "media",
      "-m",
      "seed.csv",
      "-r",
      "x",
      "-t",
      "8",
      "-f",
      "100",
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe("Pinned 3 objects (35 B) of s3://media/ in seed.csv\n");
  });

  it("rewrites a manifest of the seed in s3pin's format", async () => {
    const { place } = await siteSandbox();
    const manifest = (await place.run(["pin", "s3://media/", "-o", "-"])).stdout;
    const seed = manifest
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(",").slice(0, 2).join(","));
    await writeFile(place.path("seed.csv"), `${seed.join("\n")}\n`);
    const { stdout } = await place.run(["pin", "s3://media/", "-o", "seed.csv"]);
    expect(stdout).toContain("the same versions, written anew in s3pin's format");
    expect(await readFile(place.path("seed.csv"), "utf8")).toBe(manifest);
  });

  it("does not overwrite a file that is no manifest", async () => {
    const { sandbox, place } = await siteSandbox();
    await writeFile(place.path("notes.txt"), "hello\n");
    const { code, stderr } = await place.run(["pin", "s3://media/", "-o", "notes.txt"]);
    expect(code).toBe(2);
    expect(stderr).toContain("notes.txt exists and is no manifest, so it is not overwritten");
    expect(stderr).toContain("notes.txt:1:1: found");
    expect(await readFile(place.path("notes.txt"), "utf8")).toBe("hello\n");
    expect(sandbox.log).toEqual([]);
  });

  it("escapes control characters of keys", async () => {
    const { sandbox, place } = await siteSandbox();
    await place.run(["pin", "s3://media/", "-o", "media.csv"]);
    sandbox.putObject("media", "red\u001b[31m\nnew\tline", "x");
    const { stdout } = await place.run(["pin", "s3://media/", "-o", "media.csv"]);
    expect(stdout).toContain("+ red\\u{1b}[31m\\nnew\\tline  1 B\n");
    expect(stdout).not.toContain("\u001b");
  });

  it.each([
    {
      name: "no such bucket",
      args: ["s3://nope/"],
      code: 1,
      error: "BUCKET_NOT_FOUND",
      says: "There is no bucket nope",
    },
    {
      name: "a wrong secret",
      args: ["s3://media/"],
      env: { AWS_SECRET_ACCESS_KEY: "wrong-secret" },
      code: 1,
      error: "CREDENTIALS_REFUSED",
      says: "refused the credentials",
    },
    {
      name: "no credentials",
      args: ["s3://media/"],
      env: { AWS_ACCESS_KEY_ID: undefined },
      code: 1,
      error: "CREDENTIALS_MISSING",
      says: "No AWS credentials were found",
    },
    {
      name: "nobody listening",
      args: ["s3://media/"],
      env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
      code: 1,
      error: "CONNECTION_FAILED",
      says: "Nothing listens at http://127.0.0.1:1",
    },
    {
      name: "nothing under the prefix",
      args: ["s3://media/nope/"],
      code: 5,
      error: "EMPTY_LISTING",
      says: "Nothing is stored under s3://media/nope/",
    },
    { name: "no versioning", args: ["s3://plain/"], code: 5, error: "VERSIONING_OFF", says: "has no versioning" },
    {
      name: "a bad pattern",
      args: ["s3://media/", "--exclude-regex", "("],
      code: 2,
      error: "INVALID_PATTERN",
      says: "is not a pattern",
    },
  ])("fails with $code for $name", async ({ args, env, code, error, says }) => {
    const { sandbox, place } = await siteSandbox();
    sandbox.createBucket("plain", { versioning: "Off" });
    sandbox.putObject("plain", "a.txt", "a");
    const result = await place.run(["pin", ...args, "-o", "x.csv", "--json"], env === undefined ? {} : { env });
    expect(result.stderr).toContain(says);
    expect(result.stderr).toMatch(/^error: .*\n {2}→ /);
    expect(result.stderr).not.toContain("testtest");
    expect(result.objects()).toMatchObject([{ type: "error", code: error, message: expect.any(String) }]);
    expect(result.code).toBe(code);
    await expect(stat(place.path("x.csv"))).rejects.toThrow("ENOENT");
  });

  it("--debug shows the stack and no secret", async () => {
    const { place } = await siteSandbox();
    const { stderr } = await place.run(["pin", "s3://media/", "--debug"], {
      env: { AWS_SECRET_ACCESS_KEY: "a-wrong-secret" },
    });
    expect(stderr).toContain("[CREDENTIALS_REFUSED]");
    expect(stderr).toContain("    at ");
    expect(stderr).toContain("caused by:");
    expect(stderr).not.toContain("a-wrong-secret");
  });

  it("reaches a public bucket with --no-sign-request", async () => {
    const sandbox = await testSandbox({ anonymous: true });
    sandbox.createBucket("media");
    sandbox.putObject("media", "a.txt", "a");
    const place = await cliPlace({ AWS_ENDPOINT_URL_S3: sandbox.endpoint });
    const { code, stdout } = await place.run(["pin", "s3://media/", "-o", "-", "--no-sign-request"]);
    expect(code).toBe(0);
    expect(stdout).toContain("a.txt,");
  });
});
