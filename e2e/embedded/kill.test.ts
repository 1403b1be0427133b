import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, startSandbox } from "@s3pin/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type CliResult, runCli } from "../cli/run-cli.ts";
import { type WorkDir, workDir } from "../cli/work-dir.ts";
import { content, md5 } from "../site/content.ts";
import { random } from "../site/random.ts";
import { filesBelow, treeMd5s } from "../site/tree.ts";

const OBJECTS = 2_000;
const MAX_BYTES = 24_000;
/** Comes in ranges, so that some run is killed between two of them. */
const LARGE_BYTES = 40 * 1024 * 1024;
/** The promise is one second; a machine that is busy with other tests gets two more. */
const STOP_MS = 3_000;
/** So many requests are under way at once. */
const CONCURRENCY = 32;
const RANGES_IN_FLIGHT = 16;
const LATENCY_MS = 15;
const TEMP_DIR = ".s3pin-tmp/";
const BUCKET = "kill";
const SOURCE = `s3://${BUCKET}/site/`;

const work = workDir("kill");
const expected = new Map<string, string>();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ latencyMs: LATENCY_MS });
  sandbox.createBucket(BUCKET);
  const next = random(9);
  const put = (path: string, sizeBytes: number) => {
    const bytes = content(expected.size, sizeBytes);
    sandbox.putObject(BUCKET, `site/${path}`, bytes, { lastModified: "2026-11-02T10:00:00Z" });
    expected.set(path, md5(bytes));
  };
  for (let index = 0; index < OBJECTS; index++) put(`d${index % 60}/file-${index}.bin`, Math.floor(next() * MAX_BYTES));
  put("d7/film.mp4", LARGE_BYTES);
  const pinned = await runCli(["pin", SOURCE, "-o", work.at("manifest.csv")], { env: env(work) });
  expect(pinned, pinned.stderr).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await sandbox?.close();
  work.remove();
});

const env = ({ env }: WorkDir) => ({ ...env, ...sandbox.env });

/** Starts a restore and sends a signal once so many files stand in the root. */
async function restoreUntil(root: string, files: number, signal: NodeJS.Signals): Promise<CliResult> {
  const args = ["restore", work.at("manifest.csv"), root, "--concurrency", String(CONCURRENCY)];
  let ended = false;
  let watching: Promise<void> | undefined;
  const result = await runCli(args, {
    env: env(work),
    onStart: (child) => {
      watching = (async () => {
        while (!ended && (await placedFiles(root)).length < files) await sleep(5);
        child.kill(signal);
      })();
    },
  });
  ended = true;
  await watching;
  return result;
}

/** Files at their place. */
async function placedFiles(root: string): Promise<string[]> {
  return (await filesBelow(root)).filter((path) => !path.startsWith(TEMP_DIR));
}

/** The paths asked for since the log was cleared. */
function requestedPaths(): Set<string> {
  const gets = sandbox.log.filter(({ operation }) => operation === "GetObject");
  return new Set(gets.map(({ key = "" }) => key.slice("site/".length)));
}

async function expectOnlyRightFiles(root: string): Promise<Set<string>> {
  const digests = await treeMd5s(root);
  for (const [path, digest] of digests) {
    if (!path.startsWith(TEMP_DIR)) expect({ path, digest }).toEqual({ path, digest: expected.get(path) });
  }
  return new Set([...digests.keys()].filter((path) => !path.startsWith(TEMP_DIR)));
}

