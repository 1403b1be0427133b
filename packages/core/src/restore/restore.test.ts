import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it, onTestFinished } from "vitest";

import type { ManifestEntry } from "../manifest/types.ts";
import { partialName } from "./fetch-partial.ts";
import { status } from "./restore.ts";
import { BUCKET, openSite, type Site, SOURCE } from "./site.test-helper.ts";

const NO_STORE = () => Promise.reject(new Error("no request was expected"));

function write(site: Site, path: string, content: string): void {
  mkdirSync(dirname(join(site.root, path)), { recursive: true });
  writeFileSync(join(site.root, path), content);
}

describe("restore() into an empty root", () => {
  it("writes exactly the pinned bytes and nothing else, with the objects' mtimes", async () => {
    const site = await openSite();
    const old = site.put("index.html", "first");
    site.put("index.html", "second");
    const entries = [
      old,
      site.put("img/a b+c%41é😀.txt", "odd name"),
      site.put("empty.txt", ""),
      site.put("folder/", ""),
    ];
    const report = await site.restore(site.manifest(entries));
    expect(site.tree()).toEqual({
      "index.html": "first",
      "img/a b+c%41é😀.txt": "odd name",
      "empty.txt": "",
      "folder/": null,
    });
    expect(report).toMatchObject({
      downloaded: 4,
      bytesDownloaded: 13,
      failures: [],
      proofs: { md5: 3, "version-id": 1 },
    });
    expect(statSync(join(site.root, "index.html")).mtimeMs).toBe(old.lastModifiedMs);
  });

  it("leaves the mtime alone when told so", async () => {
    const site = await openSite();
    const entry = site.put("a", "1");
    await site.restore(site.manifest([entry]), { mtime: false });
    expect(Date.now() - statSync(join(site.root, "a")).mtimeMs).toBeLessThan(60_000);
  });

  describe("of large objects, in parallel pieces that are proven", () => {
    const MIB = 1024 * 1024;
    const body = Buffer.from(Array.from({ length: 40 }, (_, i) => `${i} `.padEnd(MIB, "large ")).join(""));
    const CHECKSUMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;

    it.each<[string, Parameters<Site["put"]>[2], { noChecksums?: boolean }, string, number]>([
      ...CHECKSUMS.map((checksum) => [checksum, { checksum, etag: "opaque" }, {}, "checksum", 5] as never),
      ["a multipart CRC over the whole", { partSizeBytes: 8 * MIB }, {}, "checksum", 5],
      ["an ETag that is an MD5", {}, { noChecksums: true }, "md5", 5],
      ["an MD5 beside a SHA", { checksum: "SHA256" }, {}, "md5", 5],
      ["the parts' MD5s", { partSizeBytes: 5 * MIB }, { noChecksums: true }, "multipart-etag", 8],
      ["parts whose checksums are composite", { partSizeBytes: 7 * MIB, checksum: "SHA256" }, {}, "multipart-etag", 6],
      ["parts too large to be pieces", { partSizeBytes: 39 * MIB }, { noChecksums: true }, "multipart-etag", 2],
      ["nothing", { etag: "opaque" }, { noChecksums: true }, "version-id", 5],
    ])("by %s", async (_name, options, quirks, proof, requests) => {
      const site = await openSite({ quirks });
      const manifest = site.manifest([site.put("a.bin", body, options)]);
      let bytes = 0;
      const onProgress = (progress: { bytesDone: number }) => {
        bytes = progress.bytesDone;
      };
      expect(await site.restore(manifest, { onProgress })).toMatchObject({
        downloaded: 1,
        failures: [],
        proofs: { [proof]: 1 },
      });
      expect(readFileSync(join(site.root, "a.bin")).equals(body)).toBe(true);
      expect(site.gets()).toHaveLength(requests);
      expect(bytes).toBe(body.length);
    });

    it.each<[string, Parameters<Site["put"]>[2], { noChecksums?: boolean }, boolean]>([
      ["a CRC", {}, {}, true],
      ["a CRC of what has an opaque ETag", { etag: "opaque" }, {}, true],
      ["parts of an unusual size", { partSizeBytes: 7 * MIB + 5 }, { noChecksums: true }, true],
      ["nothing but their version", { etag: "opaque" }, { noChecksums: true }, true],
    ])("and known again by %s when they were touched", async (_name, options, quirks, isKept) => {
      const site = await openSite({ quirks });
      const manifest = site.manifest([site.put("a.bin", body, options)]);
      await site.restore(manifest);
      utimesSync(join(site.root, "a.bin"), 1e9, 1e9);
      expect(await site.restore(manifest)).toMatchObject(isKept ? { unchanged: 1 } : { downloaded: 1 });
      writeFileSync(join(site.root, "a.bin"), Buffer.alloc(body.length));
      expect(await site.restore(manifest)).toMatchObject({ downloaded: 1, failures: [] });
      expect(readFileSync(join(site.root, "a.bin")).equals(body)).toBe(true);
    });

    it.each([{}, { noChecksums: true }])("or else leave the old file (%j)", async (quirks) => {
      const site = await openSite({ quirks });
      const entry = site.put("a.bin", body, { partSizeBytes: 8 * MIB });
      write(site, "a.bin", "old");
      site.sandbox.fault({ operation: "GetObject", action: { kind: "corrupt", atByte: 5 } });
      const report = await site.restore(site.manifest([entry]));
      expect(report.failures).toMatchObject([{ path: "a.bin", error: { code: "DIGEST_MISMATCH" } }]);
      expect(site.tree()).toEqual({ "a.bin": "old" });
    });

    it("and asked again piece by piece, not as a whole, when one breaks off", async () => {
      const site = await openSite();
      const manifest = site.manifest([site.put("a.bin", body)]);
      site.sandbox.fault({ operation: "GetObject", attempts: [2], action: { kind: "cut", afterBytes: 100_000 } });
      expect(await site.restore(manifest)).toMatchObject({ downloaded: 1, failures: [] });
      expect(site.gets()).toHaveLength(6);
    });
  });

  it("fetches a large object whose ETag looks like an MD5 and is none", async () => {
    const site = await openSite();
    const body = Buffer.alloc(33 * 1024 * 1024, "secret ");
    const report = await site.restore(site.manifest([site.put("a.bin", body, { sse: "aws:kms" })]));
    expect(report).toMatchObject({ downloaded: 1, failures: [], proofs: { checksum: 1 } });
  });

  it.each([
    ["are unequal at first sight", [7, 5, 6, 1]],
    ["look equal by the first", [5, 6, 5, 1]],
  ])("asks for the sizes of all parts when they %s", async (_name, mibs) => {
    const site = await openSite();
    const client = new S3Client({ endpoint: site.sandbox.endpoint, region: "us-east-1", forcePathStyle: true });
    onTestFinished(() => client.destroy());
    const target = { Bucket: BUCKET, Key: "site/uneven.bin" };
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: "SHA256" }),
    );
    const bodies = mibs.map((mib, i) => Buffer.alloc(mib * 1024 * 1024, `part ${i} `));
    const Parts = [];
    for (const [i, Body] of bodies.entries()) {
      const part = { ...target, UploadId, PartNumber: i + 1, Body, ChecksumAlgorithm: "SHA256" as const };
      const { ETag, ChecksumSHA256 } = await client.send(new UploadPartCommand(part));
      Parts.push({ ETag, ChecksumSHA256, PartNumber: i + 1 });
    }
    const complete = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } });
    const { VersionId = "", ETag = "" } = await client.send(complete);
    const body = Buffer.concat(bodies);
    const entry = {
      ...site.put("x", ""),
      path: "uneven.bin",
      versionId: VersionId,
      etag: ETag.replaceAll('"', ""),
      sizeBytes: body.length,
    };
    const report = await site.restore(site.manifest([entry]));
    expect(report).toMatchObject({ downloaded: 1, failures: [], proofs: { "multipart-etag": 1 } });
    expect(readFileSync(join(site.root, "uneven.bin")).equals(body)).toBe(true);
  });

  it("starts a large object over when the store answers a range with the whole", async () => {
    const site = await openSite();
    site.sandbox.fault({ operation: "GetObject", action: { kind: "ignore-range" } });
    const body = Buffer.alloc(40 * 1024 * 1024, "whole ");
    const report = await site.restore(site.manifest([site.put("a.bin", body)]));
    expect(report).toMatchObject({ downloaded: 1, failures: [] });
    expect(readFileSync(join(site.root, "a.bin")).equals(body)).toBe(true);
  });

  it("reads an entry of which the manifest says no more than path and version, and takes the mtime from the answer", async () => {
    const site = await openSite();
    const { versionId } = site.put("a.txt", "bare");
    const bare: ManifestEntry = {
      path: "a.txt",
      versionId,
      source: SOURCE,
      etag: undefined,
      sizeBytes: undefined,
      lastModifiedMs: undefined,
      extra: undefined,
    };
    expect(await site.restore(site.manifest([bare]))).toMatchObject({ downloaded: 1, failures: [] });
    expect(statSync(join(site.root, "a.txt")).mtimeMs).toBe(Date.parse("2026-11-02T10:00:00Z"));
    expect(await site.restore(site.manifest([bare]), { connect: NO_STORE })).toMatchObject({ unchanged: 1 });
  });

  it("follows a bucket into its region", async () => {
    const site = await openSite();
    site.sandbox.createBucket("elsewhere", { region: "eu-north-1" });
    const { versionId, etag } = site.sandbox.putObject("elsewhere", "a.txt", "far");
    const entry = { ...site.put("a.txt", "near"), versionId, etag, sizeBytes: 3, source: "s3://elsewhere/" };
    expect(await site.restore(site.manifest([entry]))).toMatchObject({ downloaded: 1, failures: [] });
    expect(site.tree()).toEqual({ "a.txt": "far" });
  });
});

