import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { tempDir } from "@s3pin/testkit";
import { describe, expect, it } from "vitest";

import { formatManifest } from "../manifest/format.ts";
import { parseManifest } from "../manifest/parse.ts";
import { writeManifestFile } from "./write-manifest-file.ts";

const LINES = Array.from({ length: 5000 }, (_, index) => `é/${String(index).padStart(4, "0")}.jpg,version-${index}\n`);
const MANIFEST = parseManifest(`path,version_id\n${LINES.join("")}`);
const TEXT = formatManifest(MANIFEST);

describe("writeManifestFile()", () => {
  it("writes a file that is not there", async () => {
    const file = join(await tempDir(), "media.csv");
    expect(await writeManifestFile(file, MANIFEST)).toBe(true);
    expect(await readFile(file, "utf8")).toBe(TEXT);
  });

  it("leaves a file alone whose bytes are right", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, TEXT);
    await utimes(file, 1, 1);
    expect(await writeManifestFile(file, MANIFEST)).toBe(false);
    expect((await stat(file)).mtimeMs).toBe(1000);
  });

  it.each([
    ["is empty", ""],
    ["is cut off", TEXT.slice(0, -1)],
    ["goes on", `${TEXT}x`],
    ["differs in its last byte", `${TEXT.slice(0, -1)}x`],
    ["differs at its begin", `P${TEXT.slice(1)}`],
    ["has CRLF", TEXT.replaceAll("\n", "\r\n")],
  ])("writes over a file that %s", async (_, text) => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, text);
    expect(await writeManifestFile(file, MANIFEST)).toBe(true);
    expect(await readFile(file, "utf8")).toBe(TEXT);
  });

  it("leaves the old file when the manifest cannot be written", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, "old");
    const twice = { entries: [...MANIFEST.entries, ...MANIFEST.entries], extraColumns: [] };
    await expect(writeManifestFile(file, twice)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    expect(await readFile(file, "utf8")).toBe("old");
  });

  it("says what is wrong when it cannot write", async () => {
    const file = join(await tempDir(), "missing", "media.csv");
    await expect(writeManifestFile(file, MANIFEST)).rejects.toMatchObject({ code: "FILE_SYSTEM" });
  });
});
