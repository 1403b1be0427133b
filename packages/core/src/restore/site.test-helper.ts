import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Sandbox, type SandboxOptions, startSandbox } from "@s3pin/sandbox";
import { onTestFinished } from "vitest";

import { formatManifest } from "../manifest/format.ts";
import type { Manifest, ManifestEntry } from "../manifest/types.ts";
import type { ManifestFile } from "../manifest-file/read-manifest-file.ts";
import type { PathEvent } from "../progress.ts";
import { createAwsObjectStore } from "../s3/aws-object-store.ts";
import { restore } from "./restore.ts";
import type { RestoreOptions, RestoreReport } from "./restore-options.ts";

/** A bucket in the embedded server, a root to restore into, and hands for both. */
export interface Site {
  readonly sandbox: Sandbox;
  readonly root: string;
  readonly indexFile: string;
  /** Puts an object and gives its manifest entry. */
  put(path: string, body: string | Uint8Array, options?: Parameters<Sandbox["putObject"]>[3]): ManifestEntry;
  manifest(entries: readonly ManifestEntry[]): Manifest;
  /** The manifest as a file, which counts how often it is read. */
  manifestFile(manifest: Manifest): ManifestFile & { readonly reads: number };
  /** Restores with short retry waits; the store is that of the embedded server. */
  restore(manifest: RestoreOptions["manifest"], options?: Partial<RestoreOptions>): Promise<RestoreReport>;
  /** The events of the last restore. */
  readonly events: PathEvent[];
  /** All below the root: path -> content, `null` for an empty directory. */
  tree(): Record<string, string | null>;
  /** Keys of the GETs since the last call. */
  gets(): string[];
}

export const BUCKET = "media";
export const SOURCE = "s3://media/site/";

export async function openSite(options: Pick<SandboxOptions, "quirks"> = {}): Promise<Site> {
  const sandbox = await startSandbox({ now: Date.parse("2026-11-02T10:00:00Z"), ...options });
  const home = realpathSync(mkdtempSync(join(tmpdir(), "s3pin-core-")));
  const cacheHome = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = join(home, "cache");
  onTestFinished(async () => {
    if (cacheHome === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cacheHome;
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  });
  process.env.AWS_ACCESS_KEY_ID = sandbox.env.AWS_ACCESS_KEY_ID;
  process.env.AWS_SECRET_ACCESS_KEY = sandbox.env.AWS_SECRET_ACCESS_KEY;
  sandbox.createBucket(BUCKET);
  const root = join(home, "root");
  const indexFile = join(home, "site.index");
  const events: PathEvent[] = [];
  return {
    sandbox,
    root,
    indexFile,
    events,
    put(path, body, options) {
      const { versionId, etag } = sandbox.putObject(BUCKET, `site/${path}`, body, options);
      const lastModifiedMs = sandbox.versions(BUCKET, `site/${path}`)[0]?.lastModified.getTime();
      return {
        path,
        versionId,
        etag,
        sizeBytes: Buffer.byteLength(body),
        lastModifiedMs,
        source: SOURCE,
        extra: undefined,
      };
    },
    manifest: (entries) => ({
      entries: [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
      extraColumns: [],
    }),
    manifestFile(manifest) {
      const digest = createHash("sha256").update(formatManifest(manifest)).digest("hex");
      let reads = 0;
      return {
        get reads() {
          return reads;
        },
        digest: () => digest,
        async read() {
          reads++;
          return { manifest, digest };
        },
      };
    },
    restore(manifest, options = {}) {
      events.length = 0;
      return restore({
        manifest,
        root,
        indexFile,
        connect: () =>
          createAwsObjectStore({ endpointUrl: sandbox.endpoint, region: "us-east-1", idleTimeoutMs: 1_000 }),
        retry: { baseDelayMs: 1, maxDelayMs: 5 },
        onPath: (event) => events.push(event),
        ...options,
      });
    },
    tree: () => readTree(root),
    gets() {
      const keys = sandbox.log.filter(({ operation }) => operation === "GetObject").map(({ key }) => key ?? "");
      sandbox.clearLog();
      return keys;
    },
  };
}

function readTree(root: string, below = ""): Record<string, string | null> {
  const tree: Record<string, string | null> = {};
  if (!existsSync(join(root, below))) return tree;
  for (const name of readdirSync(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    const stat = lstatSync(join(root, path));
    if (!stat.isDirectory()) tree[path] = stat.isSymbolicLink() ? "-> symlink" : readFileSync(join(root, path), "utf8");
    else {
      const inside = readTree(root, path);
      if (Object.keys(inside).length === 0) tree[`${path}/`] = null;
      else Object.assign(tree, inside);
    }
  }
  return tree;
}
