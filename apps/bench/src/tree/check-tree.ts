import { createHash, hash } from "node:crypto";
import { createReadStream, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import type { ExpectedTree } from "./expected-tree.ts";

/** Larger files are hashed as a stream. */
const WHOLE_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Checks that a directory holds exactly the expected files, by name and size, and with `hashed` by MD5 too.
 * @throws when it does not
 */
export async function checkTree(
  root: string,
  expected: ExpectedTree,
  { hashed }: { readonly hashed: boolean },
): Promise<void> {
  let found = 0;
  for (const path of filesBelow(root)) {
    const file = join(root, path);
    const wanted = expected.get(path);
    if (wanted === undefined) throw new Error(`The tree is wrong: ${path} does not belong there`);
    const { size } = lstatSync(file);
    if (size !== wanted.sizeBytes)
      throw new Error(`The tree is wrong: ${path} has ${size} bytes instead of ${wanted.sizeBytes}`);
    if (hashed && (await md5Of(file, size)) !== wanted.md5)
      throw new Error(`The tree is wrong: ${path} holds other bytes than the bucket`);
    found++;
  }
  if (found !== expected.size) throw new Error(`The tree is wrong: ${found} files instead of ${expected.size}`);
}

function* filesBelow(root: string, folder = ""): Generator<string> {
  for (const item of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? item.name : `${folder}/${item.name}`;
    if (item.isDirectory()) yield* filesBelow(root, path);
    else yield path;
  }
}

async function md5Of(file: string, sizeBytes: number): Promise<string> {
  if (sizeBytes <= WHOLE_FILE_BYTES) return hash("md5", readFileSync(file));
  const digest = createHash("md5");
  await pipeline(createReadStream(file, { highWaterMark: 4 * 1024 * 1024 }), digest);
  return digest.digest("hex");
}
