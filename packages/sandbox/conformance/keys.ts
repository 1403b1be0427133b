import type { Probe, ProbeOptions } from "./probe.ts";
import { decodeUrl, listedRows, outcome, type RawAnswer } from "./server-under-test.ts";

/** Keys that servers trip over, by a name that can be printed. */
const oddKeys: Readonly<Record<string, string>> = {
  space: "sp ace",
  plus: "a+b",
  pct41: "pct%41",
  pctzz: "pct%zz",
  pct2F: "x%2Fy",
  unicode: "uni-é-日本-😀",
  nfd: "nfd-e\u0301",
  newline: "new\nline",
  cr: "c\rr",
  tab: "ta\tb",
  ctrl01: "ctrl\x01",
  ctrl1f: "c\x1fx",
  del7f: "del\x7f",
  ufffe: "u\ufffe",
  "dotdot/": "../x",
  "a/../b": "dd/../b",
  "./x": "./x",
  "a/./b": "ds/./b",
  "/lead": "/leading",
  "a//b": "ds//b",
  "end//": "dsl//",
  "a/ (empty)": "dir1/",
  backslash: "back\\slash",
  "c:\\": "c:\\x",
  quotes: "q\"'",
  xml: "x&<>]]>",
  "q?#": "q?x=1#h;:@=,$!*()~",
  "dot.": "trail.",
  space$: "trail ",
  "nul.txt": "NUL.txt",
  "1024 bytes": `${`${"k".repeat(200)}/`.repeat(4)}${"k".repeat(220)}`,
  "300-byte seg": "s".repeat(300),
  "1025 bytes": "L".repeat(1025),
};

/** Keys in an order that tells UTF-8 from UTF-16 and from orders by directory. */
const orderKeys = [
  ...["o/a", "o/a/", "o/a/b", "o/a-b", "o/a b", "o/aB", "o/ab"],
  ...["o/é", "o/\uff5e", "o/😀", "o/A", "o/~", "o/a.b"],
];

/** Any key must come back byte by byte. */
export function keyProbes({ server: { s3, raw }, suffix }: ProbeOptions): Probe[] {
  const Bucket = `keys-${suffix}`;
  const accepted: string[] = [];

  const put = (key: string, body: string) => raw("PUT", Bucket, key, {}, { body });
  const list = (query: Record<string, string>) => raw("GET", Bucket, undefined, { versions: "", ...query });
  const shown = (answer: RawAnswer) => (answer.status === 200 ? answer.body : outcome(answer));
  const missing = (found: ReadonlySet<string | undefined>) => {
    const lost = accepted.filter((key) => !found.has(key));
    const note = lost.length > 0 ? ` missing ${JSON.stringify(lost.map((key) => key.slice(0, 20)))}` : "";
    return `${accepted.length - lost.length}/${accepted.length}${note}`;
  };
  const both = (first: string, second: string) => async () => {
    const puts = [await put(first, "1"), await put(second, "2")].map(outcome);
    const gets = [await raw("GET", Bucket, first), await raw("GET", Bucket, second)].map(shown);
    return `PUT ${puts.join("/")} GET ${gets.join("/")}`;
  };

  const roundTrips = Object.entries(oddKeys).map(([name, key]) => ({
    id: `d1 key ${name}`,
    ask: async () => {
      const body = `D${name}`;
      const answer = await put(key, body);
      if (answer.status !== 200) return `PUT ${outcome(answer)}`;
      accepted.push(key);
      const versionId = answer.headers["x-amz-version-id"];
      const got = await raw("GET", Bucket, key, versionId ? { versionId: String(versionId) } : {});
      const encoded = listedRows((await list({ "encoding-type": "url", prefix: key })).body);
      const plain = listedRows((await list({ prefix: key })).body);
      const faults = [
        got.body === body ? "" : `GET ${outcome(got)}`,
        encoded.filter((row) => decodeUrl(row.key) === key).length === 1 ? "" : "list(url)",
        plain.filter((row) => row.key === key).length === 1 ? "" : "list(plain)",
      ];
      return faults.filter((fault) => fault !== "").join(" ") || "ok";
    },
  }));

  return [
    {
      id: "d00 bucket",
      ask: async () => {
        await s3.createBucket({ Bucket });
        await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
        return "ok";
      },
    },
    ...roundTrips,
    {
      id: "d20 SDK list of all odd keys, plain",
      ask: async () => missing(new Set((await s3.listObjectVersions({ Bucket })).Versions?.map((row) => row.Key))),
    },
    {
      id: "d21 SDK list of all odd keys, EncodingType=url",
      ask: async () => {
        const { Versions = [], EncodingType } = await s3.listObjectVersions({ Bucket, EncodingType: "url" });
        return `enc=${EncodingType} ${missing(new Set(Versions.map((row) => decodeUrl(row.Key ?? ""))))}`;
      },
    },
    {
      id: 'd22 url-encoding style of "a+b ", "/", "é", "~*"',
      ask: async () => {
        await put("zz/a+b é~*('", "1");
        const { body } = await list({ "encoding-type": "url", prefix: "zz/" });
        return `${listedRows(body)[0]?.key} prefix=${/<Prefix>([^<]*)</.exec(body)?.[1]}`;
      },
    },
    { id: "d23 a with a/b together, file then dir", ask: both("fd", "fd/b") },
    { id: "d24 a/b then a (dir then file)", ask: both("df/b", "df") },
    {
      id: "d25 a/ with bytes + 2 versions + a",
      ask: async () => {
        const first = await put("ds1/", "one");
        await put("ds1/", "two");
        await put("ds1", "three");
        const versionId = String(first.headers["x-amz-version-id"] ?? "");
        const gets = [
          await raw("GET", Bucket, "ds1/", { versionId }),
          await raw("GET", Bucket, "ds1/"),
          await raw("GET", Bucket, "ds1"),
        ];
        const rows = listedRows((await list({ prefix: "ds1" })).body);
        return `${outcome(first)} GET ${gets.map(shown).join()} list=${rows.map((row) => row.key).join()}`;
      },
    },
    {
      id: "d26 key order in list (UTF-8 bytes)",
      ask: async () => {
        const stored: string[] = [];
        for (const key of orderKeys) if ((await put(key, "x")).status === 200) stored.push(key);
        const listed = listedRows((await list({ prefix: "o/" })).body).map((row) => row.key);
        const byBytes = stored.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        if (listed.join("\n") === byBytes.join("\n")) return `utf8 (${listed.length})`;
        return listed.join("\n") === stored.toSorted().join("\n")
          ? `utf16 (${listed.length})`
          : `other: ${JSON.stringify(listed)}`;
      },
    },
  ];
}