describe("restore() with nothing to do", () => {
  it("connects to nothing and leaves the root alone", async () => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a/b.txt", "1"), site.put("c.txt", "2", { sse: "aws:kms" })]);
    await site.restore(manifest);
    const before = statSync(join(site.root, "a")).mtimeMs;
    const report = await site.restore(manifest, { connect: NO_STORE });
    expect(report).toMatchObject({ downloaded: 0, unchanged: 2, proofs: { index: 2 } });
    expect(statSync(join(site.root, "a")).mtimeMs).toBe(before);
  });

  it.each([
    ["is lost", (file: string) => rmSync(file)],
    ["is cut off", (file: string) => writeFileSync(file, readFileSync(file).subarray(0, -40))],
    [
      "has a flipped bit",
      (file: string) => writeFileSync(file, Buffer.from(readFileSync(file).map((b, i) => (i === 60 ? b ^ 1 : b)))),
    ],
    ["is rubbish", (file: string) => writeFileSync(file, "\0\0rubbish")],
    ["is of another version", (file: string) => writeFileSync(file, `s3pin-index 2\t[]\nend\t0\t0\n`)],
  ])("hashes the files and fetches none when the index %s", async (_name, damage) => {
    const site = await openSite();
    const manifest = site.manifest([
      site.put("a", "1"),
      site.put("b", Buffer.alloc(6_000_000, 2), { partSizeBytes: 5 * 1024 * 1024 }),
    ]);
    await site.restore(manifest);
    damage(site.indexFile);
    const report = await site.restore(manifest, { connect: NO_STORE });
    expect(report).toMatchObject({ unchanged: 2, proofs: { md5: 1, "multipart-etag": 1 } });
  });

  it("keeps what the index proves after only the mtime changed, though the ETag is no MD5", async () => {
    const site = await openSite();
    const manifest = site.manifest([site.put("kms.txt", "secret", { sse: "aws:kms" })]);
    await site.restore(manifest);
    utimesSync(join(site.root, "kms.txt"), 1_000, 1_000);
    expect(await site.restore(manifest, { connect: NO_STORE })).toMatchObject({ unchanged: 1 });
  });
});

