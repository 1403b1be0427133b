import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type CliResult, figures, runCli } from "../cli/run-cli.ts";
import { serverEnv, workDir } from "../cli/work-dir.ts";
import { type BucketClient, bucketClient } from "../client/bucket-client.ts";
import { inParallel } from "../client/in-parallel.ts";
import { oracleManifest } from "../oracle/oracle.ts";
import { type CountingProxy, startCountingProxy } from "../servers/counting-proxy.ts";
import { seaweedfs } from "../servers/seaweedfs.ts";
import type { RunningServer } from "../servers/server.ts";
import { content, md5 } from "../site/content.ts";
import { type Change, makeHistory, OBJECTS, stateAfter, TOTAL_BYTES } from "../site/history.ts";
import { treeMd5s } from "../site/tree.ts";

const PREFIX = "site/";
const SEED = 20261102;
const bucket = `main-job-${randomBytes(4).toString("hex")}`;
const source = `s3://${bucket}/${PREFIX}`;

const history = makeHistory(PREFIX, SEED);
/** Written three times within one second before the moment, and once after it: only the listing's order tells. */
const TIED_KEY = `${PREFIX}tied.txt`;
const beforeMoment = [...history.before, ...history.beforeToo];
const work = workDir("main-job");

let server: RunningServer;
let proxy: CountingProxy;
let fill: BucketClient;
/** Between two clearly different states. */
let at: string;

/** The MD5 of each file that has to be there, from what was uploaded. */
function expectedMd5s(changes: readonly Change[], tiedText: string): Map<string, string> {
  const expected = new Map<string, string>([[TIED_KEY.slice(PREFIX.length), md5(Buffer.from(tiedText))]]);
  for (const [key, { id, sizeBytes }] of stateAfter(changes)) {
    if (key.startsWith(PREFIX)) expected.set(key.slice(PREFIX.length), md5(content(id, sizeBytes)));
  }
  return expected;
}

async function make(changes: readonly Change[]): Promise<void> {
  await inParallel(changes, 32, (change) =>
    change.kind === "put" ? fill.put(change.key, content(change.id, change.sizeBytes)) : fill.remove(change.key),
  );
}

/** Waits for the beginning of a second so many seconds from now: LastModified has whole seconds. */
async function nextSecond(seconds = 1): Promise<void> {
  const now = Date.now();
  await sleep(1_000 * (Math.floor(now / 1_000) + seconds) - now + 5);
}

function report(name: string, result: CliResult): void {
  console.log(`  ${name}: ${figures(result)}`);
}

const direct = () => ({ env: { ...work.env, ...serverEnv(server) } });
const counted = () => ({ env: { ...work.env, ...serverEnv(server), AWS_ENDPOINT_URL: proxy.endpoint } });
const gets = () => proxy.requests.filter((line) => line.startsWith("GET ") && line.includes("versionId="));

