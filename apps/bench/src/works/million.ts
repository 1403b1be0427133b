import { closeSync, openSync, rmSync, writeSync } from "node:fs";

import { runCommand } from "../process/run-command.ts";
import { planUniform } from "../tree/plan-tree.ts";
import { writeTree } from "../tree/write-tree.ts";
import { manifestOf, type Stage } from "./stage.ts";
import type { Work } from "./work.ts";

const FILES = 1_000_000;
const FILE_BYTES = 16;
/** In memory each file takes a page, an inode and its name. */
const FILE_ROOM_BYTES = 5_500;
/** Manifest lines that are written in one go. */
const LINES_A_WRITE = 10_000;
const bucket = "million";

/** No server has a part in it: the manifest is made from local files whose MD5 is the ETag, and the index by a first restore. */
export const million: Work = {
  id: "g",
  title: "A million entries, nothing to do",
  about: "1,000,000 small files in place",
  usesServer: false,
  sharedBytes: FILES * FILE_ROOM_BYTES,
  perContenderBytes: 0,
  async prepare(stage) {
    let root: string | undefined;
    return {
      bucket,
      sharedRoot: bucket,
      expected: () => undefined,
      async beforeAll(contender, job) {
        if (root === undefined) {
          root = job.root;
          writeFilesAndManifest(stage, root);
        }
        if (contender.fill === undefined) return;
        const { command, args, env } = contender.fill(job);
        await runCommand(command, args, env);
      },
      async close() {
        if (root !== undefined) rmSync(root, { recursive: true });
      },
    };
  },
};

function writeFilesAndManifest(stage: Stage, root: string): void {
  const tree = writeTree(root, planUniform(FILES, FILE_BYTES));
  const manifest = openSync(manifestOf(stage, bucket), "w");
  let text = "path,version_id,size,etag,last_modified,source\n";
  let lines = 0;
  for (const [path, { sizeBytes, md5 }] of tree) {
    text += `${path},v${String(++lines).padStart(31, "0")},${sizeBytes},${md5},2026-11-02T10:00:00Z,s3://${bucket}/\n`;
    if (lines % LINES_A_WRITE !== 0) continue;
    writeSync(manifest, text);
    text = "";
  }
  writeSync(manifest, text);
  closeSync(manifest);
}
