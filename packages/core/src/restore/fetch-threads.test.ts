import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";

import { describe, expect, it, onTestFinished } from "vitest";

import type { ManifestEntry } from "../manifest/types.ts";
import { createAwsObjectStore } from "../s3/aws-object-store.ts";
import { openSite, type Site } from "./site.test-helper.ts";

/** More than are fetched by one thread. */
const COUNT = 700;
const hasThreads = availableParallelism() > 1;

const bodyOf = (path: string) => `content of ${path}`;

function putMany(site: Site, count = COUNT): ManifestEntry[] {
  const paths = Array.from({ length: count }, (_, i) => `d${i % 7}/f${String(i).padStart(4, "0")} ü.txt`);
  return paths.map((path) => site.put(path, bodyOf(path)));
}

const treeOf = (entries: readonly ManifestEntry[]) =>
  Object.fromEntries(entries.map(({ path }) => [path, bodyOf(path)]));

/** The threads that are started from now on. */
function watchThreads(onStart: (worker: Worker) => void = () => {}): Worker[] {
  const workers: Worker[] = [];
  const listener = (worker: Worker) => {
    workers.push(worker);
    onStart(worker);
  };
  process.on("worker", listener);
  onTestFinished(() => void process.off("worker", listener));
  return workers;
}

describe.runIf(hasThreads)("restore() of many objects, in several threads", () => {
  it("places each once, tells of each, and remembers each", async () => {
    const site = await openSite();
    const workers = watchThreads();
    const entries = putMany(site);
    const manifest = site.manifest(entries);
    let last = { done: 0, bytesDone: 0 };
    const onProgress = (progress: typeof last) => {
      last = progress;
    };
    // On a busy machine an answer may take longer than a test of time-outs wants to wait, and is then asked for again.
    const connect = () => createAwsObjectStore({ endpointUrl: site.sandbox.endpoint, region: "us-east-1" });
    const report = await site.restore(manifest, { onProgress, connect });
    expect(workers.length).toBeGreaterThan(0);
    expect(report).toMatchObject({ downloaded: COUNT, failures: [], proofs: { md5: COUNT } });
    expect(site.tree()).toEqual(treeOf(entries));
    expect(site.gets().sort()).toEqual(entries.map(({ path }) => `site/${path}`).sort());
    expect(new Set(site.events.map(({ kind, path }) => `${kind} ${path}`)).size).toBe(COUNT);
    expect(last).toMatchObject({
      done: COUNT,
      bytesDone: entries.reduce((sum, entry) => sum + (entry.sizeBytes ?? 0), 0),
    });
    expect(await site.restore(manifest)).toMatchObject({ unchanged: COUNT, proofs: { index: COUNT } });
    expect(site.gets()).toEqual([]);
  });

  it("loses nothing to a store that throttles, breaks off, flips bits and stalls", async () => {
    const site = await openSite();
    const entries = putMany(site);
    for (const action of [
      { kind: "status", status: 503, code: "SlowDown" },
      { kind: "status", status: 500, code: "InternalError" },
      { kind: "reset" },
      { kind: "cut", afterBytes: 4 },
      { kind: "corrupt", atByte: 5 },
      { kind: "truncate-after", bytes: 3 },
    ] as const)
      site.sandbox.fault({ operation: "GetObject", attempts: [1], probability: 0.15, action });
    const report = await site.restore(site.manifest(entries));
    expect(report).toMatchObject({ downloaded: COUNT, failures: [] });
    expect(site.tree()).toEqual(treeOf(entries));
  });

  it("names what fails, with its reason, and restores the rest", async () => {
    const site = await openSite();
    const entries = putMany(site);
    const [gone, denied] = [entries[100], entries[600]] as [ManifestEntry, ManifestEntry];
    site.sandbox.deleteObject("media", `site/${gone.path}`, gone.versionId);
    site.sandbox.fault({ key: `site/${denied.path}`, action: { kind: "status", status: 403, code: "AccessDenied" } });
    const report = await site.restore(site.manifest(entries));
    const failures = report.failures.map(({ path, error }) => [path, error.code]).sort();
    expect(failures).toEqual(
      [
        [gone.path, "VERSION_GONE"],
        [denied.path, "ACCESS_DENIED"],
      ].sort(),
    );
    expect(report.downloaded).toBe(COUNT - 2);
  });

  it("goes on by itself when the others die", async () => {
    const site = await openSite();
    const workers = watchThreads((worker) => setTimeout(() => void worker.terminate(), 60));
    const entries = putMany(site);
    site.sandbox.fault({ operation: "GetObject", action: { kind: "delay", ms: 20 } });
    const report = await site.restore(site.manifest(entries));
    expect(workers.length).toBeGreaterThan(0);
    expect(report).toMatchObject({ downloaded: COUNT, failures: [] });
    expect(site.tree()).toEqual(treeOf(entries));
  });

  it("stops them all at once, and leaves no temporary file", async () => {
    const site = await openSite();
    watchThreads();
    const entries = putMany(site);
    const manifest = site.manifest(entries);
    site.sandbox.fault({ operation: "GetObject", action: { kind: "delay", ms: 20 } });
    const stop = new AbortController();
    const onProgress = ({ phase, done }: { phase: string; done: number }) => {
      if (phase === "download" && done > 200) stop.abort();
    };
    await expect(site.restore(manifest, { signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: "ABORTED",
    });
    const after = readdirSync(site.root, { recursive: true }).length;
    expect(readdirSync(site.root).filter((name) => name.startsWith(".s3pin"))).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readdirSync(site.root, { recursive: true })).toHaveLength(after);
    expect(await site.restore(manifest)).toMatchObject({ failures: [] });
    expect(site.tree()).toEqual(treeOf(entries));
  });

  it("holds back what stands in the way until the deletes are done", async () => {
    const site = await openSite();
    const entries = putMany(site);
    const victim = entries[300]?.path ?? "";
    mkdirSync(join(site.root, victim), { recursive: true });
    writeFileSync(join(site.root, victim, "inside"), "x");
    const report = await site.restore(site.manifest(entries), { delete: true });
    expect(report).toMatchObject({ downloaded: COUNT, deleted: 1, failures: [] });
    expect(site.tree()).toEqual(treeOf(entries));
  });

  it("reads several buckets, one of them in another region", async () => {
    const site = await openSite();
    site.sandbox.createBucket("other", { region: "eu-central-1" });
    const entries = putMany(site, 400);
    const others = Array.from({ length: 400 }, (_, i): ManifestEntry => {
      const path = `other/${String(i).padStart(4, "0")}`;
      const { versionId, etag } = site.sandbox.putObject("other", path, bodyOf(path));
      const sizeBytes = Buffer.byteLength(bodyOf(path));
      return { path, versionId, etag, sizeBytes, lastModifiedMs: undefined, source: "s3://other/", extra: undefined };
    });
    const report = await site.restore(site.manifest([...entries, ...others]));
    expect(report).toMatchObject({ downloaded: 800, failures: [] });
    expect(site.tree()).toEqual(treeOf([...entries, ...others]));
  });

  it("fetches the pieces of large objects in all of them", async () => {
    const site = await openSite();
    const workers = watchThreads();
    const body = Buffer.from(Array.from({ length: 80 }, (_, i) => `${i} `.padEnd(1024 * 1024, "large ")).join(""));
    const entries = [site.put("a.bin", body), site.put("b.bin", body, { partSizeBytes: 8 * 1024 * 1024 })];
    for (const action of [{ kind: "cut", afterBytes: 1_000_000 }, { kind: "reset" }] as const)
      site.sandbox.fault({ operation: "GetObject", attempts: [3, 5, 8], action });
    const report = await site.restore(site.manifest(entries));
    expect(workers.length).toBeGreaterThan(0);
    expect(report).toMatchObject({ downloaded: 2, failures: [], proofs: { checksum: 2 } });
    for (const { path } of entries) expect(readFileSync(join(site.root, path)).equals(body)).toBe(true);
  });

  it("uses no more connections than it was told", async () => {
    const site = await openSite();
    const workers = watchThreads();
    const entries = putMany(site);
    expect(await site.restore(site.manifest(entries), { concurrency: 1 })).toMatchObject({ downloaded: COUNT });
    expect(workers).toEqual([]);
  });
});

