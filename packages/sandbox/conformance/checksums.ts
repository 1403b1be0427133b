import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { ChecksumAlgorithm, CompletedPart, CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { Probe, ProbeOptions } from "./probe.ts";
import { md5, outcome, tagText } from "./server-under-test.ts";

const PART_BYTES = 5 * 1024 * 1024;

/** Multipart uploads, checksums and GetObjectAttributes. */
export function checksumProbes({ server: { s3, s3Unshared, raw }, suffix }: ProbeOptions): Probe[] {
  const Bucket = `conf-${suffix}`;
  const data = randomBytes(20_000);
  const large = randomBytes(PART_BYTES + 1234);
  const pieces = [large.subarray(0, PART_BYTES), large.subarray(PART_BYTES)];
  let versionId = "";

  type Kind = Pick<CreateMultipartUploadCommandInput, "ChecksumAlgorithm" | "ChecksumType">;
  async function multipart(Key: string, kind: Kind = {}) {
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key, ...kind });
    const Parts: CompletedPart[] = [];
    for (const [i, Body] of pieces.entries()) {
      const PartNumber = i + 1;
      const { ChecksumAlgorithm } = kind;
      const part = { Bucket, Key, UploadId, PartNumber, Body, ...(ChecksumAlgorithm ? { ChecksumAlgorithm } : {}) };
      const { ETag, ChecksumCRC32, ChecksumSHA256 } = await s3.uploadPart(part);
      const checksums = { ...(ChecksumCRC32 && { ChecksumCRC32 }), ...(ChecksumSHA256 && { ChecksumSHA256 }) };
      Parts.push({ PartNumber, ETag, ...checksums });
    }
    const { ChecksumType } = kind;
    const options = ChecksumType ? { ChecksumType } : {};
    return s3.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...options });
  }
  const head = (Key: string) => s3.headObject({ Bucket, Key, ChecksumMode: "ENABLED" });
  const attributes = (key: string, names: string, query: Record<string, string> = {}) =>
    raw("GET", Bucket, key, { attributes: "", ...query }, { headers: { "x-amz-object-attributes": names } });

  const kept = (
    algorithm: ChecksumAlgorithm,
    name: `Checksum${"CRC32" | "CRC32C" | "SHA1" | "SHA256" | "CRC64NVME"}`,
  ) => ({
    id: `c1 PUT ${algorithm}; HEAD ChecksumMode`,
    ask: async () => {
      const Key = `ck${algorithm}`;
      const put = await s3.putObject({ Bucket, Key, Body: data, ChecksumAlgorithm: algorithm });
      const shown = await head(Key);
      const value = shown[name];
      const verdict = value === undefined ? "none" : put[name] === undefined || value === put[name] ? "ok" : "differs";
      return `${verdict} ${shown.ChecksumType ?? ""}`.trim();
    },
  });

  return [
    {
      id: "c01 multipart ETag md5-N, VersionId (raw, no checksums)",
      ask: async () => {
        const uploadId = tagText((await raw("POST", Bucket, "mp", { uploads: "" })).body, "UploadId") ?? "";
        let parts = "";
        for (const [i, body] of pieces.entries()) {
          const part = await raw("PUT", Bucket, "mp", { partNumber: String(i + 1), uploadId }, { body });
          if (part.status !== 200) return `part ${outcome(part)}`;
          parts += `<Part><PartNumber>${i + 1}</PartNumber><ETag>${part.headers.etag?.replaceAll('"', "&quot;")}</ETag></Part>`;
        }
        const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts}</CompleteMultipartUpload>`;
        const answer = await raw("POST", Bucket, "mp", { uploadId }, { body });
        versionId = String(answer.headers["x-amz-version-id"] ?? "");
        const digests = pieces.map((piece) => createHash("md5").update(piece).digest());
        const etag = `"${md5(Buffer.concat(digests))}-2"`;
        const shown = (await raw("HEAD", Bucket, "mp")).headers.etag;
        return `${answer.status} etag=${tagText(answer.body, "ETag") === etag && shown === etag} vid=${versionId !== ""}`;
      },
    },
    {
      id: "c02 GET partNumber=2 / HEAD PartsCount",
      ask: async () => {
        const part = await s3.getObject({ Bucket, Key: "mp", PartNumber: 2 });
        const { length } = (await part.Body?.transformToByteArray()) ?? [];
        const { PartsCount } = await s3.headObject({ Bucket, Key: "mp", PartNumber: 1 });
        return `len=${length === 1234} ${part.ContentRange} PartsCount=${PartsCount}`;
      },
    },
    {
      id: "c03 GET mp by versionId whole",
      ask: async () => {
        const answer = await s3.getObject({ Bucket, Key: "mp", ...(versionId ? { VersionId: versionId } : {}) });
        return String(large.equals((await answer.Body?.transformToByteArray()) ?? Buffer.of()));
      },
    },
    {
      id: "c04 multipart, SDK default (CRC32 on parts only)",
      ask: async () => `ok ${String((await multipart("mpd")).ETag).slice(-3)}`,
    },
    {
      id: "c05 PUT of a stream (aws-chunked, trailing checksum)",
      ask: async () => {
        const Body = Readable.from([large.subarray(0, 70_000), large.subarray(70_000)]);
        const { ETag } = await s3Unshared.putObject({ Bucket, Key: "stream", Body, ContentLength: large.length });
        const answer = await s3.getObject({ Bucket, Key: "stream" });
        const isSame = large.equals((await answer.Body?.transformToByteArray()) ?? Buffer.of());
        return `etag=md5:${ETag === `"${md5(large)}"`} same=${isSame} encoding=${answer.ContentEncoding}`;
      },
    },
    kept("CRC32", "ChecksumCRC32"),
    kept("CRC32C", "ChecksumCRC32C"),
    kept("SHA1", "ChecksumSHA1"),
    kept("SHA256", "ChecksumSHA256"),
    kept("CRC64NVME", "ChecksumCRC64NVME"),
    {
      id: "c20 SDK default PUT: which checksum on HEAD",
      ask: async () => {
        await s3.putObject({ Bucket, Key: "ckdefault", Body: data });
        const names = Object.keys(await head("ckdefault")).filter((name) => name.startsWith("Checksum"));
        return names.sort().join(" ") || "none";
      },
    },
    {
      id: "c21 PUT without any checksum (raw): HEAD ChecksumMode",
      ask: async () => {
        await raw("PUT", Bucket, "nock", {}, { body: "hello" });
        const { headers } = await raw("HEAD", Bucket, "nock", {}, { headers: { "x-amz-checksum-mode": "ENABLED" } });
        const shown = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-checksum"));
        return (
          shown
            .map((entry) => entry.join("="))
            .sort()
            .join(" ") || "none"
        );
      },
    },
    {
      id: "c22 GET ChecksumMode: header, no mode: no header",
      ask: async () => {
        const asked = await raw("GET", Bucket, "ckSHA256", {}, { headers: { "x-amz-checksum-mode": "ENABLED" } });
        const unasked = await raw("GET", Bucket, "ckSHA256");
        return [asked, unasked].map((answer) => "x-amz-checksum-sha256" in answer.headers).join(" ");
      },
    },
    {
      id: "c23 wrong checksum / wrong Content-MD5 refused",
      ask: async () => {
        const wrong = (bytes: number) => Buffer.alloc(bytes).toString("base64");
        const sha256 = { body: "hello", headers: { "x-amz-checksum-sha256": wrong(32) } };
        const contentMd5 = { body: "hello", headers: { "content-md5": wrong(16) } };
        return `${outcome(await raw("PUT", Bucket, "bad", {}, sha256))} / ${outcome(await raw("PUT", Bucket, "bad", {}, contentMd5))}`;
      },
    },
    {
      id: "c24 multipart SHA256 composite",
      ask: async () => {
        await multipart("mpsha", { ChecksumAlgorithm: "SHA256" });
        const { ChecksumSHA256, ChecksumType } = await head("mpsha");
        const digests = pieces.map((piece) => createHash("sha256").update(piece).digest());
        const expected = `${createHash("sha256").update(Buffer.concat(digests)).digest("base64")}-2`;
        return `${ChecksumSHA256 === expected ? "ok" : ChecksumSHA256} ${ChecksumType}`;
      },
    },
    {
      id: "c25 multipart CRC32 FULL_OBJECT",
      ask: async () => {
        await multipart("mpfull", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
        const { ChecksumCRC32, ChecksumType } = await head("mpfull");
        const expected = Buffer.alloc(4);
        expected.writeUInt32BE(crc32(large));
        return `${ChecksumCRC32 === expected.toString("base64") ? "ok" : ChecksumCRC32} ${ChecksumType}`;
      },
    },
    {
      id: 'c26 GetObjectAttributes, JS SDK (header "A, B")',
      ask: async () => {
        const answer = await s3.getObjectAttributes({
          Bucket,
          Key: "ckSHA256",
          ObjectAttributes: ["ETag", "Checksum", "ObjectSize", "StorageClass", "ObjectParts"],
        });
        const checksum = Object.keys(answer.Checksum ?? {}).join("+") || "none";
        const { ObjectSize, StorageClass, VersionId } = answer;
        return `ETag=${answer.ETag === md5(data)} size=${ObjectSize} sc=${StorageClass} ck=${checksum} vid=${VersionId !== undefined}`;
      },
    },
    {
      id: 'c27 GetObjectAttributes raw "A,B": multipart parts',
      ask: async () => {
        const answer = await attributes("mpsha", "ETag,Checksum,ObjectSize,ObjectParts");
        if (answer.status !== 200) return outcome(answer);
        const count = tagText(answer.body, "PartsCount") ?? tagText(answer.body, "TotalPartsCount");
        const listed = answer.body.split("<Part>").length - 1;
        const { "last-modified": modified, "x-amz-version-id": id } = answer.headers;
        return `ETag=${tagText(answer.body, "ETag")?.slice(-2)} parts=${count} listed=${listed} lm=${modified !== undefined} vid=${id !== undefined}`;
      },
    },
    {
      id: "c28 GetObjectAttributes of a DM",
      ask: async () => {
        const { VersionId } = await s3.deleteObject({ Bucket, Key: "nock" });
        return outcome(await attributes("nock", "ETag", { versionId: VersionId ?? "" }));
      },
    },
    {
      id: "c29 list shows ChecksumAlgorithm/Type",
      ask: async () => {
        const { body } = await raw("GET", Bucket, undefined, { versions: "", prefix: "ckSHA256" });
        return `${tagText(body, "ChecksumAlgorithm")} ${tagText(body, "ChecksumType")}`;
      },
    },
  ];
}