describe("restore() of a changed root", () => {
  it.each([
    ["other content of the same size", (file: string) => writeFileSync(file, "2")],
    [
      "other content with the old mtime",
      (file: string) => {
        const { atimeMs, mtimeMs } = statSync(file);
        writeFileSync(file, "22");
        utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
      },
    ],
    ["no content", (file: string) => writeFileSync(file, "")],
    ["nothing", (file: string) => rmSync(file)],
    [
      "a symlink",
      (file: string) => {
        rmSync(file);
        symlinkSync("/etc/hostname", file);
      },
    ],
    [
      "an empty directory",
      (file: string) => {
        rmSync(file);
        mkdirSync(join(file, "deep"), { recursive: true });
      },
    ],
  ])("mends a file that became %s, and only that", async (_name, breakIt) => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a.txt", "1"), site.put("b.txt", "b")]);
    await site.restore(manifest);
    site.gets();
    breakIt(join(site.root, "a.txt"));
    expect(await site.restore(manifest)).toMatchObject({ downloaded: 1, unchanged: 1, failures: [] });
    expect(site.tree()).toEqual({ "a.txt": "1", "b.txt": "b" });
    expect(site.gets()).toEqual(["site/a.txt"]);
  });

  it("finds with rehash what a false stat hides", async () => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a.txt", "1")]);
    await site.restore(manifest);
    const file = join(site.root, "a.txt");
    const { atimeMs, mtimeMs } = statSync(file);
    writeFileSync(file, "2");
    utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
    expect(await site.restore(manifest, { connect: NO_STORE })).toMatchObject({ unchanged: 1 });
    expect(await site.restore(manifest, { rehash: true })).toMatchObject({ downloaded: 1 });
    expect(site.tree()).toEqual({ "a.txt": "1" });
  });

  it("moves between two manifests, each time fetching only what differs", async () => {
    const site = await openSite();
    const same = site.put("same.txt", "same");
    const before = site.manifest([same, site.put("page.txt", "before")]);
    const after = site.manifest([same, site.put("page.txt", "after!")]);
    await site.restore(before);
    site.gets();
    await site.restore(after);
    expect(site.tree()).toEqual({ "same.txt": "same", "page.txt": "after!" });
    await site.restore(before);
    expect(site.tree()).toEqual({ "same.txt": "same", "page.txt": "before" });
    expect(site.gets()).toEqual(["site/page.txt", "site/page.txt"]);
  });

  it("does not count files of others, which it neither reads nor removes", async () => {
    const site = await openSite();
    write(site, "mine/notes.txt", "private");
    await site.restore(site.manifest([site.put("a", "1")]));
    expect(site.tree()).toEqual({ a: "1", "mine/notes.txt": "private" });
  });
});

