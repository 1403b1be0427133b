import { createServer, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp } from "node:net";

import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Sandbox, type SandboxOptions, startSandbox } from "@s3pin/sandbox";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { createAwsObjectStore } from "./aws-object-store.ts";
import type { ConnectionOptions } from "./connection.ts";
import type { GetVersionRequest, ObjectHead, ObjectStore } from "./object-store.ts";

async function open(options: SandboxOptions = {}, connection: ConnectionOptions = {}) {
  const sandbox = await startSandbox(options);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "testtest");
  vi.stubEnv("AWS_REGION", "us-east-1");
  const store = await createAwsObjectStore({ endpointUrl: sandbox.endpoint, ...connection });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await store.close();
    await sandbox.close();
  });
  sandbox.createBucket("media");
  return { sandbox, store };
}

async function read(store: ObjectStore, request: GetVersionRequest) {
  const chunks: Uint8Array[] = [];
  let head: ObjectHead | undefined;
  await store.getVersion(request, {
    start(given) {
      head = given;
      return undefined;
    },
    write(chunk) {
      chunks.push(Buffer.from(chunk));
      return undefined;
    },
  });
  return { head, body: Buffer.concat(chunks).toString() };
}

const put = (sandbox: Sandbox, key: string, body: string, options = {}) => ({
  bucket: "media",
  key,
  versionId: sandbox.putObject("media", key, body, options).versionId,
});

describe("getVersion()", () => {
  it.each([
    "a b",
    "a+b",
    "%41",
    "x%2Fy",
    "é😀",
    "e\u0301",
    "\n",
    "\u0001",
    "//lead",
    "a//b",
    "q?x=1#h;:@=,$!*()~'",
    "back\\slash",
    "../up",
    "tail/",
  ])("reads the key %j byte for byte", async (key) => {
    const { sandbox, store } = await open();
    const request = put(sandbox, key, "pinned");
    put(sandbox, key, "newer");
    expect(await read(store, request)).toMatchObject({
      body: "pinned",
      head: { status: 200, versionId: request.versionId },
    });
  });

  it("reads a range", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "0123456789");
    expect(await read(store, { ...request, range: [2, 4] })).toMatchObject({
      body: "234",
      head: { status: 206, contentLength: 3 },
    });
  });

  it("tells stored checksums over the whole, but no composite ones and none of a range", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "text", { checksum: "SHA256" });
    expect((await read(store, request)).head?.checksums).toHaveProperty("sha256");
    expect((await read(store, { ...request, range: [0, 1] })).head?.checksums).toEqual({});
    const parts = put(sandbox, "b", "x".repeat(20), { checksum: "SHA256", partSizeBytes: 10 });
    expect((await read(store, parts)).head?.checksums).toEqual({});
  });

  it("knows that an ETag is no MD5 with SSE-KMS", async () => {
    const { sandbox, store } = await open();
    expect((await read(store, put(sandbox, "a", "1", { sse: "aws:kms" }))).head?.etagMayBeMd5).toBe(false);
    expect((await read(store, put(sandbox, "b", "1"))).head?.etagMayBeMd5).toBe(true);
  });

  it("holds the sender back while a write is pending", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "x".repeat(3_000_000));
    let inWrite = 0;
    let most = 0;
    let bytes = 0;
    await store.getVersion(request, {
      start: () => undefined,
      async write(chunk) {
        most = Math.max(most, ++inWrite);
        await new Promise((resolve) => setImmediate(resolve));
        bytes += chunk.length;
        inWrite--;
      },
    });
    expect(bytes).toBe(3_000_000);
    expect(most).toBe(1);
  });

  it("rejects with what the sink throws, and goes on working", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "x".repeat(500_000));
    const refusal = new RangeError("not wanted");
    const refuse = () => {
      throw refusal;
    };
    const [start, write] = [() => undefined, () => undefined];
    await expect(store.getVersion(request, { start: refuse, write })).rejects.toBe(refusal);
    await expect(store.getVersion(request, { start: () => Promise.reject(refusal), write })).rejects.toBe(refusal);
    await expect(store.getVersion(request, { start, write: refuse })).rejects.toBe(refusal);
    await expect(store.getVersion(request, { start, write: () => Promise.reject(refusal) })).rejects.toBe(refusal);
    expect((await read(store, request)).body).toHaveLength(500_000);
  });

  it("stops when the signal says so", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "x".repeat(100_000));
    sandbox.fault({ action: { kind: "stall", afterBytes: 10 } });
    const stop = new AbortController();
    const got = store.getVersion(
      request,
      { start: () => void setTimeout(() => stop.abort(), 20), write: () => undefined },
      stop.signal,
    );
    await expect(got).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("asks once for an answer that is an error, and reads it as the SDK does", async () => {
    const { sandbox, store } = await open();
    sandbox.fault({
      key: "a",
      action: { kind: "status", status: 503, code: "SlowDown", headers: { "retry-after": "7" } },
    });
    await expect(read(store, put(sandbox, "a", "1"))).rejects.toMatchObject({
      code: "THROTTLED",
      details: { retryAfterMs: 7_000 },
    });
    expect(sandbox.log).toHaveLength(1);
  });

  it("allows for a clock that is wrong, as the SDK does", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "1");
    const headers = { date: new Date(Date.now() + 600_000).toUTCString() };
    sandbox.fault({ attempts: [1], action: { kind: "status", status: 403, code: "RequestTimeTooSkewed", headers } });
    await expect(read(store, request)).rejects.toMatchObject({ code: "SERVER_ERROR" });
    expect((await read(store, request)).body).toBe("1");
  });

  it("reads SSE-C objects with the customer's key, and not without", async () => {
    const key = Buffer.alloc(32, 7);
    const { sandbox, store } = await open({}, { sseCustomerKey: key });
    const client = new S3Client({ endpoint: sandbox.endpoint, region: "us-east-1", forcePathStyle: true });
    onTestFinished(() => client.destroy());
    const { VersionId: versionId = "" } = await client.send(
      new PutObjectCommand({
        Bucket: "media",
        Key: "secret",
        Body: "secret",
        SSECustomerAlgorithm: "AES256",
        SSECustomerKey: key as unknown as string,
      }),
    );
    const request = { bucket: "media", key: "secret", versionId };
    expect(await read(store, request)).toMatchObject({ body: "secret", head: { etagMayBeMd5: false } });
    const keyless = await createAwsObjectStore({ endpointUrl: sandbox.endpoint });
    onTestFinished(() => keyless.close());
    await expect(read(keyless, request)).rejects.toMatchObject({ code: "UNEXPECTED_ANSWER" });
  });

  it("sends no signature when told so", async () => {
    const { sandbox, store } = await open({ anonymous: true }, { noSignRequest: true });
    vi.stubEnv("AWS_ACCESS_KEY_ID", "");
    expect((await read(store, put(sandbox, "a", "public"))).body).toBe("public");
  });
});

