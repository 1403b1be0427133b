import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { tempDir } from "@s3pin/testkit";
import { describe, expect, it } from "vitest";

import { openManifestFile, readManifestFile } from "./read-manifest-file.ts";

const isRoot = process.getuid?.() === 0;
const TEXT = "path,version_id\nimg/a.png,v1\n";

describe("readManifestFile()", () => {
  it("reads a file, longer than one piece", async () => {
    const file = join(await tempDir(), "media.csv");
    const lines = Array.from({ length: 20_000 }, (_, index) => `é/${String(index).padStart(5, "0")},v${index}\n`);
    await writeFile(file, `path,version_id\n${lines.join("")}`);
    const { entries } = await readManifestFile(file, { source: "s3://bucket" });
    expect(entries).toHaveLength(20_000);
    expect(entries.at(-1)).toMatchObject({ path: "é/19999", versionId: "v19999", source: "s3://bucket/" });
  });

  it("names the file and the line of what is wrong", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, "path,version_id\na,\n");
    await expect(readManifestFile(file)).rejects.toThrow(`${file}:2:3: found an empty cell, expected a version id`);
  });

  it("reads an empty file as a manifest without entries", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, "");
    expect((await readManifestFile(file)).entries).toEqual([]);
  });

  it("reads standard input for -", async () => {
    const directory = await tempDir();
    const script = join(directory, "read.ts");
    const module = new URL("read-manifest-file.ts", import.meta.url).href;
    await writeFile(
      script,
      `import { readManifestFile } from ${JSON.stringify(module)};\nconsole.log(JSON.stringify(await readManifestFile("-")));\n`,
    );
    const run = promisify(execFile)(process.execPath, ["--experimental-strip-types", "--no-warnings", script]);
    run.child.stdin?.end(TEXT);
    expect(JSON.parse((await run).stdout)).toMatchObject({ entries: [{ path: "img/a.png", versionId: "v1" }] });
  });

  it.each([
    ["gzip", gzipSync(TEXT), "gzip-compressed"],
    ["a spreadsheet", Buffer.from("PK\u0003\u0004rest"), "spreadsheet"],
    ["Parquet", Buffer.from("PAR1rest"), "Parquet"],
    ["UTF-16", Buffer.from(`\ufeff${TEXT}`, "utf16le"), "UTF-16"],
    ["an image", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), "not UTF-8"],
  ])("refuses %s in clear words", async (_, bytes, words) => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, bytes);
    await expect(readManifestFile(file)).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      message: expect.stringContaining(words),
    });
  });

  it("says when there is no such file, or a directory", async () => {
    const directory = await tempDir();
    await mkdir(join(directory, "folder"));
    await writeFile(join(directory, "file"), "");
    await expect(readManifestFile(join(directory, "none.csv"))).rejects.toMatchObject({ code: "MANIFEST_NOT_FOUND" });
    await expect(readManifestFile(join(directory, "folder"))).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    await expect(readManifestFile(join(directory, "file", "x"))).rejects.toMatchObject({ code: "FILE_SYSTEM" });
  });

  it.skipIf(isRoot)("says when it may not be read", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, TEXT);
    await chmod(file, 0);
    await expect(readManifestFile(file)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });
});

describe("openManifestFile()", () => {
  it("tells the digest of what it reads, before and while it reads it", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, TEXT);
    const opened = openManifestFile(file);
    const before = opened.digest();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await opened.read()).toMatchObject({ digest: before, manifest: { entries: { length: 1 } } });
    await writeFile(file, `${TEXT}img/b.png,v2\n`);
    const { digest, manifest } = await opened.read();
    expect(manifest.entries).toHaveLength(2);
    expect(digest).not.toBe(before);
    expect(opened.digest()).toBe(digest);
  });

  it("has another digest for entries of another source", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, TEXT);
    const digests = [undefined, "s3://a/", "s3://b/"].map((source) => openManifestFile(file, { source }).digest());
    expect(new Set(digests).size).toBe(3);
  });

  it("has no digest for standard input, nor for what cannot be read", async () => {
    expect(openManifestFile("-").digest()).toBeUndefined();
    const missing = openManifestFile(join(await tempDir(), "none.csv"));
    expect(missing.digest()).toBeUndefined();
    await expect(missing.read()).rejects.toMatchObject({ code: "MANIFEST_NOT_FOUND" });
  });
});
