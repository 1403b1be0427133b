import { rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import type { Manifest } from "../manifest/types.ts";
import { openSite, type Site } from "../restore/site.test-helper.ts";
import { type VerifyOptions, verify } from "./verify.ts";

async function findings(site: Site, manifest: Manifest, options: Partial<VerifyOptions> = {}) {
  const found: Record<string, string> = {};
  const onPath: VerifyOptions["onPath"] = ({ path, kind }) => {
    found[path] = kind;
  };
  const report = await verify({ manifest, root: site.root, indexFile: site.indexFile, onPath, ...options });
  return { found, ok: report.ok };
}

describe("verify()", () => {
  it("finds every file as pinned after a restore, whatever kind of ETag", async () => {
    const site = await openSite();
    const manifest = site.manifest([
      site.put("a.txt", "1"),
      site.put("dir/", ""),
      site.put("kms.txt", "2", { sse: "aws:kms" }),
      site.put("parts.bin", Buffer.alloc(6_000_000), { partSizeBytes: 5 * 1024 * 1024 }),
    ]);
    await site.restore(manifest);
    expect(await findings(site, manifest)).toEqual({
      found: { "a.txt": "verified", "dir/": "verified", "kms.txt": "verified", "parts.bin": "verified" },
      ok: true,
    });
  });

  it.each([
    [
      "other bytes of the same size and mtime",
      (file: string) => {
        writeFileSync(file, "2");
        utimesSync(file, 1_793_613_600, 1_793_613_600);
      },
      "differs",
    ],
    ["another size", (file: string) => writeFileSync(file, "22"), "differs"],
    ["no file", (file: string) => rmSync(file), "missing"],
    [
      "a symlink to the right bytes",
      (file: string) => {
        rmSync(file);
        writeFileSync(`${file}.real`, "1");
        symlinkSync(`${file}.real`, file);
      },
      "differs",
    ],
  ])("finds %s", async (_name, change, kind) => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a.txt", "1"), site.put("kms.txt", "1", { sse: "aws:kms" })]);
    await site.restore(manifest);
    change(join(site.root, "a.txt"));
    change(join(site.root, "kms.txt"));
    expect(await findings(site, manifest, { extraFilesOk: true })).toEqual({
      found: { "a.txt": kind, "kms.txt": kind },
      ok: false,
    });
  });

  it("reports files that the manifest does not have, unless they are allowed", async () => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a.txt", "1")]);
    await site.restore(manifest);
    writeFileSync(join(site.root, "own.txt"), "mine");
    expect(await findings(site, manifest)).toEqual({ found: { "a.txt": "verified", "own.txt": "extra" }, ok: false });
    expect(await findings(site, manifest, { extraFilesOk: true })).toEqual({
      found: { "a.txt": "verified" },
      ok: true,
    });
  });

  it("does not take for proven what nothing proves", async () => {
    const site = await openSite();
    const manifest = site.manifest([site.put("odd.bin", "1", { etag: "opaque" })]);
    await site.restore(manifest);
    expect(await findings(site, manifest)).toEqual({ found: { "odd.bin": "verified" }, ok: true });
    rmSync(site.indexFile);
    expect(await findings(site, manifest)).toEqual({ found: { "odd.bin": "unproven" }, ok: false });
  });

  it("refuses a root that is not there", async () => {
    const site = await openSite();
    await expect(verify({ manifest: site.manifest([]), root: site.root })).rejects.toMatchObject({
      code: "ROOT_INVALID",
    });
  });
});