describe("restore() from a store that throttles above so many requests at once", () => {
  it.each([8, 40])("(%i) comes to rest there, and loses nothing", async (capacity) => {
    const server = await startThrottlingServer(capacity);
    const site = await openSite();
    const entries = Array.from({ length: 3_000 }, (_, i): ManifestEntry => {
      const path = `f${String(i).padStart(4, "0")}`;
      const etag = createHash("md5").update(bodyOf(path)).digest("hex");
      const sizeBytes = bodyOf(path).length;
      return { path, versionId: "v1", etag, sizeBytes, lastModifiedMs: 1e12, source: "s3://media/", extra: undefined };
    });
    const connect = () => createAwsObjectStore({ endpointUrl: server.origin, region: "us-east-1" });
    const report = await site.restore(site.manifest(entries), { connect });
    expect(report).toMatchObject({ downloaded: 3_000, failures: [] });
    expect(site.tree()).toEqual(treeOf(entries));
    // The climb at the beginning is refused; from then on a refusal is the exception.
    const { refused, answered } = server.later();
    expect(answered).toBeGreaterThan(1_000);
    expect(refused / answered).toBeLessThan(0.25);
    rmSync(site.root, { recursive: true });
  });
});

/** Answers each request after some milliseconds with the content of its key, and refuses those above its capacity. */
async function startThrottlingServer(capacity: number) {
  let inFlight = 0;
  const outcomes: boolean[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://x").pathname.split("/").at(-1) ?? "";
    const isRefused = inFlight >= capacity;
    outcomes.push(isRefused);
    if (isRefused) {
      response.writeHead(503, { "content-type": "application/xml" }).end("<Error><Code>SlowDown</Code></Error>");
      return;
    }
    inFlight++;
    setTimeout(() => {
      inFlight--;
      const etag = createHash("md5").update(bodyOf(path)).digest("hex");
      response.writeHead(200, { etag: `"${etag}"`, "x-amz-version-id": "v1" }).end(bodyOf(path));
    }, 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What became of the second half of the requests. */
    later() {
      const half = outcomes.slice(outcomes.length / 2);
      const refused = half.filter(Boolean).length;
      return { refused, answered: half.length - refused };
    },
  };
}
