import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3, type S3ClientConfig } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { presign, putSignedChunks } from "../conformance/hand-signed.ts";
import { connect, outcome, type ServerUnderTest, tagText } from "../conformance/server-under-test.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { encodeRfc3986 } from "./sigv4.ts";

const Bucket = "media";

let sandbox: Sandbox;
let s3: S3;
let raw: ServerUnderTest["raw"];

beforeAll(async () => {
  sandbox = await startSandbox({ now: Date.parse("2026-11-02T10:00:00Z") });
  sandbox.createBucket(Bucket);
  s3 = client();
  raw = connect({
    endpoint: sandbox.endpoint,
    accessKeyId: "test",
    secretAccessKey: "testtest",
    region: "us-east-1",
  }).raw;
});

afterAll(() => sandbox.close());

function client(config: S3ClientConfig = {}): S3 {
  return new S3({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "testtest" },
    maxAttempts: 1,
    ...config,
  });
}

const md5 = (bytes: string | Uint8Array) => createHash("md5").update(bytes).digest("hex");

describe("startSandbox()", () => {
  it("gives the same version ids for the same seed and steps", async () => {
    const ids: string[] = [];
    for (const seed of [1, 1, 2]) {
      const other = await startSandbox({ seed });
      other.createBucket(Bucket);
      ids.push(other.putObject(Bucket, "k", "x").versionId);
      await other.close();
    }
    expect(ids[0]).toMatch(/^[\w.-]{32}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it("stamps versions with the clock that was set", async () => {
    sandbox.setClock("2026-11-02T10:00:00Z");
    await s3.putObject({ Bucket, Key: "clock", Body: "1" });
    sandbox.advanceClock(1500);
    await s3.putObject({ Bucket, Key: "clock", Body: "2" });
    const { Versions = [] } = await s3.listObjectVersions({ Bucket, Prefix: "clock" });
    const times = Versions.map((version) => version.LastModified?.toISOString());
    expect(times).toEqual(["2026-11-02T10:00:01.000Z", "2026-11-02T10:00:00.000Z"]);
  });

  it("logs each request with operation, key, version, range, status and bytes", async () => {
    const { versionId } = sandbox.putObject(Bucket, "logged", "0123456789");
    sandbox.clearLog();
    const answer = await s3.getObject({ Bucket, Key: "logged", VersionId: versionId, Range: "bytes=2-4" });
    await answer.Body?.transformToString();
    await s3.headObject({ Bucket, Key: "logged" });
    await s3.listObjectVersions({ Bucket });
    const [get, head, list] = sandbox.log;
    expect(get).toEqual({
      method: "GET",
      operation: "GetObject",
      bucket: Bucket,
      key: "logged",
      versionId,
      range: "bytes=2-4",
      isSigned: true,
      status: 206,
      bytesSent: 3,
      faults: [],
    });
    expect(head).toMatchObject({ operation: "HeadObject", status: 200, bytesSent: 0 });
    expect(list).toMatchObject({ operation: "ListObjectVersions", bucket: Bucket });
  });

  it("tells the truth about versions in the order of a listing", () => {
    const older = sandbox.putObject(Bucket, "truth", "1");
    const marker = sandbox.deleteObject(Bucket, "truth");
    const newer = sandbox.putObject(Bucket, "truth", "22", { lastModified: "2020-01-01T00:00:00Z" });
    const rows = sandbox.versions(Bucket, "truth");
    expect(rows.map((row) => row.versionId)).toEqual([newer.versionId, marker.versionId, older.versionId]);
    expect(rows[0]).toMatchObject({ isLatest: true, isDeleteMarker: false, sizeBytes: 2, etag: md5("22") });
    expect(rows[0]?.lastModified).toEqual(new Date("2020-01-01T00:00:00Z"));
    expect(rows[1]).toMatchObject({ isLatest: false, isDeleteMarker: true });
    expect(sandbox.readObject(Bucket, "truth", older.versionId).toString()).toBe("1");
  });

  it("removes what it kept on disk when it closes", async () => {
    // A place of its own: other tests keep bodies on disk too.
    const place = mkdtempSync(join(tmpdir(), "sandbox-test-"));
    vi.stubEnv("TMPDIR", place);
    const other = await startSandbox({ anonymous: true });
    other.createBucket(Bucket);
    const bytes = randomBytes(5 * 1024 * 1024);
    other.putObject(Bucket, "large", bytes);
    expect(readdirSync(place)).toHaveLength(1);
    const url = `${other.endpoint}/${Bucket}/large`;
    expect(md5(new Uint8Array(await (await fetch(url)).arrayBuffer()))).toBe(md5(bytes));
    const part = await fetch(url, { headers: { range: "bytes=4000000-4999999" } });
    expect(md5(new Uint8Array(await part.arrayBuffer()))).toBe(md5(bytes.subarray(4_000_000, 5_000_000)));
    await other.close();
    expect(readdirSync(place)).toEqual([]);
    vi.unstubAllEnvs();
    rmSync(place, { recursive: true });
  });

  it("waits at least latencyMs with each answer", async () => {
    const other = await startSandbox({ anonymous: true, latencyMs: 40 });
    const start = performance.now();
    await fetch(other.endpoint);
    expect(performance.now() - start).toBeGreaterThanOrEqual(38);
    await other.close();
  });
});

describe("putObject()", () => {
  it.each([
    ["an MD5", {}, md5("0123456789")],
    ["a forced ETag", { etag: "not-an-md5" }, "not-an-md5"],
    [
      "a multipart ETag",
      { partSizeBytes: 4 },
      `${md5(Buffer.concat(["0123", "4567", "89"].map((t) => createHash("md5").update(t).digest())))}-3`,
    ],
  ])("gives %s", async (_, options, etag) => {
    expect(sandbox.putObject(Bucket, "etag", "0123456789", options).etag).toBe(etag);
    const head = await s3.headObject({ Bucket, Key: "etag" });
    expect([head.ETag, head.ContentLength]).toEqual([`"${etag}"`, 10]);
  });

  it("gives no MD5 under KMS", () => {
    expect(sandbox.putObject(Bucket, "kms", "x", { sse: "aws:kms" }).etag).not.toBe(md5("x"));
  });

  it("keeps storage class, type, headers and checksum", async () => {
    sandbox.putObject(Bucket, "kept", "x", {
      storageClass: "STANDARD_IA",
      contentType: "text/html",
      headers: { "cache-control": "no-store", "x-amz-meta-by": "me" },
      checksum: "SHA256",
    });
    const head = await s3.headObject({ Bucket, Key: "kept", ChecksumMode: "ENABLED" });
    expect(head).toMatchObject({
      StorageClass: "STANDARD_IA",
      ContentType: "text/html",
      CacheControl: "no-store",
      Metadata: { by: "me" },
      ChecksumSHA256: createHash("sha256").update("x").digest("base64"),
      ChecksumType: "FULL_OBJECT",
    });
  });

  it.each(["", "\ud800", "k".repeat(1025)])("refuses a key that cannot be one (%#)", (key) => {
    expect(() => sandbox.putObject(Bucket, key, "x")).toThrow();
  });
});

describe("signatures", () => {
  it.each([
    [
      "an unknown access key",
      { credentials: { accessKeyId: "other", secretAccessKey: "testtest" } },
      "InvalidAccessKeyId",
    ],
    ["a wrong secret", { credentials: { accessKeyId: "test", secretAccessKey: "wrong" } }, "SignatureDoesNotMatch"],
    ["a clock 20 minutes off", { systemClockOffset: 20 * 60 * 1000 }, "RequestTimeTooSkewed"],
  ])("refuses %s with 403", async (_, config, name) => {
    const promise = client(config).listObjectsV2({ Bucket });
    await expect(promise).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
  });

  it("refuses a body that is not the one signed", async () => {
    const answer = await raw(
      "PUT",
      Bucket,
      "tampered",
      {},
      { body: "x", headers: { "x-amz-content-sha256": md5("x").repeat(2) } },
    );
    expect(outcome(answer)).toMatch(/^40[03] (XAmzContentSHA256Mismatch|SignatureDoesNotMatch)$/);
  });

  it("takes any key that the SDK can sign", async () => {
    for (const Key of ["a b+c%20/d", "~!*'()", "ü/😀", "../x", "//", "a?b#c&d=e"]) {
      await s3.putObject({ Bucket, Key, Body: Key });
      const answer = await s3.getObject({ Bucket, Key });
      expect(await answer.Body?.transformToString()).toBe(Key);
    }
  });

  it("checks each chunk of a signed stream", async () => {
    for (const [isTampered, expected] of [
      [false, 200],
      [true, 403],
    ] as const) {
      const response = await putSignedChunks(sandbox.endpoint, `/${Bucket}/chunks`, ["hello ", "world"], isTampered);
      expect(response.status).toBe(expected);
    }
    expect(sandbox.readObject(Bucket, "chunks").toString()).toBe("hello world");
  });

  it("takes a presigned URL until it expires", async () => {
    sandbox.putObject(Bucket, "presigned", "x");
    const url = (seconds: number) => presign(sandbox.endpoint, `/${Bucket}/presigned`, seconds);
    expect((await fetch(url(60))).status).toBe(200);
    expect((await fetch(url(-60))).status).toBe(403);
    expect((await fetch(url(60).replace(/.$/, (c) => (c === "0" ? "1" : "0")))).status).toBe(403);
  });
});

describe("addresses", () => {
  it.each(["media.localhost", "media.s3.localhost", "media.s3.us-east-1.localhost"])(
    "finds the bucket in %s",
    async (name) => {
      sandbox.putObject(Bucket, "vhost", "x");
      const { port } = new URL(sandbox.endpoint);
      const { status } = await raw("GET", "vhost", undefined, {}, { headers: { host: `${name}:${port}` } });
      expect(status).toBe(200);
    },
  );

  it.each([
    ["us-east-1", 301, "PermanentRedirect"],
    ["eu-west-1", 400, "AuthorizationHeaderMalformed"],
    ["ap-south-1", undefined, undefined],
  ])("answers a request signed for %s to a bucket in ap-south-1", async (region, status, name) => {
    if (!sandbox.log.some((entry) => entry.bucket === "far")) sandbox.createBucket("far", { region: "ap-south-1" });
    const promise = client({ region }).listObjectsV2({ Bucket: "far" });
    if (status === undefined) {
      expect((await promise).KeyCount).toBe(0);
    } else {
      await expect(promise).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    }
  });

  it("lets the SDK follow to the bucket's region", async () => {
    sandbox.createBucket("afar", { region: "ap-south-1" });
    const answer = await client({ followRegionRedirects: true }).listObjectsV2({ Bucket: "afar" });
    expect(answer.KeyCount).toBe(0);
  });
});

describe("writes", () => {
  it.each([
    ["If-None-Match: * on an object", { IfNoneMatch: "*" }, "conditional", "PreconditionFailed"],
    ["If-Match with another ETag", { IfMatch: '"x"' }, "conditional", "PreconditionFailed"],
    ["If-Match on nothing", { IfMatch: '"x"' }, "nothing", "NoSuchKey"],
    ["a Content-MD5 that is none", { ContentMD5: "abc" }, "k", "InvalidDigest"],
    ["a checksum of another form", { ChecksumSHA256: "abc" }, "k", "InvalidRequest"],
    ["a checksum of other bytes", { ChecksumCRC32: "AAAAAA==" }, "k", "BadDigest"],
    ["a storage class that is none", { StorageClass: "ATTIC" as "STANDARD" }, "k", "InvalidStorageClass"],
  ])("refuse %s", async (_, options, Key, name) => {
    sandbox.putObject(Bucket, "conditional", "x");
    await expect(s3.putObject({ Bucket, Key, Body: "y", ...options })).rejects.toMatchObject({ name });
  });

  it("keep a customer's key to themselves", async () => {
    const key = (byte: number) => ({
      SSECustomerAlgorithm: "AES256",
      SSECustomerKey: Buffer.alloc(32, byte).toString("base64"),
      SSECustomerKeyMD5: createHash("md5").update(Buffer.alloc(32, byte)).digest("base64"),
    });
    const { ETag } = await s3.putObject({ Bucket, Key: "customer", Body: "x", ...key(1) });
    expect(ETag).not.toBe(`"${md5("x")}"`);
    const answer = await s3.getObject({ Bucket, Key: "customer", ...key(1) });
    expect(await answer.Body?.transformToString()).toBe("x");
    await expect(s3.getObject({ Bucket, Key: "customer" })).rejects.toMatchObject({ name: "InvalidRequest" });
    await expect(s3.getObject({ Bucket, Key: "customer", ...key(2) })).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("copy parts, list them, and give up an upload", async () => {
    sandbox.putObject(Bucket, "source", Buffer.alloc(6 * 1024 * 1024, "ab"));
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: "parts" });
    const upload = { Bucket, Key: "parts", UploadId };
    const copied = await s3.uploadPartCopy({
      ...upload,
      PartNumber: 1,
      CopySource: `${Bucket}/source`,
      CopySourceRange: `bytes=0-${5 * 1024 * 1024 - 1}`,
    });
    const last = await s3.uploadPart({ ...upload, PartNumber: 3, Body: "end" });
    const { Parts = [] } = await s3.listParts(upload);
    expect(Parts.map((part) => [part.PartNumber, part.Size])).toEqual([
      [1, 5 * 1024 * 1024],
      [3, 3],
    ]);
    expect((await s3.listMultipartUploads({ Bucket })).Uploads).toHaveLength(1);
    const parts = [
      { PartNumber: 1, ETag: copied.CopyPartResult?.ETag, ChecksumCRC32: copied.CopyPartResult?.ChecksumCRC32 },
      { PartNumber: 3, ETag: last.ETag, ChecksumCRC32: last.ChecksumCRC32 },
    ];
    const complete = (Chosen: typeof parts) =>
      s3.completeMultipartUpload({ ...upload, MultipartUpload: { Parts: Chosen } });
    await expect(complete(parts.toReversed())).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete([{ ...parts[0], ETag: '"x"' } as (typeof parts)[0]])).rejects.toMatchObject({
      name: "InvalidPart",
    });
    await complete(parts);
    expect(sandbox.readObject(Bucket, "parts")).toHaveLength(5 * 1024 * 1024 + 3);
    await expect(s3.abortMultipartUpload(upload)).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  it("refuse parts below 5 MiB, the last one aside", async () => {
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: "small" });
    const upload = { Bucket, Key: "small", UploadId };
    const Parts = [];
    for (const PartNumber of [1, 2]) {
      const { ETag, ChecksumCRC32 } = await s3.uploadPart({ ...upload, PartNumber, Body: "x" });
      Parts.push({ PartNumber, ETag, ChecksumCRC32 });
    }
    await expect(s3.completeMultipartUpload({ ...upload, MultipartUpload: { Parts } })).rejects.toMatchObject({
      name: "EntityTooSmall",
    });
    await s3.abortMultipartUpload(upload);
  });

  it("copy metadata or replace it", async () => {
    await s3.putObject({ Bucket, Key: "from", Body: "x", ContentType: "text/a", Metadata: { a: "1" } });
    const CopySource = `${Bucket}/from`;
    await s3.copyObject({ Bucket, Key: "copied", CopySource });
    await s3.copyObject({ Bucket, Key: "replaced", CopySource, MetadataDirective: "REPLACE", ContentType: "text/b" });
    expect(await s3.headObject({ Bucket, Key: "copied" })).toMatchObject({
      ContentType: "text/a",
      Metadata: { a: "1" },
    });
    expect(await s3.headObject({ Bucket, Key: "replaced" })).toMatchObject({ ContentType: "text/b", Metadata: {} });
    await expect(s3.copyObject({ Bucket, Key: "from", CopySource })).rejects.toMatchObject({ name: "InvalidRequest" });
  });

  it("say what a batch of deletes did", async () => {
    const { versionId } = sandbox.putObject(Bucket, "del", "x");
    const Objects = [
      { Key: "del" },
      { Key: "del", VersionId: versionId },
      { Key: "x&<\r\n" },
      { Key: "del", VersionId: "bogus" },
    ];
    const { Deleted = [], Errors = [] } = await s3.deleteObjects({ Bucket, Delete: { Objects } });
    expect(Deleted.map((row) => [row.Key, row.DeleteMarker])).toEqual([
      ["del", true],
      ["del", undefined],
      ["x&<\r\n", true],
    ]);
    expect(Errors).toHaveLength(1);
  });
});

describe("buckets", () => {
  it("come and go, but not with versions in them", async () => {
    await s3.createBucket({ Bucket: "passing" });
    await expect(s3.createBucket({ Bucket: "passing" })).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou" });
    const { versionId } = sandbox.putObject("passing", "k", "x");
    expect(versionId).toBe("null");
    await expect(s3.deleteBucket({ Bucket: "passing" })).rejects.toMatchObject({ name: "BucketNotEmpty" });
    await s3.deleteObject({ Bucket: "passing", Key: "k" });
    await s3.deleteBucket({ Bucket: "passing" });
    await expect(s3.headBucket({ Bucket: "passing" })).rejects.toMatchObject({ name: "NotFound" });
    expect((await s3.listBuckets({})).Buckets?.map((bucket) => bucket.Name)).toContain(Bucket);
  });

  it("keep their lifecycle rules", async () => {
    await expect(s3.getBucketLifecycleConfiguration({ Bucket })).rejects.toMatchObject({
      name: "NoSuchLifecycleConfiguration",
    });
    const Rules = [
      {
        ID: "old",
        Status: "Enabled" as const,
        Filter: { Prefix: "x/" },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
    ];
    await s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
    expect((await s3.getBucketLifecycleConfiguration({ Bucket })).Rules).toEqual(Rules);
    await s3.deleteBucketLifecycle({ Bucket });
    await expect(s3.getBucketLifecycleConfiguration({ Bucket })).rejects.toMatchObject({
      name: "NoSuchLifecycleConfiguration",
    });
  });

  it("have no place outside their region", async () => {
    expect((await s3.getBucketLocation({ Bucket })).LocationConstraint).toBeUndefined();
    const answer = await raw(
      "PUT",
      "there",
      undefined,
      {},
      {
        body: "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
      },
    );
    expect(answer.status).toBe(200);
    expect((await client({ region: "eu-west-1" }).getBucketLocation({ Bucket: "there" })).LocationConstraint).toBe(
      "eu-west-1",
    );
  });

  it("answer 501 to what the sandbox does not do", async () => {
    const answer = await raw("GET", Bucket, "k", { torrent: "" });
    expect(outcome(answer)).toBe("501 NotImplemented");
    expect(tagText(answer.body, "Message")).toContain("torrent");
  });
});

describe("encodeRfc3986()", () => {
  it("leaves only unreserved characters", () => {
    expect(encodeRfc3986("aZ09-._~ !'()*/ü")).toBe("aZ09-._~%20%21%27%28%29%2A%2F%C3%BC");
  });
});
