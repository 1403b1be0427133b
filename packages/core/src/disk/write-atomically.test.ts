import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { tempDir } from "@s3pin/testkit";
import { describe, expect, it } from "vitest";

import { writeAtomically } from "./write-atomically.ts";

const isRoot = process.getuid?.() === 0;

describe("writeAtomically()", () => {
  it("writes text and bytes, and leaves nothing else behind", async () => {
    const directory = await tempDir();
    const file = join(directory, "media.csv");
    await writeAtomically(file, ["é", Buffer.from("b"), "", "c\n"]);
    expect(await readFile(file, "utf8")).toBe("ébc\n");
    expect(await readdir(directory)).toEqual(["media.csv"]);
  });

  it("takes chunks that come later", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeAtomically(
      file,
      (async function* () {
        yield "a";
        yield Buffer.alloc(3_000_000, "b");
      })(),
    );
    expect((await stat(file)).size).toBe(3_000_001);
  });

  it("keeps the mode of an existing file", async () => {
    const file = join(await tempDir(), "media.csv");
    await writeFile(file, "old");
    await chmod(file, 0o664);
    await writeAtomically(file, ["new"]);
    expect((await stat(file)).mode & 0o777).toBe(0o664);
  });

  it("writes the target of a symlink, also over several hops, and keeps the symlink", async () => {
    const directory = await tempDir();
    await mkdir(join(directory, "real"));
    await writeFile(join(directory, "real", "media.csv"), "old");
    await symlink("real/media.csv", join(directory, "one"));
    await symlink(join(directory, "one"), join(directory, "two"));
    await writeAtomically(join(directory, "two"), ["new"]);
    expect(await readlink(join(directory, "one"))).toBe("real/media.csv");
    expect((await lstat(join(directory, "two"))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(directory, "real", "media.csv"), "utf8")).toBe("new");
    expect(await readdir(join(directory, "real"))).toEqual(["media.csv"]);
  });

  it("makes the missing target of a symlink", async () => {
    const directory = await tempDir();
    await symlink("later.csv", join(directory, "media.csv"));
    await writeAtomically(join(directory, "media.csv"), ["new"]);
    expect(await readFile(join(directory, "later.csv"), "utf8")).toBe("new");
  });

  it("keeps the old file, and throws on what the chunks throw", async () => {
    const directory = await tempDir();
    const file = join(directory, "media.csv");
    await writeFile(file, "old");
    const failing = function* () {
      yield "half";
      throw new RangeError("no more");
    };
    await expect(writeAtomically(file, failing())).rejects.toThrow(RangeError);
    expect(await readFile(file, "utf8")).toBe("old");
    expect(await readdir(directory)).toEqual(["media.csv"]);
  });

  it.each([
    ["in a missing folder", (directory: string) => join(directory, "missing", "media.csv"), "FILE_SYSTEM"],
    ["below a file", (directory: string) => join(directory, "file", "media.csv"), "FILE_SYSTEM"],
    ["on a directory", (directory: string) => join(directory, "folder"), "FILE_SYSTEM"],
    ["on symlinks in a circle", (directory: string) => join(directory, "circle"), "FILE_SYSTEM"],
  ])("says what is wrong %s", async (_, pathIn, code) => {
    const directory = await tempDir();
    await writeFile(join(directory, "file"), "");
    await mkdir(join(directory, "folder"));
    await symlink("circle", join(directory, "circle"));
    const before = await readdir(directory);
    await expect(writeAtomically(pathIn(directory), ["x"])).rejects.toMatchObject({ code });
    expect(await readdir(directory)).toEqual(before);
  });

  it.skipIf(isRoot)("says so when the folder may not be written", async () => {
    const directory = await tempDir();
    await chmod(directory, 0o555);
    await expect(writeAtomically(join(directory, "x"), ["x"])).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await chmod(directory, 0o755);
  });
});
