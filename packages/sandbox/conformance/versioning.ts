import type { Probe, ProbeOptions } from "./probe.ts";
import { encode, type ListedRow, listedRows, outcome } from "./server-under-test.ts";

/** Versions, `null` versions and delete markers, from a bucket that never had versioning onwards. */
export function versioningProbes({ server: { s3, raw }, suffix }: ProbeOptions): Probe[] {
  const Bucket = `conf-${suffix}`;
  const Key = "k";
  let v1 = "";
  let v2 = "";
  let marker = "";

  const put = async (key: string, Body: string) => (await s3.putObject({ Bucket, Key: key, Body })).VersionId;
  const text = async (VersionId?: string, key = Key) => {
    const answer = await s3.getObject({ Bucket, Key: key, ...(VersionId ? { VersionId } : {}) });
    return (await answer.Body?.transformToString()) ?? "";
  };
  const setVersioning = (Status: "Enabled" | "Suspended") =>
    s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
  const rows = async (prefix: string) =>
    listedRows((await raw("GET", Bucket, undefined, { versions: "", prefix })).body);
  const name = (row: ListedRow) => {
    const id =
      row.versionId === v2 ? "v2" : row.versionId === v1 ? "v1" : row.versionId === marker ? "" : row.versionId;
    return `${row.isMarker ? "DM" : ""}${row.isMarker && id ? ":" : ""}${id}${row.isLatest ? "*" : ""}`;
  };
  const named = async () =>
    (await rows(Key))
      .filter((row) => row.key === Key)
      .map(name)
      .join(" ");
  /** An id that the server could have given, but has not. */
  const unknownId = () => {
    if (/^[0-9a-f-]{36}$/.test(v1)) return crypto.randomUUID();
    const last = v1.slice(-1);
    return v1.slice(0, -1) + (/^\d+$/.test(last) ? (Number(last) + 1) % 10 : last === "A" ? "B" : "A");
  };

  return [
    {
      id: "a01 create bucket",
      ask: async () => {
        await s3.createBucket({ Bucket });
        return "ok";
      },
    },
    {
      id: "a02 GetBucketVersioning, new bucket",
      ask: async () => String((await s3.getBucketVersioning({ Bucket })).Status),
    },
    { id: "a03 PUT before enabling: VersionId", ask: async () => String(await put(Key, "v0")) },
    { id: "a04 ListObjectVersions on unversioned bucket", ask: named },
    {
      id: "a05 GET ?versionId=null on unversioned",
      ask: async () => {
        const answer = await s3.getObject({ Bucket, Key, VersionId: "null" });
        return `${await answer.Body?.transformToString()} vid=${answer.VersionId}`;
      },
    },
    {
      id: "a06 enable versioning",
      ask: async () => {
        await setVersioning("Enabled");
        return String((await s3.getBucketVersioning({ Bucket })).Status);
      },
    },
    {
      id: "a07 PUT after enabling: VersionId",
      ask: async () => {
        v1 = String(await put(Key, "v1"));
        v2 = String(await put(Key, "v2"));
        return v1 === v2
          ? "the same"
          : [v1, v2].every((id) => /^[\w.-]{32}$/.test(id))
            ? "32 of A-Za-z0-9._-"
            : "other form";
      },
    },
    { id: "a08 list: order new..old, null last, IsLatest", ask: named },
    { id: "a09 GET old versions (v1, null)", ask: async () => `${await text(v1)} ${await text("null")}` },
    {
      id: "a10 x-amz-version-id on GET current / GET v1 / HEAD v1",
      ask: async () => {
        const current = await raw("GET", Bucket, Key);
        const old = await raw("GET", Bucket, Key, { versionId: v1 });
        const head = await raw("HEAD", Bucket, Key, { versionId: v1 });
        const [a, b, c] = [current, old, head].map((answer) => answer.headers["x-amz-version-id"]);
        return `${a === v2} ${b === v1} ${c === v1}`;
      },
    },
    {
      id: "a11 DELETE -> marker + id",
      ask: async () => {
        const answer = await s3.deleteObject({ Bucket, Key });
        marker = answer.VersionId ?? "";
        return `DeleteMarker=${answer.DeleteMarker} id=${marker !== ""}`;
      },
    },
    { id: "a12 list shows DeleteMarker, latest", ask: named },
    {
      id: "a13 GET current (=DM)",
      ask: async () => {
        const answer = await raw("GET", Bucket, Key);
        const { "x-amz-delete-marker": dm, "x-amz-version-id": id } = answer.headers;
        return `${outcome(answer)} dm=${dm} vid=${id === marker}`;
      },
    },
    {
      id: "a14 HEAD current (=DM)",
      ask: async () => {
        const { status, headers } = await raw("HEAD", Bucket, Key);
        return `${status} dm=${headers["x-amz-delete-marker"]} vid=${headers["x-amz-version-id"] === marker}`;
      },
    },
    {
      id: "a15 GET ?versionId=DM",
      ask: async () => {
        const answer = await raw("GET", Bucket, Key, { versionId: marker });
        const { "x-amz-delete-marker": dm, allow, "last-modified": modified } = answer.headers;
        return `${outcome(answer)} dm=${dm} allow=${allow} lm=${modified !== undefined}`;
      },
    },
    {
      id: "a16 HEAD ?versionId=DM",
      ask: async () => {
        const { status, headers } = await raw("HEAD", Bucket, Key, { versionId: marker });
        return `${status} dm=${headers["x-amz-delete-marker"]}`;
      },
    },
    {
      id: "a17 GET malformed versionId",
      ask: async () => outcome(await raw("GET", Bucket, Key, { versionId: "bogus" })),
    },
    {
      id: "a18 GET unknown well-formed versionId",
      ask: async () => outcome(await raw("GET", Bucket, Key, { versionId: unknownId() })),
    },
    { id: "a19 GET ?versionId= (empty)", ask: async () => outcome(await raw("GET", Bucket, Key, { versionId: "" })) },
    {
      id: "a20 DELETE the DM by id restores",
      ask: async () => {
        const { DeleteMarker } = await s3.deleteObject({ Bucket, Key, VersionId: marker });
        return `dm=${DeleteMarker} -> ${await text()}`;
      },
    },
    {
      id: "a21 DELETE one version",
      ask: async () => {
        const v3 = String(await put(Key, "v3"));
        await s3.deleteObject({ Bucket, Key, VersionId: v3 });
        return `${outcome(await raw("GET", Bucket, Key, { versionId: v3 }))} current=${await text()}`;
      },
    },
    {
      id: "a22 suspend; PUT -> null version replaces null",
      ask: async () => {
        await setVersioning("Suspended");
        const { Status } = await s3.getBucketVersioning({ Bucket });
        return `${Status} vid=${await put(Key, "v4")} list=${await named()} GETnull=${await text("null")}`;
      },
    },
    {
      id: "a23 suspended DELETE -> null marker",
      ask: async () => {
        const { DeleteMarker, VersionId } = await s3.deleteObject({ Bucket, Key });
        return `dm=${DeleteMarker} vid=${VersionId} list=${await named()}`;
      },
    },
    {
      id: "a24 re-enable",
      ask: async () => {
        await setVersioning("Enabled");
        const id = await put(Key, "v5");
        return id !== undefined && id !== "null" ? "ok" : String(id);
      },
    },
    {
      id: "a25 DeleteObjects batch with VersionId",
      ask: async () => {
        const ids = [await put("batch", "1"), await put("batch", "2")];
        const Objects = ids.map((id) => ({ Key: "batch", VersionId: String(id) }));
        const { Deleted } = await s3.deleteObjects({ Bucket, Delete: { Objects } });
        return `deleted=${Deleted?.length} left=${(await rows("batch")).length}`;
      },
    },
    {
      id: "a26 CopyObject from ?versionId",
      ask: async () => {
        const old = String(await put("cp", "old"));
        await put("cp", "new");
        const CopySource = `${Bucket}/cp?versionId=${encode(old)}`;
        const answer = await s3.copyObject({ Bucket, Key: "cp2", CopySource });
        return `${await text(undefined, "cp2")} srcvid=${answer.CopySourceVersionId === old} vid=${answer.VersionId !== undefined}`;
      },
    },
    {
      id: "a27 DELETE of a key that never existed",
      ask: async () => {
        const { DeleteMarker, VersionId } = await s3.deleteObject({ Bucket, Key: "never" });
        return `dm=${DeleteMarker} id=${VersionId !== undefined}`;
      },
    },
  ];
}
