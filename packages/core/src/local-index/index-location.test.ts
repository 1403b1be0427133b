import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { cacheDirectory, defaultIndexFile, realPathOf } from "./index-location.ts";

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "s3pin-index-")));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
});

describe("cacheDirectory()", () => {
  it("is below XDG_CACHE_HOME, and made", () => {
    expect(cacheDirectory({ XDG_CACHE_HOME: join(home, "xdg") })).toBe(join(home, "xdg", "s3pin"));
  });

  it("is the user's own below the temporary directory where the usual one cannot be made", () => {
    writeFileSync(join(home, "file"), "");
    const directory = cacheDirectory({ XDG_CACHE_HOME: join(home, "file") });
    expect(directory).toContain(join(tmpdir(), "s3pin-cache-"));
    expect(directory).not.toContain("unusable");
  });

  it.skipIf(process.getuid === undefined || process.getuid() === 0)("passes over one that cannot be written", () => {
    mkdirSync(join(home, "s3pin"));
    chmodSync(join(home, "s3pin"), 0o500);
    expect(cacheDirectory({ XDG_CACHE_HOME: home })).toContain("s3pin-cache-");
  });
});

describe("defaultIndexFile()", () => {
  it("is one for a root, by whatever way it is named", () => {
    const environment = { XDG_CACHE_HOME: home };
    mkdirSync(join(home, "root"));
    symlinkSync(join(home, "root"), join(home, "link"));
    const file = defaultIndexFile(join(home, "root"), environment);
    expect(defaultIndexFile(join(home, "link"), environment)).toBe(file);
    expect(defaultIndexFile(join(home, "root", "..", "root", ""), environment)).toBe(file);
    expect(defaultIndexFile(join(home, "other"), environment)).not.toBe(file);
  });
});

describe("realPathOf()", () => {
  it("resolves what is there and keeps what is not yet", () => {
    symlinkSync(home, join(home, "link"));
    expect(realPathOf(join(home, "link", "not", "yet"))).toBe(join(home, "not", "yet"));
  });
});
