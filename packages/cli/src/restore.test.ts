import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { type CliPlace, siteSandbox } from "./testing/run-cli.ts";

async function pinnedSite() {
  const site = await siteSandbox();
  await site.place.run(["pin", "s3://media/site/", "-o", "media.csv"]);
  site.sandbox.clearLog();
  return site;
}

const RESTORE = ["restore", "media.csv", "root"];

async function filesBelow(place: CliPlace, root = "root"): Promise<string[]> {
  const found = await readdir(place.path(root), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(place.path(root).length + 1))
    .sort();
}

describe("s3pin restore", () => {
  it("restores, and then has nothing to do, without requests or credentials", async () => {
    const { sandbox, place } = await pinnedSite();
    const first = await place.run(RESTORE);
    expect(first.stderr).toBe("");
    expect(first.stdout).toMatch(/^Downloaded 3 files \(35 B\) in \d/);
    expect(first.code).toBe(0);
    expect(await filesBelow(place)).toEqual(["css/site.css", "img/logo.svg", "index.html"]);
    expect(await readFile(place.path("root/index.html"), "utf8")).toBe("<h1>one</h1>");
    expect((await stat(place.path("root/index.html"))).mtime.toISOString()).toBe("2025-11-02T10:00:00.000Z");

    sandbox.clearLog();
    const env = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const second = await place.run(RESTORE, { env });
    expect(second.stdout).toMatch(/^Nothing to do: 3 files \(35 B\) already in place in \d/);
    expect(second.code).toBe(0);
    expect(sandbox.log).toEqual([]);
  });

  it("restores the pinned versions, not the current ones", async () => {
    const { sandbox, place } = await pinnedSite();
    sandbox.putObject("media", "site/index.html", "<h1>two</h1>");
    sandbox.deleteObject("media", "site/img/logo.svg");
    expect((await place.run(RESTORE)).code).toBe(0);
    expect(await readFile(place.path("root/index.html"), "utf8")).toBe("<h1>one</h1>");
    expect(await readFile(place.path("root/img/logo.svg"), "utf8")).toBe("<svg/>");
  });

  it("prints JSON Lines, with unchanged paths only when verbose", async () => {
    const { place } = await pinnedSite();
    const first = await place.run([...RESTORE, "--json"]);
    expect(first.objects()).toHaveLength(4);
    expect(first.objects()).toContainEqual({ type: "downloaded", path: "index.html", bytes: 12, proof: "md5" });
    expect(first.objects().at(-1)).toMatchObject({
      type: "summary",
      command: "restore",
      downloaded: 3,
      failed: 0,
      exitCode: 0,
    });
    expect((await place.run([...RESTORE, "--json"])).objects()).toHaveLength(1);
    const verbose = (await place.run([...RESTORE, "--json", "--verbose"])).objects();
    expect(verbose).toContainEqual({ type: "unchanged", path: "index.html", bytes: 12, proof: "index" });
  });

  it("--dry-run lists, asks for nothing and writes nothing", async () => {
    const { sandbox, place } = await pinnedSite();
    const { code, stdout } = await place.run([...RESTORE, "--dry-run"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^would download css\/site\.css {2}17 B\n.*\n.*\nWould download 3 files \(35 B\) in /);
    await expect(stat(place.path("root"))).rejects.toThrow("ENOENT");
    expect(sandbox.log).toEqual([]);
    const { objects } = await place.run([...RESTORE, "--dry-run", "--json"]);
    expect(objects()[0]).toEqual({ type: "would-download", path: "css/site.css", bytes: 17 });
  });

  it("--prune deletes what an earlier restore put there, and only that", async () => {
    const { sandbox, place } = await pinnedSite();
    await place.run(RESTORE);
    await writeFile(place.path("root/mine.txt"), "mine");
    sandbox.deleteObject("media", "site/img/logo.svg");
    await place.run(["pin", "s3://media/site/", "-o", "media.csv"]);
    const { code, stdout } = await place.run([...RESTORE, "--prune"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^deleted img\/logo\.svg\nDownloaded 0 files \(0 B\), deleted 1, 2 files \(29 B\) already in place/,
    );
    expect(await filesBelow(place)).toEqual(["css/site.css", "index.html", "mine.txt"]);
  });

  it("--delete makes the root mirror the manifest", async () => {
    const { place } = await pinnedSite();
    await mkdir(place.path("root"));
    await writeFile(place.path("root/mine.txt"), "mine");
    expect((await place.run([...RESTORE, "--delete", "--json"])).objects()).toContainEqual({
      type: "deleted",
      path: "mine.txt",
    });
    expect(await filesBelow(place)).toEqual(["css/site.css", "img/logo.svg", "index.html"]);
  });

  it("refuses to delete more than --max-delete, and lists it all in a dry run", async () => {
    const { sandbox, place } = await pinnedSite();
    await mkdir(place.path("root"));
    for (const name of ["a", "b", "c"]) await writeFile(place.path("root", name), "x");
    const args = [...RESTORE, "--delete", "--max-delete", "2"];
    const { code, stderr } = await place.run(args);
    expect(code).toBe(5);
    expect(stderr).toContain("3 of 3 files would be deleted, and at most 2 may");
    expect(await filesBelow(place)).toEqual(["a", "b", "c"]);
    expect(sandbox.log).toEqual([]);
    const dry = await place.run([...args, "--dry-run"]);
    expect(dry.code).toBe(5);
    expect(dry.stdout).toContain("would delete a\nwould delete b\nwould delete c\nWould download 3 files");
    expect(dry.stderr).toContain("at most 2 may");
    expect((await place.run([...RESTORE, "--delete", "--max-delete", "100%"])).code).toBe(0);
  });

  it.each([
    { name: "a root with .git", root: "root", prepare: ["root/.git"], says: "holds a git repository" },
    { name: "an ancestor of the current directory", root: "..", prepare: [], says: "holds the current directory" },
    { name: "the root of the file system", root: "/", prepare: [], says: "is the root of the file system" },
  ])("refuses to delete in $name", async ({ root, prepare, says }) => {
    const { place } = await pinnedSite();
    for (const directory of prepare) await mkdir(place.path(directory), { recursive: true });
    const { code, stderr } = await place.run(["restore", "media.csv", root, "--delete"]);
    expect(stderr).toContain(says);
    expect(stderr).toContain("--dangerous-root");
    expect(code).toBe(5);
  });

  it("never deletes for an empty manifest", async () => {
    const { place } = await pinnedSite();
    await place.run(RESTORE);
    await writeFile(place.path("empty.csv"), "path,version_id\n");
    expect((await place.run(["restore", "empty.csv", "root", "--delete"])).code).toBe(5);
    expect(await filesBelow(place)).toHaveLength(3);
  });

  it("takes the seed's flags, its manifest, and variables", async () => {
    const { place } = await siteSandbox();
    const manifest = (await place.run(["pin", "s3://media/", "-o", "-"])).stdout;
    const seed = manifest
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(",").slice(0, 2).join(","));
    await writeFile(place.path("seed.csv"), seed.join("\n"));
    const missing = await place.run(["restore", "seed.csv", "a"]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("-b bucket");
    expect(
      (await place.run(["restore", "-r", "a", "-m", "seed.csv", "-b", "media", "-t", "10", "-f", "100"])).code,
    ).toBe(0);
    expect((await place.run(["restore", "-m", "seed.csv", "b", "--source", "s3://media"])).code).toBe(0);
    const env = {
      S3PIN_MANIFEST: "seed.csv",
      S3PIN_ROOT: "c",
      S3PIN_BUCKET: "media",
      S3PIN_DRY_RUN: "0",
    };
    expect((await place.run(["restore"], { env })).code).toBe(0);
    for (const root of ["a", "b", "c"]) expect(await filesBelow(place, root)).toHaveLength(3);
  });

  it("leaves the mtime with --no-mtime, also as a variable", async () => {
    const { place } = await pinnedSite();
    await place.run([...RESTORE, "--no-mtime"]);
    await place.run(["restore", "media.csv", "other"], { env: { S3PIN_NO_MTIME: "TRUE" } });
    await place.run(["restore", "media.csv", "third"], { env: { S3PIN_NO_MTIME: "0" } });
    const years = ["root", "other", "third"].map(async (root) =>
      (await stat(place.path(root, "index.html"))).mtime.getUTCFullYear(),
    );
    const thisYear = new Date().getUTCFullYear();
    expect(await Promise.all(years)).toEqual([thisYear, thisYear, 2025]);
  });

  it("reads the manifest from standard input", async () => {
    const { place } = await pinnedSite();
    const stdin = await readFile(place.path("media.csv"), "utf8");
    expect((await place.run(["restore", "-", "root"], { stdin })).code).toBe(0);
    expect(await filesBelow(place)).toHaveLength(3);
  });

  it("refuses a variable that is neither true nor false", async () => {
    const { place } = await pinnedSite();
    const { code, stderr } = await place.run(RESTORE, { env: { S3PIN_DELETE: "maybe" } });
    expect(code).toBe(2);
    expect(stderr).toContain('S3PIN_DELETE is "maybe"; expected 1, true, 0 or false');
  });

  it("shows file, line and column of what is wrong with a manifest", async () => {
    const { sandbox, place } = await pinnedSite();
    await writeFile(place.path("bad.csv"), "path,version_id,size\na.txt,v1,many\n");
    const { code, stderr, objects } = await place.run(["restore", "bad.csv", "root", "--json"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/bad\.csv:2:10: found "many", expected /);
    expect(objects()).toMatchObject([{ type: "error", code: "MANIFEST_INVALID", details: { total: 1 } }]);
    expect(sandbox.log).toEqual([]);
  });

  it("says so when there is no manifest", async () => {
    const { place } = await siteSandbox();
    const { code, stderr } = await place.run(RESTORE);
    expect(code).toBe(2);
    expect(stderr).toContain("There is no manifest media.csv\n  → Check the name");
  });

  it("exits 4 for a version that is gone, and restores the rest", async () => {
    const { sandbox, place } = await pinnedSite();
    const gone = sandbox.versions("media", "site/index.html")[0]?.versionId ?? "";
    sandbox.deleteObject("media", "site/index.html", gone);
    const { code, stderr, objects } = await place.run([...RESTORE, "--json"]);
    expect(code).toBe(4);
    expect(stderr).toContain("failed index.html: s3://media/site/index.html");
    expect(stderr).toContain("  → Somebody or a lifecycle rule removed it");
    expect(objects()).toContainEqual(
      expect.objectContaining({ type: "failed", path: "index.html", code: "VERSION_GONE" }),
    );
    expect(objects().at(-1)).toMatchObject({ type: "summary", downloaded: 2, failed: 1, exitCode: 4 });
    expect(await filesBelow(place)).toEqual(["css/site.css", "img/logo.svg"]);
  });

  it("exits 3 for an archived version, and restores the rest", async () => {
    const { sandbox, place } = await siteSandbox();
    sandbox.putObject("media", "site/cold.txt", "cold", { storageClass: "GLACIER" });
    await place.run(["pin", "s3://media/site/", "-o", "media.csv"]);
    const { code, stderr, stdout } = await place.run(RESTORE);
    expect(stderr).toContain("failed cold.txt: s3://media/site/cold.txt");
    expect(stderr).toContain("archived");
    expect(stdout).toMatch(/^Downloaded 3 files \(35 B\), 1 failed in /);
    expect(code).toBe(3);
  });

  it("tells 20 failures in full and counts the others; --json tells all", async () => {
    const { sandbox, place } = await siteSandbox();
    for (let index = 0; index < 25; index++)
      sandbox.putObject("media", `site/cold/${index}`, "x", { storageClass: "GLACIER" });
    await place.run(["pin", "s3://media/site/", "-o", "media.csv"]);
    const { stderr, objects } = await place.run([...RESTORE, "--json"]);
    expect(stderr.match(/^failed /gm)).toHaveLength(20);
    expect(stderr.match(/→/g)).toHaveLength(1);
    expect(stderr).toContain("and 5 failures more (--json lists them all)");
    expect(objects().filter(({ type }) => type === "failed")).toHaveLength(25);
  });

  it("refuses unsafe paths with 5 before it writes anything; --skip-unsafe restores the rest and exits 3", async () => {
    const { sandbox, place } = await siteSandbox();
    sandbox.putObject("media", "site/../evil.txt", "evil");
    await place.run(["pin", "s3://media/site/", "-o", "media.csv"]);
    sandbox.clearLog();
    const refused = await place.run(RESTORE);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain("../evil.txt: it holds a");
    await expect(stat(place.path("root"))).rejects.toThrow("ENOENT");
    expect(sandbox.log).toEqual([]);
    const skipped = await place.run([...RESTORE, "--skip-unsafe"]);
    expect(skipped.code).toBe(3);
    expect(skipped.stdout).toContain("skipped ../evil.txt: it holds a");
    expect(await filesBelow(place)).toHaveLength(3);
  });

  it("escapes control characters of keys in words, and keeps them in JSON", async () => {
    const { sandbox, place } = await siteSandbox();
    const key = "red\u001b[31m\nnew\u0085line";
    sandbox.putObject("media", `site/${key}`, "x");
    await place.run(["pin", "s3://media/site/", "-o", "media.csv"]);
    const words = await place.run([...RESTORE, "--dry-run"]);
    expect(words.stdout).toContain("would download red\\u{1b}[31m\\nnew\\u{85}line  1 B\n");
    const { stdout, objects } = await place.run([...RESTORE, "--json"]);
    expect(stdout).not.toMatch(/[\u001b\u0085]/);
    expect(objects().map(({ path }) => path)).toContain(key);
  });

  it("waits for another restore of the same root, or with --no-wait is refused", async () => {
    const { sandbox, place } = await pinnedSite();
    sandbox.fault({ operation: "GetObject", times: 1, action: { kind: "delay", ms: 2_000 } });
    const first = place.start(RESTORE);
    while (sandbox.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const refused = await place.run([...RESTORE, "--no-wait"]);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain("Another restore is at work");
    const waited = await place.run(RESTORE);
    expect(waited.stderr).toContain("waiting for another restore");
    expect(waited.code).toBe(0);
    expect((await first.ended).code).toBe(0);
  });

  it("sends the key of SSE-C objects, and never shows it", async () => {
    const { sandbox, place } = await pinnedSite();
    const key = Buffer.alloc(32, 7).toString("base64");
    await place
      .run([...RESTORE, "--debug", "--endpoint-url", sandbox.endpoint], {
        env: { S3PIN_SSE_C_KEY: key, AWS_ENDPOINT_URL: undefined },
      })
      .then(({ stdout, stderr }) => expect(stdout + stderr).not.toContain(key));
    expect(sandbox.log.some(({ operation }) => operation === "GetObject")).toBe(true);
  });
});

describe("s3pin status", () => {
  it("says what restore would do, offline, and with --exit-code exits 3", async () => {
    const { sandbox, place } = await pinnedSite();
    await place.run(RESTORE);
    sandbox.clearLog();
    const clean = await place.run(["status", "media.csv", "root", "--exit-code"]);
    expect(clean).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to do: 3 files") });
    await rm(place.path("root/index.html"));
    await writeFile(place.path("root/mine.txt"), "mine");
    const args = ["status", "media.csv", "root", "--delete"];
    const { code, stdout } = await place.run(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^would download index\.html {2}12 B\nwould delete mine\.txt\nWould download 1 file \(12 B\), would delete 1, 2 files/,
    );
    expect(await place.run([...args, "--exit-code", "-q"])).toMatchObject({ code: 3, stdout: "" });
    expect((await place.run([...args, "--json"])).objects().at(-1)).toMatchObject({
      command: "status",
      downloaded: 1,
      deleted: 1,
    });
    expect(sandbox.log).toEqual([]);
  });
});

describe("s3pin verify", () => {
  it("exits 0 when every file is as pinned", async () => {
    const { place } = await pinnedSite();
    await place.run(RESTORE);
    expect(await place.run(["verify", "media.csv", "root"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^All 3 files verified in /),
    });
  });

  it("exits 3 and names what differs, is missing or extra", async () => {
    const { place } = await pinnedSite();
    await place.run(RESTORE);
    const { mtime } = await stat(place.path("root/index.html"));
    await writeFile(place.path("root/index.html"), "<h1>ONE</h1>");
    await utimes(place.path("root/index.html"), mtime, mtime);
    await rm(place.path("root/img/logo.svg"));
    await writeFile(place.path("root/mine.txt"), "mine");
    const { code, stdout } = await place.run(["verify", "media.csv", "root"]);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^missing img\/logo\.svg\ndiffers index\.html: expected MD5 [0-9a-f]{32}.*, found MD5 [0-9a-f]{32}\nextra mine\.txt\n1 of 3 files verified: 1 different, 1 missing, 1 extra/,
    );
    const json = await place.run(["verify", "media.csv", "root", "--extra-files-ok", "--json"]);
    expect(json.objects().map(({ type }) => type)).toEqual(["missing", "differs", "summary"]);
    expect(json.objects().at(-1)).toMatchObject({ command: "verify", ok: false, verified: 1, exitCode: 3 });
  });
});