describe("restore() from a store that fails", () => {
  const body = "the right bytes";

  it.each([
    ["503 SlowDown", { kind: "status", status: 503, code: "SlowDown" }],
    ["429 with Retry-After", { kind: "status", status: 429, code: "TooManyRequests", headers: { "retry-after": "0" } }],
    ["500", { kind: "status", status: 500, code: "InternalError" }],
    ["a reset before the headers", { kind: "reset" }],
    ["a body that breaks off", { kind: "cut", afterBytes: 4 }],
    ["a body that is short by its own Content-Length", { kind: "short", bytes: 4 }],
    ["a body that ends early without a length", { kind: "truncate-after", bytes: 4 }],
    ["a flipped bit", { kind: "corrupt", atByte: 5 }],
    ["an answer that stalls", { kind: "stall", afterBytes: 4 }],
  ] as const)("tries again after %s", async (_name, action) => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a.txt", body)]);
    site.sandbox.fault({ operation: "GetObject", attempts: [1], action });
    expect(await site.restore(manifest)).toMatchObject({ downloaded: 1, failures: [] });
    expect(site.gets()).toHaveLength(2);
    expect(site.tree()).toEqual({ "a.txt": body });
  });

  it.each([
    ["corrupt", { kind: "corrupt", atByte: 5 }, "DIGEST_MISMATCH"],
    ["short", { kind: "short", bytes: 4 }, "SIZE_MISMATCH"],
    ["cut", { kind: "cut", afterBytes: 4 }, "SHORT_BODY"],
    ["of the current version", { kind: "ignore-version" }, "WRONG_VERSION"],
    ["without a version id", { kind: "header", set: { "x-amz-version-id": null } }, "WRONG_VERSION"],
    ["of another ETag", { kind: "header", set: { etag: '"00000000000000000000000000000000"' } }, "WRONG_VERSION"],
    ["an XML error in a 200", { kind: "xml-error-200" }, "WRONG_VERSION"],
  ] as const)("never puts bytes in place that are %s, and keeps the old file", async (_name, action, code) => {
    const site = await openSite();
    const entry = site.put("a.txt", body);
    site.put("a.txt", "newer bytes of a.txt");
    const other = site.put("b.txt", "b");
    write(site, "a.txt", "the old file");
    site.sandbox.fault({ operation: "GetObject", key: "site/a.txt", action });
    const report = await site.restore(site.manifest([entry, other]));
    expect(report.failures).toMatchObject([{ path: "a.txt", error: { code } }]);
    expect(site.tree()).toEqual({ "a.txt": "the old file", "b.txt": "b" });
  });

  const MIB = 1024 * 1024;
  it.each([
    ["a single object", 1, {}, "md5"],
    ["one encrypted with KMS", 1, { sse: "aws:kms" }, "checksum"],
    ["one in parts", 12, { partSizeBytes: 5 * MIB }, "checksum"],
    ["one in parts with CRC32C", 12, { partSizeBytes: 5 * MIB, checksum: "CRC32C" }, "checksum"],
    ["one in parts with composite checksums", 12, { partSizeBytes: 5 * MIB, checksum: "SHA256" }, "multipart-etag"],
    [
      "one in parts of a size that nobody guesses",
      12,
      { partSizeBytes: 5_555_555, checksum: "SHA256" },
      "multipart-etag",
    ],
    ["a large one in parts", 40, { partSizeBytes: 5 * MIB }, "checksum"],
    ["a large one in odd parts", 40, { partSizeBytes: 5_555_555, checksum: "SHA1" }, "multipart-etag"],
  ] as const)("sees one flipped bit in %s", async (_name, mib, options, proof) => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a.bin", Buffer.alloc(mib * MIB, "bytes "), options)]);
    const flip = site.sandbox.fault({ operation: "GetObject", action: { kind: "corrupt", atByte: 70_000 } });
    const report = await site.restore(manifest);
    expect(report.failures).toMatchObject([{ error: { code: "DIGEST_MISMATCH" } }]);
    expect(site.tree()).toEqual({});
    flip.remove();
    expect(await site.restore(manifest)).toMatchObject({ downloaded: 1, failures: [], proofs: { [proof]: 1 } });
  });

  it("never puts a large object in place of which one range is wrong", async () => {
    const site = await openSite();
    const entry = site.put("a.bin", Buffer.alloc(40 * 1024 * 1024, 1));
    write(site, "a.bin", "old");
    site.sandbox.fault({
      operation: "GetObject",
      range: "bytes=16777216-25165823",
      action: { kind: "corrupt", atByte: 9 },
    });
    const report = await site.restore(site.manifest([entry]));
    expect(report.failures).toMatchObject([{ path: "a.bin", error: { code: "DIGEST_MISMATCH" } }]);
    expect(site.tree()).toEqual({ "a.bin": "old" });
  });

  it.each([
    [
      "is gone",
      (site: Site, entry: ManifestEntry) => void site.sandbox.deleteObject(BUCKET, "site/a.txt", entry.versionId),
      "VERSION_GONE",
    ],
    [
      "is archived",
      (site: Site) =>
        void site.sandbox.fault({
          key: "site/a.txt",
          action: { kind: "status", status: 403, code: "InvalidObjectState" },
        }),
      "VERSION_ARCHIVED",
    ],
    [
      "is denied",
      (site: Site) =>
        void site.sandbox.fault({ key: "site/a.txt", action: { kind: "status", status: 403, code: "AccessDenied" } }),
      "ACCESS_DENIED",
    ],
  ])("names a version that %s, asks once, and restores the rest", async (_name, doIt, code) => {
    const site = await openSite();
    const entry = site.put("a.txt", "1");
    const other = site.put("b.txt", "2");
    doIt(site, entry);
    const report = await site.restore(site.manifest([entry, other]));
    expect(report.failures).toMatchObject([{ path: "a.txt", error: { code } }]);
    expect(site.tree()).toEqual({ "b.txt": "2" });
    expect(site.gets().sort()).toEqual(["site/a.txt", "site/b.txt"]);
  });

  it("names a pin that is a delete marker", async () => {
    const site = await openSite();
    const entry = site.put("a.txt", "1");
    const { versionId = "" } = site.sandbox.deleteObject(BUCKET, "site/a.txt");
    const report = await site.restore(site.manifest([{ ...entry, versionId }]));
    expect(report.failures).toMatchObject([{ path: "a.txt", error: { code: "VERSION_GONE" } }]);
  });

  it("refuses a null version that was overwritten since it was pinned", async () => {
    const site = await openSite();
    site.sandbox.createBucket("old", { versioning: "Off" });
    const { etag } = site.sandbox.putObject("old", "a.txt", "pinned");
    const entry: ManifestEntry = { ...site.put("a.txt", "pinned"), versionId: "null", etag, source: "s3://old/" };
    expect(await site.restore(site.manifest([entry]))).toMatchObject({ downloaded: 1 });
    site.sandbox.putObject("old", "a.txt", "moved!");
    rmSync(site.root, { recursive: true });
    const report = await site.restore(site.manifest([entry]));
    expect(report.failures).toMatchObject([{ path: "a.txt", error: { code: "WRONG_VERSION" } }]);
  });

  it("stops the whole run when the credentials are refused", async () => {
    const site = await openSite();
    const manifest = site.manifest(Array.from({ length: 300 }, (_, i) => site.put(`${i}`, "x")));
    process.env.AWS_SECRET_ACCESS_KEY = "wrong";
    await expect(site.restore(manifest)).rejects.toMatchObject({ code: "CREDENTIALS_REFUSED" });
    expect(site.gets().length).toBeLessThan(100);
    expect(site.tree()).toEqual({});
  });

  it("stops the whole run when there is no bucket", async () => {
    const site = await openSite();
    const entry = { ...site.put("a", "1"), source: "s3://nowhere/" };
    await expect(site.restore(site.manifest([entry]))).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  });

  it("loses nothing when the store throttles most requests", async () => {
    const site = await openSite();
    const entries = Array.from({ length: 200 }, (_, i) => site.put(`${i}.txt`, `body ${i}`));
    site.sandbox.fault({
      operation: "GetObject",
      probability: 0.5,
      action: { kind: "status", status: 503, code: "SlowDown" },
    });
    const report = await site.restore(site.manifest(entries), {
      retry: { baseDelayMs: 1, maxDelayMs: 5, maxAttempts: 8 },
    });
    expect(report.downloaded + report.failures.length).toBe(200);
    // Half of the answers, eight times in a row, for one object in 256.
    expect(report.failures.length).toBeLessThan(10);
  });
});

