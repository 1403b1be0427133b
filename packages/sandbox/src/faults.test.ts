import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FaultAction, FaultHandle, FaultRule } from "./faults.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";

const BODY = "0123456789".repeat(1000);

let sandbox: Sandbox;
let oldVersion: string;
const rules: FaultHandle[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ anonymous: true });
  sandbox.createBucket("media");
  oldVersion = sandbox.putObject("media", "a.txt", "old").versionId;
  sandbox.putObject("media", "a.txt", BODY);
  sandbox.putObject("media", "b.txt", BODY);
});

afterAll(() => sandbox.close());

beforeEach(() => {
  for (const rule of rules.splice(0)) rule.remove();
  sandbox.clearLog();
});

function fault(rule: FaultRule): FaultHandle {
  const handle = sandbox.fault(rule);
  rules.push(handle);
  return handle;
}

function get(path = "a.txt", headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${sandbox.endpoint}/media/${path}`, { headers });
}

const strike = (action: FaultAction) => fault({ operation: "GetObject", key: "a.txt", action });

describe("fault()", () => {
  it("answers with a status, headers and code", async () => {
    strike({ kind: "status", status: 503, code: "SlowDown", headers: { "retry-after": "3" } });
    const response = await get();
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("3");
    expect(await response.text()).toContain("<Code>SlowDown</Code>");
    expect((await get("b.txt")).status).toBe(200);
  });

  it("strikes the attempts it names, counted for each key", async () => {
    const rule = fault({
      operation: "GetObject",
      attempts: [1],
      action: { kind: "status", status: 500, code: "InternalError" },
    });
    const statuses = [];
    for (const path of ["a.txt", "a.txt", "b.txt", "b.txt", "b.txt"]) statuses.push((await get(path)).status);
    expect(statuses).toEqual([500, 200, 500, 200, 200]);
    expect(rule.hits).toBe(2);
  });

  it("strikes so many times, over all keys", async () => {
    fault({ key: /\.txt$/, times: 1, action: { kind: "status", status: 500, code: "InternalError" } });
    expect([(await get("a.txt")).status, (await get("b.txt")).status]).toEqual([500, 200]);
  });

  it("strikes by chance in the same way for the same seed", async () => {
    const patterns = [];
    for (let run = 0; run < 2; run++) {
      const other = await startSandbox({ anonymous: true, seed: 7 });
      other.createBucket("media");
      other.putObject("media", "k", "x");
      other.fault({ probability: 0.5, action: { kind: "status", status: 500, code: "InternalError" } });
      const statuses = [];
      for (let i = 0; i < 20; i++) statuses.push((await fetch(`${other.endpoint}/media/k`)).status);
      await other.close();
      patterns.push(statuses.join());
    }
    expect(patterns[0]).toBe(patterns[1]);
    expect(new Set(patterns[0]?.split(","))).toEqual(new Set(["200", "500"]));
  });

  it("is obeyed by the SDK's own retries", async () => {
    const rule = fault({ attempts: [1, 2], action: { kind: "status", status: 503, code: "SlowDown" } });
    const client = new S3Client({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "testtest" },
    });
    const answer = await client.send(new GetObjectCommand({ Bucket: "media", Key: "a.txt" }));
    expect(await answer.Body?.transformToString()).toBe(BODY);
    expect(rule.hits).toBe(2);
    expect(sandbox.log.map((entry) => entry.status)).toEqual([503, 503, 200]);
  });

  it("delays", async () => {
    strike({ kind: "delay", ms: 60 });
    const start = performance.now();
    expect((await get()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  });

  it("stalls after some bytes", async () => {
    strike({ kind: "stall", afterBytes: 10 });
    const response = await get();
    expect(response.headers.get("content-length")).toBe(String(BODY.length));
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(10);
    const next = reader?.read().catch(() => "aborted");
    const timer = new Promise((resolve) => setTimeout(resolve, 50, "silence"));
    expect(await Promise.race([next, timer])).toBe("silence");
    await reader?.cancel();
  });

  it.each([0, 10, 5000])("cuts the connection after %i bytes", async (afterBytes) => {
    strike({ kind: "cut", afterBytes });
    const response = await get();
    expect(response.headers.get("content-length")).toBe(String(BODY.length));
    await expect(response.text()).rejects.toThrow();
    expect(sandbox.log[0]?.bytesSent).toBe(afterBytes);
  });

  it("sends a short body that looks whole", async () => {
    strike({ kind: "short", bytes: 10 });
    const response = await get();
    expect(response.headers.get("content-length")).toBe("10");
    expect(await response.text()).toBe("0123456789");
  });

  it("sends a truncated body without Content-Length", async () => {
    strike({ kind: "truncate-after", bytes: 10 });
    const response = await get();
    expect(response.headers.get("content-length")).toBeNull();
    expect(response.headers.get("transfer-encoding")).toBeNull();
    expect(await response.text()).toBe("0123456789");
  });

  it("resets before the headers", async () => {
    strike({ kind: "reset" });
    await expect(get()).rejects.toThrow();
    expect(sandbox.log[0]).toMatchObject({ status: 0, faults: ["reset"] });
  });

  it("flips one bit", async () => {
    strike({ kind: "corrupt", atByte: 3 });
    const text = await (await get()).text();
    expect(text).toHaveLength(BODY.length);
    expect(text.slice(0, 6)).toBe("012245");
  });

  it("changes and removes headers", async () => {
    strike({ kind: "header", set: { ETag: '"wrong"', "x-amz-version-id": null } });
    const { headers } = await get();
    expect([headers.get("etag"), headers.get("x-amz-version-id")]).toEqual(['"wrong"', null]);
  });

  it("ignores a range", async () => {
    strike({ kind: "ignore-range" });
    const response = await get("a.txt", { range: "bytes=0-9" });
    expect([response.status, await response.text()]).toEqual([200, BODY]);
  });

  it("ignores a version", async () => {
    strike({ kind: "ignore-version" });
    expect(await (await get(`a.txt?versionId=${oldVersion}`)).text()).toBe(BODY);
  });

  it("hides an error in a 200", async () => {
    strike({ kind: "xml-error-200" });
    const response = await get();
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining("<Code>InternalError</Code>"),
    ]);
  });
});
