import { createHash, randomBytes } from "node:crypto";
import type { Probe, ProbeOptions } from "./probe.ts";
import { listedRows, md5, outcome } from "./server-under-test.ts";

/** Ranges, conditions, metadata, encryption, storage classes, signatures. */
export function readProbes({ server: { s3, raw }, suffix }: ProbeOptions): Probe[] {
  const Bucket = `conf-${suffix}`;
  const Key = "obj";
  const data = randomBytes(20_000);
  const plainEtag = `"${md5(data)}"`;
  let versionId = "";
  let etag = "";

  const get = (headers: Record<string, string> = {}, query: Record<string, string> = { versionId }) =>
    raw("GET", Bucket, Key, query, { headers });
  const rows = async (prefix: string) =>
    listedRows((await raw("GET", Bucket, undefined, { versions: "", prefix })).body);

  return [
    {
      id: "b01 PUT ETag = md5",
      ask: async () => {
        const answer = await s3.putObject({
          Bucket,
          Key,
          Body: data,
          ContentType: "text/x-y",
          Metadata: { foo: "bar" },
          CacheControl: "max-age=3",
          ContentEncoding: "gzip",
        });
        versionId = answer.VersionId ?? "";
        etag = answer.ETag ?? "";
        await s3.putObject({ Bucket, Key, Body: "other" });
        return String(etag === plainEtag);
      },
    },
    {
      id: "b02 Range GET with versionId",
      ask: async () => {
        const answer = await s3.getObject({ Bucket, Key, VersionId: versionId, Range: "bytes=100-199" });
        const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
        const isSame = bytes.equals(data.subarray(100, 200));
        return `${answer.$metadata.httpStatusCode} ${answer.ContentRange} same=${isSame}`;
      },
    },
    {
      id: "b03 suffix / open / beyond ranges",
      ask: async () => {
        const sized = async (range: string) => {
          const answer = await get({ range });
          return answer.status === 206 ? `206:${answer.headers["content-length"]}` : outcome(answer);
        };
        const ranges = ["bytes=-5", "bytes=19990-", "bytes=20000-", "bytes=19990-999999"];
        return (await Promise.all(ranges.map(sized))).join(" ");
      },
    },
    {
      id: "b04 If-Match ok / wrong (versionId)",
      ask: async () => {
        const right = await get({ "if-match": etag });
        const wrong = await get({ "if-match": '"00000000000000000000000000000000"' });
        return `${right.status} ${outcome(wrong)}`;
      },
    },
    {
      id: "b05 If-None-Match / If-Modified-Since",
      ask: async () => {
        const same = await get({ "if-none-match": etag });
        const unchanged = await get({ "if-modified-since": new Date(Date.now() + 1000).toUTCString() });
        const changed = await get({ "if-unmodified-since": new Date(Date.now() - 1e7).toUTCString() });
        return `${same.status} ${unchanged.status} ${changed.status}`;
      },
    },
    {
      id: "b06 Range + If-Match wrong",
      ask: async () => outcome(await get({ range: "bytes=0-9", "if-match": '"x"' })),
    },
    {
      id: "b07 HEAD versionId: len, etag, type, meta, encoding",
      ask: async () => {
        const head = await s3.headObject({ Bucket, Key, VersionId: versionId });
        const { ContentType, Metadata, ContentEncoding, CacheControl } = head;
        const kept = `${ContentType} ${JSON.stringify(Metadata)} ${ContentEncoding} ${CacheControl}`;
        return `${head.ContentLength === data.length} ${head.ETag === etag} ${kept}`;
      },
    },
    {
      id: "b08 LastModified: list vs HEAD",
      ask: async () => {
        const [row] = await rows(Key);
        const head = await raw("HEAD", Bucket, Key);
        const form = row?.lastModified.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, "seconds");
        const isSame =
          row?.lastModified.slice(0, 19) === new Date(head.headers["last-modified"] ?? 0).toISOString().slice(0, 19);
        return `${form?.replace(/\.(?!000Z)\d+Z/, " and fraction")} same=${isSame}`;
      },
    },
    {
      id: "b09 LastModified resolution",
      ask: async () => {
        for (let i = 0; i < 40; i++) await s3.putObject({ Bucket, Key: `lm/${i}`, Body: "x" });
        const fractions = (await rows("lm/")).map((row) => /\.(\d+)Z/.exec(row.lastModified)?.[1] ?? "none");
        const distinct = new Set(fractions);
        return distinct.size === 1 ? `fraction ${[...distinct][0]}` : "fractions differ";
      },
    },
    {
      id: "b10 empty object",
      ask: async () => {
        const { VersionId, ETag } = await s3.putObject({ Bucket, Key: "empty", Body: "", ContentLength: 0 });
        const answer = await s3.getObject({ Bucket, Key: "empty", ...(VersionId ? { VersionId } : {}) });
        return `${(await answer.Body?.transformToByteArray())?.length} ${ETag}`;
      },
    },
    {
      id: "b11 PUT If-None-Match:* on existing",
      ask: async () => outcome(await raw("PUT", Bucket, Key, {}, { body: "x", headers: { "if-none-match": "*" } })),
    },
    {
      id: "b12 wrong secret / anonymous",
      ask: async () => {
        const wrong = await raw("GET", Bucket, Key, {}, { secretAccessKey: "wrongwrong" });
        const anonymous = await raw("GET", Bucket, Key, {}, { isAnonymous: true });
        return `${outcome(wrong)} / ${outcome(anonymous)}`;
      },
    },
    {
      id: "b13 GET missing key / missing bucket",
      ask: async () =>
        `${outcome(await raw("GET", Bucket, "nokey"))} / ${outcome(await raw("GET", `nobucket-${suffix}`, "x"))}`,
    },
    {
      id: "b14 storage class GLACIER then GET",
      ask: async () => {
        await s3.putObject({ Bucket, Key: "gl", Body: "x", StorageClass: "GLACIER" });
        const head = await raw("HEAD", Bucket, "gl");
        return `${outcome(await raw("GET", Bucket, "gl"))} sc=${head.headers["x-amz-storage-class"]}`;
      },
    },
    {
      id: "b15 SSE-C put/get/get without key",
      ask: async () => {
        const key = randomBytes(32);
        const customer = {
          SSECustomerAlgorithm: "AES256",
          SSECustomerKey: key.toString("base64"),
          SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
        };
        const { ETag } = await s3.putObject({ Bucket, Key: "ssec", Body: data, ...customer });
        const answer = await s3.getObject({ Bucket, Key: "ssec", ...customer });
        const isSame = data.equals((await answer.Body?.transformToByteArray()) ?? Buffer.of());
        return `rt=${isSame} etag=md5:${ETag === plainEtag} nokey=${outcome(await raw("GET", Bucket, "ssec"))}`;
      },
    },
    {
      id: "b16 SSE-S3 (AES256) echo",
      ask: async () => {
        const put = await s3.putObject({ Bucket, Key: "sses3", Body: data, ServerSideEncryption: "AES256" });
        const head = await s3.headObject({ Bucket, Key: "sses3" });
        return `${put.ServerSideEncryption}/${head.ServerSideEncryption} etag=md5:${put.ETag === plainEtag}`;
      },
    },
    {
      id: "b17 SSE-KMS: ETag is not md5",
      ask: async () => {
        const put = await s3.putObject({ Bucket, Key: "ssekms", Body: data, ServerSideEncryption: "aws:kms" });
        return `${put.ServerSideEncryption} etag=md5:${put.ETag === plainEtag}`;
      },
    },
    {
      id: "b18 response-content-type override",
      ask: async () => {
        const answer = await get({}, { versionId, "response-content-type": "a/b" });
        return `${answer.status} ${answer.headers["content-type"]}`;
      },
    },
    {
      id: "b19 connection header",
      ask: async () => `connection=${(await raw("GET", Bucket, Key)).headers.connection}`,
    },
    {
      id: "b20 HEAD bucket region header",
      ask: async () => {
        const answer = await raw("HEAD", Bucket, undefined);
        return `${answer.status} ${answer.headers["x-amz-bucket-region"]}`;
      },
    },
  ];
}