describe("restore() refuses", () => {
  it.each([
    ["a path that climbs out", "../evil.txt", "UNSAFE_PATHS"],
    ["an absolute path", "/etc/evil", "UNSAFE_PATHS"],
    ["a dot segment", "a/./b", "UNSAFE_PATHS"],
    ["a backslash", "a\\b", "UNSAFE_PATHS"],
    ["a drive letter", "c:/x", "UNSAFE_PATHS"],
    ["its own temporary directory", ".s3pin-tmp/x", "UNSAFE_PATHS"],
    ["a folder marker with bytes", "dir/", "UNSAFE_PATHS"],
  ])("%s before the first byte, or skips it when told so", async (_name, path, code) => {
    const site = await openSite();
    const manifest = site.manifest([site.put("good.txt", "1"), site.put(path, "evil")]);
    await expect(site.restore(manifest)).rejects.toMatchObject({ code });
    expect(site.gets()).toEqual([]);
    expect(site.tree()).toEqual({});
    expect(await site.restore(manifest, { skipUnsafe: true })).toMatchObject({ downloaded: 1, skipped: [{ path }] });
    expect(site.tree()).toEqual({ "good.txt": "1" });
  });

  it("an entry beside one that needs a directory of its name", async () => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a", "1"), site.put("a/b", "2")]);
    await expect(site.restore(manifest)).rejects.toMatchObject({ code: "PATH_CONFLICTS" });
    expect(site.tree()).toEqual({});
  });

  it("to write through a symlink to a directory", async () => {
    const site = await openSite();
    const outside = join(dirname(site.root), "outside");
    mkdirSync(outside);
    mkdirSync(site.root);
    symlinkSync(outside, join(site.root, "img"));
    const manifest = site.manifest([site.put("a", "1"), site.put("img/b", "2")]);
    await expect(site.restore(manifest)).rejects.toMatchObject({ code: "SYMLINK_IN_ROOT" });
    expect(site.gets()).toEqual([]);
    expect(site.tree()).toEqual({ img: "-> symlink" });
  });

  it("to put a file over a directory with files, or a directory over a file", async () => {
    const site = await openSite();
    write(site, "a/own.txt", "mine");
    write(site, "b", "mine");
    for (const path of ["a", "b/c"]) {
      await expect(site.restore(site.manifest([site.put(path, "1")]))).rejects.toMatchObject({
        code: "PATH_CONFLICTS",
      });
    }
    expect(site.tree()).toEqual({ "a/own.txt": "mine", b: "mine" });
  });

  it("to touch a device or pipe in the way", async () => {
    const site = await openSite();
    mkdirSync(site.root);
    if (process.platform === "win32") return;
    execFileSync("mkfifo", [join(site.root, "pipe")]);
    await expect(site.restore(site.manifest([site.put("pipe", "1")]))).rejects.toMatchObject({
      code: "PATH_CONFLICTS",
    });
  });

  it("a manifest without a source, before the first byte", async () => {
    const site = await openSite();
    const entry = { ...site.put("a", "1"), source: undefined };
    await expect(site.restore(site.manifest([entry]))).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    expect(site.tree()).toEqual({});
  });

  it("a root that is a file", async () => {
    const site = await openSite();
    writeFileSync(site.root, "a file");
    await expect(site.restore(site.manifest([site.put("a", "1")]))).rejects.toMatchObject({ code: "ROOT_INVALID" });
  });

  it("a second run on a root at work, or has it wait", async () => {
    const site = await openSite();
    const manifest = site.manifest([site.put("a", "1")]);
    site.sandbox.fault({ operation: "GetObject", attempts: [1], action: { kind: "delay", ms: 300 } });
    const first = site.restore(manifest);
    await expect.poll(() => site.sandbox.log.length).toBe(1);
    await expect(site.restore(manifest, { wait: false })).rejects.toMatchObject({ code: "ROOT_LOCKED" });
    const warnings: string[] = [];
    const second = site.restore(manifest, { onWarning: (message) => warnings.push(message) });
    expect(await first).toMatchObject({ downloaded: 1 });
    expect(await second).toMatchObject({ unchanged: 1 });
    expect(warnings).toHaveLength(1);
  });
});