describe("headVersion()", () => {
  it("tells what a GET would, and the length of a part", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "x".repeat(25), { partSizeBytes: 10 });
    put(sandbox, "a", "newer");
    const head = await store.headVersion(request);
    expect(head).toMatchObject({ versionId: request.versionId, contentLength: 25, etagMayBeMd5: true });
    expect(Object.keys(head.checksums)).toEqual(["crc64nvme"]);
    expect(await store.headVersion({ ...request, partNumber: 1 })).toMatchObject({ contentLength: 10 });
    expect(await store.headVersion({ ...request, partNumber: 3 })).toMatchObject({ contentLength: 5 });
  });

  it("names a version that is gone", async () => {
    const { sandbox, store } = await open();
    const request = put(sandbox, "a", "1");
    sandbox.deleteObject("media", "a", request.versionId);
    await expect(store.headVersion(request)).rejects.toMatchObject({ code: "VERSION_GONE" });
  });
});

describe("listVersionsPage()", () => {
  it("gives rows in document order with their markers", async () => {
    const { sandbox, store } = await open();
    put(sandbox, "p/a b", "1");
    sandbox.deleteObject("media", "p/a b");
    put(sandbox, "p/é", "22");
    const first = await store.listVersionsPage({ bucket: "media", prefix: "p/", maxKeys: 2 });
    expect(first.rows).toMatchObject([
      { key: "p/a b", isDeleteMarker: true, isLatest: true },
      { key: "p/a b", isDeleteMarker: false, isLatest: false, sizeBytes: 1 },
    ]);
    const { nextKeyMarker: keyMarker, nextVersionIdMarker: versionIdMarker } = first;
    const second = await store.listVersionsPage({ bucket: "media", prefix: "p/", keyMarker, versionIdMarker });
    expect(second).toMatchObject({ isTruncated: false, rows: [{ key: "p/é", sizeBytes: 2 }] });
  });

  it.each([
    ["nowhere", undefined, "BUCKET_NOT_FOUND"],
    ["media", { status: 403, code: "AccessDenied" }, "ACCESS_DENIED"],
    ["media", { status: 500, code: "InternalError" }, "SERVER_ERROR"],
  ])("of %s with %j fails as %s", async (bucket, fault, code) => {
    const { sandbox, store } = await open();
    if (fault !== undefined) sandbox.fault({ action: { kind: "status", ...fault } });
    await expect(store.listVersionsPage({ bucket, prefix: "" })).rejects.toMatchObject({ code });
  });
});

describe("getVersioning()", () => {
  it.each(["Enabled", "Suspended", "Off"] as const)("tells %s", async (versioning) => {
    const { sandbox, store } = await open();
    sandbox.createBucket("other", { versioning });
    expect(await store.getVersioning("other")).toBe(versioning);
  });
});

describe("all requests", () => {
  it("go through HTTP_PROXY, but not to what NO_PROXY names", async () => {
    const { server, origins } = await startProxy();
    const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { sandbox } = await open();
    const request = put(sandbox, "a", "1");
    for (const [noProxy, expected] of [
      ["", true],
      ["127.0.0.1", false],
    ] as const) {
      origins.length = 0;
      vi.stubEnv("HTTP_PROXY", proxy);
      vi.stubEnv("http_proxy", proxy);
      vi.stubEnv("NO_PROXY", noProxy);
      vi.stubEnv("no_proxy", noProxy);
      const store = await createAwsObjectStore({ endpointUrl: sandbox.endpoint });
      await read(store, request);
      await store.listVersionsPage({ bucket: "media", prefix: "" });
      await store.getVersioning("media");
      await store.close();
      expect(origins.length > 0).toBe(expected);
    }
  });
});

/** A forward proxy that notes what goes through it. */
async function startProxy(): Promise<{ server: Server; origins: string[] }> {
  const origins: string[] = [];
  const server = createServer((_request, response) => response.writeHead(501).end());
  server.on("connect", (request, socket, head) => {
    origins.push(request.url ?? "");
    const [host, port] = (request.url ?? "").split(":");
    const upstream = connectTcp(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, origins };
}
