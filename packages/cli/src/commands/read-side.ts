import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

import {
  type ConnectionOptions,
  connect,
  type Manifest,
  parseManifestStream,
  pin,
  printable,
  readManifestFile,
  S3PinError,
  withRetry,
} from "@s3pin/core";

import type { Output } from "../render/output.ts";
import { retryNote } from "../render/retry-note.ts";
import type { FilterFlags } from "./pin.ts";

/** What reading one side of a diff needs. */
export interface SideContext {
  readonly connection: ConnectionOptions;
  readonly filters: FilterFlags;
  /** Source of the entries that name none. */
  readonly source: string | undefined;
  /** The moment of an s3:// URI; now when undefined. */
  readonly atMs: number | undefined;
  readonly output: Output;
  readonly signal: AbortSignal;
}

export function isSourceUri(side: string): boolean {
  return /^s3:\/\//i.test(side);
}

/**
 * Reads one side of a diff:
 *
 * | it is                                   | read as                      |
 * |-----------------------------------------|------------------------------|
 * | `s3://…`                                | what is in the bucket        |
 * | `-`, or a file that exists              | a manifest file              |
 * | `REV:path`, and no drive (`C:\…`)       | a manifest in git            |
 * | anything else                           | a manifest file that is missing |
 */
export async function readSide(side: string, context: SideContext): Promise<Manifest> {
  if (isSourceUri(side)) return readBucket(side, context);
  const isInGit = side !== "-" && !existsSync(side) && /^[^:]*:[^\\]/.test(side);
  if (isInGit) return readFromGit(side, context);
  return readManifestFile(side, { source: context.source });
}

async function readBucket(uri: string, { connection, filters, atMs, output, signal }: SideContext): Promise<Manifest> {
  const store = await connect(connection);
  try {
    const report = await pin({
      source: uri,
      store,
      atMs,
      include: filters.include,
      exclude: filters.exclude,
      excludeRegex: filters.excludeRegex,
      // A look is no pin: nothing has to last.
      allowNull: true,
      allowEmpty: true,
      retry: (attempt) => withRetry(attempt, { signal, onRetry: retryNote(output) }),
      signal,
      onProgress: output.progress,
    });
    return report.manifest;
  } finally {
    await store.close();
  }
}

async function readFromGit(side: string, { source, signal }: SideContext): Promise<Manifest> {
  const git = spawn("git", ["show", "--no-textconv", "--end-of-options", side], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let complaint = "";
  git.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    git.on("error", reject);
    git.on("close", resolve);
  });
  try {
    const [manifest, code] = await Promise.all([parseManifestStream(git.stdout, { source, file: side }), ended]);
    if (code === 0) return manifest;
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new S3PinError("MANIFEST_NOT_FOUND", `${printable(side)} cannot be read: git does not run`, {
      hint: "Install git, or give a file.",
      cause,
    });
  }
  throw new S3PinError("MANIFEST_NOT_FOUND", `git knows no ${printable(side)}: ${printable(complaint.trim())}`, {
    hint: "Write it as git show takes it: HEAD:media.csv from the top of the repository, HEAD:./media.csv from here.",
    details: { side },
  });
}