describe("restore() with prune", () => {
  it("removes what an earlier restore wrote and the manifest no longer has, and the directories it empties", async () => {
    const site = await openSite();
    const kept = site.put("keep.txt", "k");
    await site.restore(site.manifest([kept, site.put("old/deep/gone.txt", "g"), site.put("old/changed.txt", "c")]));
    write(site, "own/file.txt", "not ours");
    write(site, "old/changed.txt", "changed by hand");
    const report = await site.restore(site.manifest([kept]), { prune: true });
    expect(report).toMatchObject({ deleted: 1, kept: [{ path: "old/changed.txt" }] });
    expect(site.tree()).toEqual({ "keep.txt": "k", "own/file.txt": "not ours", "old/changed.txt": "changed by hand" });
  });

  it("can still do so when earlier runs did not", async () => {
    const site = await openSite();
    const a = site.put("a", "1");
    await site.restore(site.manifest([a, site.put("b", "2")]));
    await site.restore(site.manifest([a]));
    expect(site.tree()).toEqual({ a: "1", b: "2" });
    expect(await site.restore(site.manifest([a]), { prune: true, connect: NO_STORE })).toMatchObject({ deleted: 1 });
    expect(site.tree()).toEqual({ a: "1" });
  });

  it.each([
    ["a file becomes a directory", "a", "a/b"],
    ["a directory becomes a file", "a/b", "a"],
  ])("lets %s", async (_name, before, after) => {
    const site = await openSite();
    const kept = site.put("keep.txt", "k");
    await site.restore(site.manifest([kept, site.put(before, "before")]));
    const manifest = site.manifest([kept, site.put(after, "after")]);
    expect(await site.restore(manifest, { prune: true })).toMatchObject({ downloaded: 1, deleted: 1, failures: [] });
    expect(site.tree()).toEqual({ "keep.txt": "k", [after]: "after" });
    expect(await site.restore(manifest, { connect: NO_STORE })).toMatchObject({ unchanged: 2 });
  });
});

