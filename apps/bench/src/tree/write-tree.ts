import { createHash, hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

import { content, MOST_CONTENT_BYTES } from "./content.ts";
import type { ExpectedTree } from "./expected-tree.ts";
import type { PlannedFile } from "./plan-tree.ts";

/** Writes files below a directory. */
export function writeTree(root: string, files: readonly PlannedFile[]): ExpectedTree {
  const folders = new Set(files.map((file) => dirname(file.path)));
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  return new Map(
    files.map(({ path, sizeBytes, id }) => {
      const bytes = content(id, sizeBytes);
      writeFileSync(join(root, path), bytes);
      return [path, { sizeBytes, md5: hash("md5", bytes) }];
    }),
  );
}

/** Writes one file of any size. */
export function writeLargeFile(root: string, path: string, sizeBytes: number): ExpectedTree {
  mkdirSync(root, { recursive: true });
  const digest = createHash("md5");
  const file = openSync(join(root, path), "w");
  for (let done = 0, id = 0; done < sizeBytes; id++) {
    const bytes = content(id, Math.min(MOST_CONTENT_BYTES, sizeBytes - done));
    writeSync(file, bytes);
    digest.update(bytes);
    done += bytes.length;
  }
  closeSync(file);
  return new Map([[path, { sizeBytes, md5: digest.digest("hex") }]]);
}