describe("restore", () => {
  // s3pin restore manifest.csv killed, again and again
  it("goes on after SIGKILL: right at the end, nothing left over, only what was in flight fetched twice", async () => {
    const root = work.at("killed");
    mkdirSync(root);
    const next = random(Number(process.env.S3PIN_KILL_SEED ?? 4));
    const moments = [0.05, 0.25, 0.5].map((share) => Math.floor(OBJECTS * (share + 0.15 * next())));
    let placed = new Set<string>();
    let kills = 0;
    for (const moment of moments) {
      sandbox.clearLog();
      const { signal } = await restoreUntil(root, moment, "SIGKILL");
      kills += signal === "SIGKILL" ? 1 : 0;
      const requested = requestedPaths();
      expect([...requested].filter((path) => placed.has(path))).toEqual([]);
      placed = await expectOnlyRightFiles(root);
      const inFlight = [...requested].filter((path) => !placed.has(path));
      expect(inFlight.length).toBeLessThanOrEqual(CONCURRENCY);
    }
    expect(kills).toBe(moments.length);

    sandbox.clearLog();
    const last = await runCli(["restore", work.at("manifest.csv"), root], { env: env(work) });
    expect(last, last.stderr).toMatchObject({ code: 0 });
    expect([...requestedPaths()].filter((path) => placed.has(path))).toEqual([]);
    expect(await treeMd5s(root)).toEqual(new Map([...expected].sort(([a], [b]) => (a < b ? -1 : 1))));

    sandbox.clearLog();
    const again = await runCli(["restore", work.at("manifest.csv"), root], { env: work.env });
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(sandbox.log).toEqual([]);
  });

  // s3pin restore film.csv killed in the middle of its one object
  it("goes on after SIGKILL in the middle of a large object, and asks only for the ranges that were missing", async () => {
    const film = Buffer.concat(Array.from({ length: 12 }, (_, reel) => content(reel, 32 * 1024 * 1024)));
    // The server computes this one in the blink of an eye.
    sandbox.putObject(BUCKET, "film/film.mp4", film, { checksum: "CRC32" });
    const manifest = work.at("film.csv");
    expect(await runCli(["pin", `s3://${BUCKET}/film/`, "-o", manifest], { env: env(work) })).toMatchObject({
      code: 0,
    });
    const root = work.at("film");
    const asked = () =>
      sandbox.log
        .filter(({ operation, status }) => operation === "GetObject" && status === 206)
        .map(({ range }) => range);

    sandbox.clearLog();
    let ended = false;
    const killed = await runCli(["restore", manifest, root, "--concurrency", String(RANGES_IN_FLIGHT)], {
      env: env(work),
      onStart: async (child) => {
        while (!ended && asked().length < 28) await sleep(1);
        child.kill("SIGKILL");
      },
    });
    ended = true;
    expect(killed, killed.stderr + killed.stdout).toMatchObject({ signal: "SIGKILL" });
    expect(await placedFiles(root)).toEqual([]);
    const before = asked().length;

    sandbox.clearLog();
    const last = await runCli(["restore", manifest, root], { env: env(work) });
    expect(last, last.stderr).toMatchObject({ code: 0 });
    const total = Math.ceil(film.length / (8 * 1024 * 1024));
    expect(asked().length).toBeLessThanOrEqual(total - before + RANGES_IN_FLIGHT);
    console.log(
      `killed after ${before} of ${total} ranges were asked for; ${asked().length} asked for the second time`,
    );
    expect(await treeMd5s(root)).toEqual(new Map([["film.mp4", md5(film)]]));
  });

  // s3pin restore manifest.csv stopped, Ctrl-C in the middle
  it.skipIf(process.platform === "win32" /* has no signal that a program can catch */).each([
    { signal: "SIGINT", code: 130 },
    { signal: "SIGTERM", code: 143 },
  ] as const)(
    "stops within a second on $signal, with nothing half-written and the index saved",
    async ({ signal, code }) => {
      const root = work.at(`stopped-${signal}`);
      let sentAt = 0;
      let ended = false;
      const args = ["restore", work.at("manifest.csv"), root, "--concurrency", String(CONCURRENCY)];
      const result = await runCli(args, {
        env: env(work),
        onStart: async (child) => {
          while (!ended && (await placedFiles(root)).length < OBJECTS / 3) await sleep(5);
          sentAt = performance.now();
          child.kill(signal);
        },
      });
      ended = true;
      expect(result, result.stderr).toMatchObject({ code });
      expect(performance.now() - sentAt).toBeLessThan(STOP_MS);
      const placed = await expectOnlyRightFiles(root);
      expect(await filesBelow(root)).toHaveLength(placed.size);

      const status = await runCli(["status", work.at("manifest.csv"), root, "--json"], { env: work.env });
      expect(status, status.stderr).toMatchObject({ code: 0 });
      sandbox.clearLog();
      const last = await runCli(["restore", work.at("manifest.csv"), root], { env: env(work) });
      expect(last, last.stderr).toMatchObject({ code: 0 });
      expect([...requestedPaths()].filter((path) => placed.has(path))).toEqual([]);
    },
  );
});