describe("restore() with delete", () => {
  it("makes the root mirror the manifest, after all else succeeded", async () => {
    const site = await openSite();
    write(site, "extra/one.txt", "1");
    write(site, "two.txt", "2");
    mkdirSync(join(site.root, "empty/nested"), { recursive: true });
    symlinkSync("/etc/hostname", join(site.root, "link"));
    const report = await site.restore(site.manifest([site.put("a.txt", "a"), site.put("folder/", "")]), {
      delete: true,
    });
    expect(report).toMatchObject({ deleted: 3, failures: [] });
    expect(site.tree()).toEqual({ "a.txt": "a", "folder/": null });
  });

  it("deletes nothing when an object failed", async () => {
    const site = await openSite();
    write(site, "extra.txt", "1");
    const entry = site.put("a.txt", "a");
    site.sandbox.deleteObject(BUCKET, "site/a.txt", entry.versionId);
    const report = await site.restore(site.manifest([entry, site.put("b.txt", "b")]), { delete: true });
    expect(report).toMatchObject({ deleted: 0, deletesWithheld: 1, failures: [{ path: "a.txt" }] });
    expect(site.tree()).toEqual({ "b.txt": "b", "extra.txt": "1" });
  });

  it("lists in a dry run what would go, and does nothing", async () => {
    const site = await openSite();
    write(site, "extra.txt", "1");
    const report = await site.restore(site.manifest([site.put("a.txt", "a")]), {
      delete: true,
      dryRun: true,
      connect: NO_STORE,
    });
    expect(report).toMatchObject({ dryRun: true, downloaded: 1, deleted: 1 });
    expect(site.events.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "would-download a.txt",
      "would-delete extra.txt",
    ]);
    expect(site.tree()).toEqual({ "extra.txt": "1" });
  });

  it.each([
    ["more than 20 files and 25 %", 21, {}, "TOO_MANY_DELETES"],
    ["more than a given count", 3, { maxDelete: { files: 2 } }, "TOO_MANY_DELETES"],
    ["more than a given share", 3, { maxDelete: { percent: 50 } }, "TOO_MANY_DELETES"],
  ])("refuses %s, before the first byte", async (_name, count, options, code) => {
    const site = await openSite();
    for (let i = 0; i < count; i++) write(site, `extra/${i}`, "x");
    await expect(site.restore(site.manifest([site.put("a", "a")]), { delete: true, ...options })).rejects.toMatchObject(
      { code },
    );
    expect(Object.keys(site.tree())).toHaveLength(count);
    expect(site.gets()).toEqual([]);
    const dryRun = await site.restore(site.manifest([site.put("a", "a")]), { delete: true, dryRun: true, ...options });
    expect(dryRun).toMatchObject({ deleted: count, downloaded: 1, refusal: { code } });
  });

  it("refuses an empty manifest", async () => {
    const site = await openSite();
    write(site, "precious", "1");
    for (const how of [{ delete: true }, { prune: true, dangerousRoot: true }])
      await expect(site.restore(site.manifest([]), how)).rejects.toMatchObject({ code: "EMPTY_MANIFEST" });
    expect(site.tree()).toEqual({ precious: "1" });
  });

  it("refuses a directory that holds .git, unless told that it is meant", async () => {
    const site = await openSite();
    write(site, ".git/HEAD", "ref");
    const manifest = site.manifest([site.put("a", "a")]);
    await expect(site.restore(manifest, { delete: true })).rejects.toMatchObject({ code: "DANGEROUS_ROOT" });
    expect(await site.restore(manifest, { delete: true, dangerousRoot: true })).toMatchObject({ deleted: 1 });
  });
});