beforeAll(async () => {
  await seaweedfs.install();
  server = await seaweedfs.start();
  proxy = await startCountingProxy(server.endpoint);
  fill = bucketClient(server, bucket);
  await fill.create();
  const begun = Date.now();
  await make(history.before);
  // Beside the prefix: never to be pinned.
  for (const key of ["site", "site-old/a.txt", "other.txt"]) await fill.put(key, Buffer.from(key));
  await nextSecond(2);
  await make(history.beforeToo);
  await nextSecond();
  for (const text of ["first", "second", "third"]) await fill.put(TIED_KEY, Buffer.from(text));
  await nextSecond(2);
  at = new Date(1_000 * Math.floor(Date.now() / 1_000)).toISOString();
  await nextSecond(2);
  await make(history.after);
  await fill.put(TIED_KEY, Buffer.from("fourth"));
  await nextSecond(2);
  console.log(`  filled in ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
});

afterAll(async () => {
  fill?.close();
  await proxy?.close();
  await server?.stop();
  work.remove();
});

describe(`a bucket of ${OBJECTS} objects in ${seaweedfs.name}`, () => {
  it("has as many objects and bytes as the figures say", () => {
    const state = [...stateAfter([...beforeMoment, ...history.after]).values()];
    expect(state.length).toBe(OBJECTS);
    expect(state.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(TOTAL_BYTES);
  });

  // s3pin pin s3://BUCKET/site/ -o now.csv
  it("is pinned now as the independent listing says", async () => {
    const result = await runCli(["pin", source, "-o", work.at("now.csv")], direct());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report("pin now", result);
    expect(readFileSync(work.at("now.csv"), "utf8")).toBe(await oracleManifest(server, { bucket, prefix: PREFIX }));
  });

  // s3pin pin s3://BUCKET/site/ -o past.csv --at T
  it("is pinned at a past moment as the independent listing says, with the tie reported", async () => {
    const result = await runCli(["pin", source, "-o", work.at("past.csv"), "--at", at], direct());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report("pin --at", result);
    const manifest = readFileSync(work.at("past.csv"), "utf8");
    expect(manifest).toBe(await oracleManifest(server, { bucket, prefix: PREFIX, at }));
    expect(manifest).not.toBe(readFileSync(work.at("now.csv"), "utf8"));
    expect(`${result.stdout}${result.stderr}`).toContain("tied.txt");
  });

  // s3pin pin s3://BUCKET/site/ -o now.csv
  it("gives the same manifest again, and leaves the file alone", async () => {
    const { mtimeNs, ino } = statSync(work.at("now.csv"), { bigint: true });
    const result = await runCli(["pin", source, "-o", work.at("now.csv")], direct());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(statSync(work.at("now.csv"), { bigint: true })).toMatchObject({ mtimeNs, ino });
  });

  // s3pin restore now.csv now
  it("is restored byte for byte, and nothing else is there", async () => {
    const result = await runCli(["restore", work.at("now.csv"), work.at("now")], direct());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report("restore, empty root", result);
    expect(await treeMd5s(work.at("now"))).toEqual(sorted(expectedMd5s([...beforeMoment, ...history.after], "fourth")));
  });

  // s3pin restore past.csv past
  it("is restored as it was, with one request for each object of one piece", async () => {
    proxy.clear();
    const result = await runCli(["restore", work.at("past.csv"), work.at("past")], counted());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report("restore of the past, empty root, counted", result);
    const expected = expectedMd5s(beforeMoment, "third");
    expect(await treeMd5s(work.at("past"))).toEqual(sorted(expected));
    expect(new Set(gets()).size).toBe(expected.size);
  });

  // s3pin restore now.csv now
  it("is not asked a second time", async () => {
    proxy.clear();
    const result = await runCli(["restore", work.at("now.csv"), work.at("now")], counted());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report("restore, nothing to do", result);
    expect({ requests: proxy.requests, connections: proxy.connections }).toEqual({ requests: [], connections: 0 });
  });

  // s3pin verify now.csv now
  it("verifies", async () => {
    const result = await runCli(["verify", work.at("now.csv"), work.at("now")], { env: work.env });
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report("verify", result);
  });

  // s3pin restore now.csv now, the cache directory gone
  it("is not fetched again when the index is lost", async () => {
    rmSync(work.at("cache"), { recursive: true });
    proxy.clear();
    const result = await runCli(["restore", work.at("now.csv"), work.at("now")], counted());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report("restore, no index, files in place", result);
    expect(gets()).toEqual([]);
    expect(proxy.connections).toBe(0);
  });

  // s3pin restore past.csv now --prune
  it("changes from one manifest to the other: only what differs is fetched, what left is pruned", async () => {
    const from = expectedMd5s([...beforeMoment, ...history.after], "fourth");
    const to = expectedMd5s(beforeMoment, "third");
    const differs = [...to].filter(([path, digest]) => from.get(path) !== digest).length;
    proxy.clear();
    const result = await runCli(["restore", work.at("past.csv"), work.at("now"), "--prune", "--json"], counted());
    expect(result, result.stderr).toMatchObject({ code: 0 });
    report(`restore of ${differs} changed objects`, result);
    expect(await treeMd5s(work.at("now"))).toEqual(sorted(to));
    expect(new Set(gets()).size).toBe(differs);
    const pruned = [...from.keys()].filter((path) => !to.has(path)).length;
    const summary = JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(summary).toMatchObject({ downloaded: differs, deleted: pruned });
  });

  // s3pin restore past.csv past, with no server and no credentials
  it("needs no server and no credentials when there is nothing to do", async () => {
    await server.stop();
    const result = await runCli(["restore", work.at("past.csv"), work.at("past")], {
      env: { ...work.env, AWS_ENDPOINT_URL: server.endpoint },
    });
    expect(result, result.stderr).toMatchObject({ code: 0 });
  });
});

function sorted(map: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
