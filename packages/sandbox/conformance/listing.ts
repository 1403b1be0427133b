import type { Probe, ProbeOptions } from "./probe.ts";
import { commonPrefixes, type ListedRow, listedRows, outcome, tagText } from "./server-under-test.ts";

/** Pages after which a listing is taken to be endless. */
const MAX_PAGES = 3000;

/** Order, pages, markers, prefixes and delimiters. */
export function listingProbes({ server: { s3, raw }, suffix, bigCount }: ProbeOptions): Probe[] {
  const Bucket = `ord-${suffix}`;
  const Big = `big-${suffix}`;
  const bigKey = (n: number) => `site/${String(n % 97).padStart(2, "0")}/page-${n}.html`;

  const put = async (Key: string, Body: string) => (await s3.putObject({ Bucket, Key, Body })).VersionId;
  const list = (query: Record<string, string>, bucket = Bucket) =>
    raw("GET", bucket, undefined, { versions: "", ...query });
  const makeBucket = async (name: string) => {
    await s3.createBucket({ Bucket: name });
    await s3.putBucketVersioning({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } });
  };
  const identity = (row: ListedRow) => `${row.key} ${row.versionId}`;

  /** Follows the markers to the end; gives rows and common prefixes in order. */
  async function listAll(query: Record<string, string>, bucket = Bucket) {
    const items: string[] = [];
    const rows: ListedRow[] = [];
    let asked = query;
    for (let pages = 1; ; pages++) {
      const { body } = await list(asked, bucket);
      const page = listedRows(body);
      rows.push(...page);
      items.push(...page.map(identity), ...commonPrefixes(body).map((prefix) => `CP:${prefix}`));
      if (tagText(body, "IsTruncated") !== "true") return { items, rows, pages, note: "" };
      const key = tagText(body, "NextKeyMarker");
      const versionId = tagText(body, "NextVersionIdMarker");
      if (key === undefined) return { items, rows, pages, note: "truncated without NextKeyMarker" };
      const next = { ...query, "key-marker": key, ...(versionId ? { "version-id-marker": versionId } : {}) };
      if (JSON.stringify(next) === JSON.stringify(asked) || pages > MAX_PAGES)
        return { items, rows, pages, note: "endless" };
      asked = next;
    }
  }

  return [
    {
      id: "e01 same key 12 puts in a row: order",
      ask: async () => {
        await makeBucket(Bucket);
        const ids: (string | undefined)[] = [];
        for (let i = 0; i < 12; i++) ids.unshift(await put("same", `x${i}`));
        const listed = listedRows((await list({})).body).map((row) => row.versionId);
        return listed.join() === ids.join() ? "newest first" : "other";
      },
    },
    {
      id: "e02 versions + DMs interleaved in XML order",
      ask: async () => {
        for (const Key of ["b", "a", "c"]) {
          await put(Key, "1");
          await s3.deleteObject({ Bucket, Key });
          await put(Key, "2");
        }
        await s3.deleteObject({ Bucket, Key: "c" });
        const rows = listedRows((await list({})).body).filter((row) => row.key !== "same");
        return rows.map((row) => `${row.key}${row.isMarker ? "D" : "V"}${row.isLatest ? "*" : ""}`).join(" ");
      },
    },
    {
      id: "e03 pagination max-keys 1,2,3,7 = full list",
      ask: async () => {
        const whole = (await listAll({ "max-keys": "1000" })).items.join("\n");
        const results: string[] = [];
        for (const size of ["1", "2", "3", "7"]) {
          const { items, note } = await listAll({ "max-keys": size });
          const isWhole = items.join("\n") === whole;
          results.push(
            `${size}:${isWhole ? "ok" : `BAD ${items.length}, ${new Set(items).size} distinct`}${note && ` ${note}`}`,
          );
        }
        return results.join(" ");
      },
    },
    {
      id: "e04 key-marker only: starts after key",
      ask: async () => {
        const rows = listedRows((await list({ "key-marker": "b" })).body);
        return [...new Set(rows.map((row) => row.key))].join();
      },
    },
    {
      id: "e05 key-marker + version-id-marker",
      ask: async () => {
        const all = listedRows((await list({ prefix: "same" })).body);
        const marker = all[3]?.versionId ?? "";
        const rest = listedRows((await list({ "key-marker": "same", "version-id-marker": marker })).body);
        return `${rest.length} of 8, first=${rest[0]?.versionId === all[4]?.versionId}`;
      },
    },
    {
      id: "e06 version-id-marker without key-marker",
      ask: async () => {
        const [row] = listedRows((await list({})).body);
        return outcome(await list({ "version-id-marker": row?.versionId ?? "x" }));
      },
    },
    {
      id: "e07 max-keys=0 / 5000 / -1",
      ask: async () => {
        const none = (await list({ "max-keys": "0" })).body;
        const many = (await list({ "max-keys": "5000" })).body;
        const negative = outcome(await list({ "max-keys": "-1" }));
        const zero = `n=${listedRows(none).length} trunc=${tagText(none, "IsTruncated")}`;
        return `0: ${zero}; 5000: MaxKeys=${tagText(many, "MaxKeys")}; -1: ${negative}`;
      },
    },
    {
      id: "e08 delimiter: CommonPrefixes with versions",
      ask: async () => {
        for (const key of ["p/1", "p/1", "p/2", "q/1", "p"]) await put(key, "x");
        const { body } = await list({ delimiter: "/" });
        const keys = new Set(listedRows(body).map((row) => row.key));
        return `${commonPrefixes(body).join()} keys=${[...keys].join()}`;
      },
    },
    {
      id: "e09 delimiter pagination max-keys=1",
      ask: async () => {
        const { items, pages, note } = await listAll({ delimiter: "/", "max-keys": "1" });
        const prefixes = items.filter((item) => item.startsWith("CP:"));
        return `${items.length} items in ${pages} pages, ${prefixes.join()}${note && ` ${note}`}`;
      },
    },
    {
      id: "e10 prefix",
      ask: async () =>
        listedRows((await list({ prefix: "p/" })).body)
          .map((row) => row.key)
          .join(),
    },
    {
      id: "e11 ListObjectsV2 excludes deleted",
      ask: async () => String((await s3.listObjectsV2({ Bucket })).Contents?.map((row) => row.Key).join()),
    },
    {
      id: "e12 concurrent PUTs of one key (24): all versions kept, IsLatest = GET",
      ask: async () => {
        const ids = await Promise.all(Array.from({ length: 24 }, (_, i) => put("conc", `c${i}`)));
        const rows = listedRows((await list({ prefix: "conc" })).body);
        const current = (await raw("GET", Bucket, "conc")).headers["x-amz-version-id"];
        const latest = rows.filter((row) => row.isLatest).map((row) => row.versionId);
        return `ids=${new Set(ids).size} listed=${rows.length} latest=GET:${latest.join() === current && rows[0]?.isLatest}`;
      },
    },
    {
      id: "f01 many PUTs (32 at once), 200 second versions, 100 markers",
      ask: async () => {
        await makeBucket(Big);
        let next = 0;
        const worker = async () => {
          for (let n = next++; n < bigCount; n = next++) {
            const answer = await raw("PUT", Big, bigKey(n), {}, { body: `x${n}` });
            if (answer.status !== 200) throw new Error(`PUT ${outcome(answer)}`);
          }
        };
        await Promise.all(Array.from({ length: 32 }, worker));
        for (let n = 0; n < 200; n++) await raw("PUT", Big, bigKey(n), {}, { body: "y" });
        for (let n = 200; n < 300; n++) await raw("DELETE", Big, bigKey(n));
        return "ok";
      },
    },
    {
      id: "f02 list all versions, 1000 a page",
      ask: async () => {
        const { rows, items, note } = await listAll({ "max-keys": "1000" }, Big);
        const isComplete = items.length === bigCount + 300 && new Set(items).size === items.length;
        const keys = rows.map((row) => Buffer.from(row.key));
        const isSorted = keys.every((key, i) => i === 0 || Buffer.compare(keys[i - 1] ?? key, key) <= 0);
        const markers = rows.filter((row) => row.isMarker).length;
        return `${isComplete ? "complete" : `BAD ${items.length}, ${new Set(items).size} distinct`} sorted=${isSorted} DM=${markers}${note && ` ${note}`}`;
      },
    },
    {
      id: "f03 list with prefix+delimiter",
      ask: async () => `${commonPrefixes((await list({ prefix: "site/", delimiter: "/" }, Big)).body).length} prefixes`,
    },
  ];
}