describe("restore() that is stopped", () => {
  it("removes its temporary files, saves the index, and goes on from there the next time", async () => {
    const site = await openSite();
    const entries = Array.from({ length: 200 }, (_, i) => site.put(`${String(i).padStart(3, "0")}.txt`, `body ${i}`));
    const slow = site.put("slow.bin", Buffer.alloc(1_000_000, 1));
    const manifest = site.manifest([...entries, slow]);
    const stall = site.sandbox.fault({ key: "site/slow.bin", action: { kind: "stall", afterBytes: 70_000 } });
    const stop = new AbortController();
    const run = site.restore(manifest, {
      signal: stop.signal,
      onProgress: ({ phase, done }) => {
        if (phase === "download" && done === 200) stop.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: "ABORTED" });
    expect(Object.keys(site.tree())).toHaveLength(200);
    stall.remove();
    site.gets();
    expect(await site.restore(manifest)).toMatchObject({
      downloaded: 1,
      unchanged: 200,
      proofs: { index: 200, md5: 1 },
    });
    expect(site.gets()).toEqual(["site/slow.bin"]);
  });

  it("removes the temporary files of a killed run", async () => {
    const site = await openSite();
    write(site, ".s3pin-tmp/17", "half");
    const manifest = site.manifest([site.put("a", "1")]);
    await site.restore(manifest);
    expect(site.tree()).toEqual({ a: "1" });
  });

  describe("in the middle of a large object", () => {
    const MIB = 1024 * 1024;
    const body = Buffer.from(Array.from({ length: 40 }, (_, i) => `${i} `.padEnd(MIB, "large ")).join(""));

    /** Leaves what a killed run would: the first ranges of 8 MiB, written and noted. */
    function leavePartial(site: Site, entry: ManifestEntry, bytes: Buffer, ranges: number): string {
      const file = join(site.root, ".s3pin-tmp", partialName(entry) ?? "");
      write(site, ".s3pin-tmp/17", "of another run");
      writeFileSync(file, bytes.subarray(0, ranges * 8 * MIB));
      const lines = Array.from({ length: ranges }, (_, i) => `${i * 8 * MIB}+${8 * MIB}\n`);
      writeFileSync(`${file}.ranges`, `${lines.join("")}${32 * MIB}+${8 * MIB}`);
      return file;
    }
    const read = (site: Site) => readFileSync(join(site.root, "a.bin")).equals(body);

    it.each([{}, { partSizeBytes: 5 * MIB }])("goes on with the ranges that are missing (%j)", async (options) => {
      const site = await openSite();
      const entry = site.put("a.bin", body, options);
      leavePartial(site, entry, body, 3);
      expect(await site.restore(site.manifest([entry]))).toMatchObject({ downloaded: 1, failures: [] });
      expect(site.gets()).toHaveLength(2);
      expect(read(site)).toBe(true);
      expect(readdirSync(site.root)).toEqual(["a.bin"]);
    });

    it("asks for nothing when all was there", async () => {
      const site = await openSite();
      const entry = site.put("a.bin", body);
      leavePartial(site, entry, body, 5);
      expect(await site.restore(site.manifest([entry]))).toMatchObject({ downloaded: 1, proofs: { checksum: 1 } });
      expect(site.gets()).toHaveLength(0);
      expect(read(site)).toBe(true);
    });

    it.each<[string, Parameters<Site["put"]>[2], (file: string) => void]>([
      ["are wrong", {}, (file) => writeFileSync(file, Buffer.alloc(24 * MIB))],
      ["are missing", {}, (file) => writeFileSync(file, "")],
      [
        "lie behind a symlink",
        {},
        (file) => {
          renameSync(file, `${file}.elsewhere`);
          symlinkSync(`${file}.elsewhere`, file);
        },
      ],
      ["have another name elsewhere", {}, (file) => linkSync(file, join(file, "../../../linked"))],
      ["nothing could prove", { etag: "opaque", checksum: "SHA256", partSizeBytes: 5 * MIB }, () => {}],
    ])("starts over when the bytes that are there %s", async (_name, options, change) => {
      const site = await openSite();
      const entry = site.put("a.bin", body, options);
      change(leavePartial(site, entry, body, 3));
      expect(await site.restore(site.manifest([entry]))).toMatchObject({ downloaded: 1, failures: [] });
      expect(site.gets().length).toBeGreaterThanOrEqual(5);
      expect(read(site)).toBe(true);
      expect(readdirSync(site.root)).toEqual(["a.bin"]);
    });

    it("removes what it can not go on with", async () => {
      const site = await openSite();
      leavePartial(site, site.put("a.bin", body), body, 3);
      await site.restore(site.manifest([site.put("other", "1")]));
      expect(site.tree()).toEqual({ other: "1" });
    });
  });

  it("does not follow a symlink in place of its temporary directory", async () => {
    const site = await openSite();
    const outside = join(dirname(site.root), "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "precious"), "1");
    mkdirSync(site.root);
    symlinkSync(outside, join(site.root, ".s3pin-tmp"));
    await site.restore(site.manifest([site.put("a", "1")]));
    expect(readFileSync(join(outside, "precious"), "utf8")).toBe("1");
    expect(site.tree()).toEqual({ a: "1" });
  });
});

describe("status()", () => {
  it("tells from disk and index alone what a restore would do", async () => {
    const site = await openSite();
    const a = site.put("a.txt", "1");
    await site.restore(site.manifest([a]));
    const manifest = site.manifest([a, site.put("b.txt", "22")]);
    const seen: string[] = [];
    const report = await status({
      manifest,
      root: site.root,
      indexFile: site.indexFile,
      onPath: ({ kind, path }) => seen.push(`${kind} ${path}`),
    });
    expect(report).toMatchObject({ dryRun: true, unchanged: 1, downloaded: 1, bytesDownloaded: 2 });
    expect(seen).toEqual(["unchanged a.txt", "would-download b.txt"]);
  });
});
