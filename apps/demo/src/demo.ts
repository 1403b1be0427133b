/** The two-minute tour: a site's bucket over four days, pinned at two moments, restored, broken and mended. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { type Sandbox, startSandbox } from "@s3pin/sandbox";

import { runS3pin } from "./run-s3pin.ts";
import { type Day, MULTIPART_PATH, siteDays } from "./site-content.ts";
import { checked, command, failed, output, say, title } from "./terminal.ts";
import { uploadInParts } from "./upload-in-parts.ts";

const BUCKET = "media.example.com";
const PREFIX = "site/";
const SOURCE = `s3://${BUCKET}/${PREFIX}`;
/** After the second day, before the redesign. */
const BEFORE_REDESIGN = "2026-11-04T18:00:00Z";

const begun = performance.now();
const work = mkdtempSync(join(tmpdir(), "s3pin-demo-"));
let sandbox: Sandbox | undefined;
try {
  sandbox = await startSandbox();
  await tour(sandbox);
} catch (error) {
  failed(error instanceof Error ? error.message : String(error));
  say(`What there is of it: ${work}`);
  process.exitCode = 1;
} finally {
  await sandbox?.close();
}

async function tour(server: Sandbox): Promise<void> {
  const days = siteDays();
  const s3pin = (args: readonly string[], exitCode = 0) =>
    runS3pin(args, { cwd: work, env: environment(server), exitCode });
  const requests = () => server.log.length;

  title(`A site's bucket over four days, in the embedded S3 server at ${server.endpoint}`);
  server.createBucket(BUCKET);
  for (const day of days) await live(server, day);
  server.setClock("2026-11-06T12:00:00Z");
  const past = stateAt(days, BEFORE_REDESIGN);
  const now = stateAt(days, "9999-12-31T00:00:00Z");

  title("1. Pin it: which version of each object makes up the site, then and now");
  await s3pin(["pin", SOURCE, "--at", BEFORE_REDESIGN, "-o", "before-redesign.csv"]);
  await s3pin(["pin", SOURCE, "-o", "now.csv"]);
  command("head -n 3 now.csv");
  output(readFileSync(join(work, "now.csv"), "utf8").split("\n").slice(0, 3).join("\n"));
  check(
    pinnedPaths("before-redesign.csv") === past.size,
    `before-redesign.csv holds the ${past.size} objects of that moment`,
  );
  check(pinnedPaths("now.csv") === now.size, `now.csv holds the ${now.size} objects of today`);

  title("2. See what changed in between");
  await s3pin(["diff", "before-redesign.csv", "now.csv"]);

  title("3. Restore both");
  await s3pin(["restore", "before-redesign.csv", "public-before"]);
  await s3pin(["restore", "now.csv", "public"]);
  checkTree("public-before", past);
  checkTree("public", now);

  title("4. Restore again: nothing to do, and nobody is asked");
  server.clearLog();
  await s3pin(["restore", "now.csv", "public"]);
  check(requests() === 0, "the server has seen no request");

  title("5. Break it, and have it mended");
  command("echo oops > public/style.css; rm public/img/hero.png");
  writeFileSync(join(work, "public", "style.css"), "oops\n");
  rmSync(join(work, "public", "img", "hero.png"));
  await s3pin(["verify", "now.csv", "public"], 3);
  server.clearLog();
  await s3pin(["restore", "now.csv", "public"]);
  checkTree("public", now);
  check(requests() === 2, "the server has seen 2 requests, one for each broken file");

  title("6. Roll back: only what differs is fetched, what was not there then is pruned");
  server.clearLog();
  await s3pin(["restore", "before-redesign.csv", "public", "--prune"]);
  checkTree("public", past);
  const different = [...past].filter(([path, bytes]) => now.get(path)?.equals(bytes) !== true).length;
  check(requests() === different, `the server has seen ${requests()} requests for ${past.size} files`);

  title(`All of it held, in ${((performance.now() - begun) / 1000).toFixed(1)} s. Look around:`);
  say(`${join(work, "now.csv")}  the manifest that a repository would hold`);
  say(`${join(work, "before-redesign.csv")}  the same of the moment before`);
  say(`${join(work, "public")}  the restored site`);
}

/** One day in the life of the bucket. */
async function live(server: Sandbox, { at, title: text, uploads, deletes }: Day): Promise<void> {
  server.setClock(at);
  for (const [path, content] of Object.entries(uploads)) {
    const key = PREFIX + path;
    if (path === MULTIPART_PATH) await uploadInParts(server, { bucket: BUCKET, key }, Buffer.from(content));
    else server.putObject(BUCKET, key, content);
  }
  for (const path of deletes) server.deleteObject(BUCKET, PREFIX + path);
  const count = Object.keys(uploads).length;
  const done = [`${count} ${count === 1 ? "upload" : "uploads"}`, ...deletes.map((path) => `"${path}" deleted`)];
  say(`${at.slice(0, 10)}  ${text} (${done.join(", ")})`);
}

/** What the site consists of at a moment, by path, from the story alone. */
function stateAt(days: readonly Day[], at: string): Map<string, Buffer> {
  const state = new Map<string, Buffer>();
  for (const day of days.filter((day) => day.at <= at)) {
    for (const [path, content] of Object.entries(day.uploads)) state.set(path, Buffer.from(content));
    for (const path of day.deletes) state.delete(path);
  }
  return state;
}

function checkTree(directory: string, expected: ReadonlyMap<string, Buffer>): void {
  const root = join(work, directory);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => !statSync(join(root, name)).isDirectory())
    .map((name) => name.split(sep).join("/"));
  const wrong = [...expected].filter(([path, bytes]) => !isFile(join(root, path), bytes)).map(([path]) => path);
  const extra = files.filter((path) => !expected.has(path));
  const verdict = [...wrong.map((path) => `${path} is wrong`), ...extra.map((path) => `${path} should not be there`)];
  check(
    verdict.length === 0,
    verdict.length === 0
      ? `${relative(work, root)} holds exactly the ${expected.size} files, byte for byte`
      : `${relative(work, root)}: ${verdict.slice(0, 5).join(", ")}`,
  );
}

function isFile(file: string, bytes: Buffer): boolean {
  return existsSync(file) && readFileSync(file).equals(bytes);
}

/** Entries of a manifest of this story: no path of it holds a line break. */
function pinnedPaths(manifest: string): number {
  return readFileSync(join(work, manifest), "utf8").trimEnd().split("\n").length - 1;
}

function check(holds: boolean, text: string): void {
  if (!holds) throw new Error(`This does not hold: ${text}`);
  checked(text);
}

/** Nothing of the user's own: no credentials but the embedded server's, and a cache inside the demo's directory. */
function environment(server: Sandbox): NodeJS.ProcessEnv {
  const kept = ["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot"].filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    ...server.env,
    HOME: work,
    USERPROFILE: work,
    XDG_CACHE_HOME: join(work, "cache"),
  };
}
