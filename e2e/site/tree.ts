import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { pipeline } from "node:stream/promises";

import { inParallel } from "../client/in-parallel.ts";

/** All files below a directory, `/`-separated, sorted; none when it does not exist. */
export async function filesBelow(root: string): Promise<string[]> {
  try {
    const found = await readdir(root, { recursive: true, withFileTypes: true });
    return found
      .filter((item) => !item.isDirectory())
      .map((item) =>
        join(item.parentPath, item.name)
          .slice(root.length + 1)
          .replaceAll(sep, "/"),
      )
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The MD5 of every file below a directory, by path. */
export async function treeMd5s(root: string): Promise<Map<string, string>> {
  const files = await filesBelow(root);
  const digests = new Map<string, string>(files.map((file) => [file, ""]));
  await inParallel(files, 8, async (file) => {
    const digest = createHash("md5");
    await pipeline(createReadStream(join(root, file)), digest);
    digests.set(file, digest.digest("hex"));
  });
  return digests;
}
