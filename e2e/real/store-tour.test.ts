import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runCli } from "../cli/run-cli.ts";
import { serverEnv, type WorkDir, workDir } from "../cli/work-dir.ts";
import { type BucketClient, bucketClient } from "../client/bucket-client.ts";
import { oracleManifest, writeSeedManifest } from "../oracle/oracle.ts";
import { type CountingProxy, startCountingProxy } from "../servers/counting-proxy.ts";
import type { Gaps, RunningServer } from "../servers/server.ts";
import { chosenServers } from "../servers/servers.ts";
import { content, md5 } from "../site/content.ts";
import { treeMd5s } from "../site/tree.ts";

const PREFIX = "site/";
interface OddName {
  readonly name: string;
  readonly gap?: keyof Gaps;
}

/** S3's least size of a part that is not the last. */
const PART_BYTES = 5 * 1024 * 1024;

/** Names that files can have, and the gap that keeps a server from them. */
const oddNames: readonly OddName[] = [
  { name: "a b/c d.txt" },
  { name: 'comma, and "quotes".txt' },
  { name: "it's 100% + more.txt" },
  { name: "%41%zz%2F.txt" },
  { name: "x&<y>]]>.xml" },
  { name: "q?x=1#h.html" },
  { name: "NFC-\u00e9.txt" },
  { name: "NFD-e\u0301.txt" },
  { name: "日本語/emoji-🎉.png" },
  { name: "trailing-dot." },
  { name: "trailing blank " },
  { name: "~tilde*(1)!.txt" },
  { name: "line\nbreak.txt" },
  { name: "tab\there.txt" },
  { name: "control-\u0001\u001f.txt", gap: "losesControlCharacters" },
  { name: "NUL.txt" },
  { name: "-rf" },
  { name: "$HOME`x`.sh" },
  { name: "deep/er/and/deep/er/still.txt" },
];

/** Names that no root may take: refused, or left out with --skip-unsafe. */
const unsafeNames: readonly OddName[] = [
  { name: "../climbs.txt", gap: "refusesDotSegments" },
  { name: "dir/./dot.txt", gap: "refusesDotSegments" },
  { name: "dir//empty.txt", gap: "refusesDotSegments" },
  { name: "back\\slash.txt", gap: "backslashBecomesSlash" },
];

/** A server's gaps stand in the name of its suite: what is left out or checked in another way. */
const suites = chosenServers.map((kind) => {
  const gaps = Object.entries(kind.gaps).flatMap(([gap, isThere]) => (isThere ? [gap] : []));
  return [`${kind.name} (gaps: ${gaps.join(", ") || "none"})`, kind] as const;
});

describe.each(suites)("%s", (_title, kind) => {
  const bucket = `tour-${randomBytes(4).toString("hex")}`;
  const source = `s3://${bucket}/${PREFIX}`;
  /** Path to MD5, as it is at the moment and now. */
  const past = new Map<string, string>();
  const now = new Map<string, string>();
  const versionIds = new Map<string, string>();
  let work: WorkDir;
  let server: RunningServer;
  let proxy: CountingProxy;
  let fill: BucketClient;
  let at: string;
  let bodies = 0;

  /** Sets a file of the state that is being made. */
  const put = async (state: Map<string, string>, path: string, sizeBytes = 1_000) => {
    const bytes = content(++bodies, sizeBytes);
    versionIds.set(path, await fill.put(PREFIX + path, bytes));
    state.set(path, md5(bytes));
  };
  /** So that what follows is newer, on a server with whole seconds too. */
  const pause = () => sleep(kind.gaps.oneSecondGrain ? 1_100 : 20);
  const env = () => ({ ...work.env, ...serverEnv(server) });
  const putable = ({ gap }: OddName) => gap === undefined || !kind.gaps[gap];

  beforeAll(async () => {
    work = workDir("tour");
    await kind.install();
    server = await kind.start();
    proxy = await startCountingProxy(server.endpoint);
    fill = bucketClient(server, bucket);
    await fill.create();
    await fill.put("elsewhere.txt", Buffer.from("not below the prefix"));
    for (const { name } of oddNames.filter(putable)) await put(past, name);
    for (const name of ["page.html", "gone.txt", "back.txt", "empty.txt"]) await put(past, name);
    await put(past, "empty.txt", 0);
    const parts = [content(90, PART_BYTES), content(91, PART_BYTES), content(92, 1_234)];
    versionIds.set("film.mp4", await fill.putInParts(`${PREFIX}film.mp4`, parts));
    past.set("film.mp4", md5(Buffer.concat(parts)));
    await pause();
    await fill.remove(`${PREFIX}back.txt`);
    past.delete("back.txt");
    await pause();
    at = new Date(kind.gaps.oneSecondGrain ? 1_000 * Math.floor(Date.now() / 1_000) : Date.now()).toISOString();
    await pause();
    for (const [path, digest] of past) now.set(path, digest);
    for (const name of ["page.html", "back.txt", "new, and odd.txt", oddNames[0]?.name ?? ""]) await put(now, name);
    await fill.remove(`${PREFIX}gone.txt`);
    now.delete("gone.txt");
  });

  afterAll(async () => {
    fill?.close();
    await proxy?.close();
    await server?.stop();
    work?.remove();
  });

  // s3pin pin s3://BUCKET/site/ -o now.csv; s3pin pin s3://BUCKET/site/ -o past.csv --at T
  it("is pinned now and at a moment as the independent listing says", async () => {
    for (const [file, moment] of [["now.csv"], ["past.csv", at]] as const) {
      const args = ["pin", source, "-o", work.at(file), ...(moment === undefined ? [] : ["--at", moment])];
      const result = await runCli(args, { env: env() });
      expect(result, result.stderr).toMatchObject({ code: 0 });
      const expected = await oracleManifest(server, {
        bucket,
        prefix: PREFIX,
        ...(moment === undefined ? {} : { at: moment }),
      });
      expect(readFileSync(work.at(file), "utf8")).toBe(expected);
    }
  });

  // s3pin restore past.csv root; s3pin restore now.csv root --prune
  it("is restored as it was and as it is, and asked for nothing twice", async () => {
    for (const [file, state] of [
      ["past.csv", past],
      ["now.csv", now],
    ] as const) {
      const result = await runCli(["restore", work.at(file), work.at("root"), "--prune"], { env: env() });
      expect(result, result.stderr).toMatchObject({ code: 0 });
      expect(await treeMd5s(work.at("root"))).toEqual(sorted(state));
    }
    const again = await runCli(["restore", work.at("now.csv"), work.at("root")], {
      env: { ...env(), AWS_ENDPOINT_URL: proxy.endpoint },
    });
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(proxy.connections).toBe(0);
  });

  // s3pin restore now.csv root, the multipart object's file touched, the index lost
  it("proves a multipart object from its file alone or fetches it again, and then remembers it", async () => {
    const args = ["restore", work.at("now.csv"), work.at("root"), "--index", work.at("other.index")];
    const counted = { env: { ...env(), AWS_ENDPOINT_URL: proxy.endpoint } };
    const first = await runCli(args, counted);
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(proxy.requests.filter((line) => !line.includes("/film.mp4"))).toEqual([]);
    proxy.clear();
    const second = await runCli(args, counted);
    expect(second, second.stderr).toMatchObject({ code: 0 });
    expect(proxy.connections).toBe(0);
  });

  // s3pin restore -m seed.csv -r root -b BUCKET -t 8 -f 100
  it("is restored from a manifest that Python's csv wrote, with the flags of its scripts", async () => {
    const paths = [...now.keys()];
    await writeSeedManifest(
      work.at("seed.csv"),
      paths.map((path) => [PREFIX + path, versionIds.get(path) ?? ""]),
    );
    const args = ["restore", "-m", work.at("seed.csv"), "-r", work.at("seed"), "-b", bucket, "-t", "8", "-f", "100"];
    const result = await runCli(args, { env: env() });
    expect(result, result.stderr).toMatchObject({ code: 0 });
    const expected = new Map([...now].map(([path, digest]) => [PREFIX + path, digest]));
    expect(await treeMd5s(work.at("seed"))).toEqual(sorted(expected));
    expect(statSync(work.at("seed")).isDirectory()).toBe(true);
  });

  // s3pin restore seed.csv root, with keys that hold backslashes and dot segments
  it(`refuses keys that climb or hold a backslash${kind.gaps.backslashBecomesSlash ? ` (${kind.name} stores none: only the manifest names them)` : ""}`, async () => {
    const entries: [string, string][] = [];
    for (const unsafe of unsafeNames) {
      const versionId = putable(unsafe) ? await fill.put(unsafe.name, Buffer.from(unsafe.name)) : "00000000";
      entries.push([unsafe.name, versionId]);
    }
    const safeId = await fill.put('safe, "one".txt', Buffer.from("safe"));
    await writeSeedManifest(work.at("unsafe.csv"), [...entries, ['safe, "one".txt', safeId]]);
    const args = ["restore", "-m", work.at("unsafe.csv"), "-r", work.at("unsafe"), "-b", bucket];
    const refused = await runCli(args, { env: env() });
    expect(refused, refused.stderr).toMatchObject({ code: 5 });
    for (const { name } of unsafeNames) expect(refused.stderr).toContain(name);
    expect(await treeMd5s(work.at("unsafe"))).toEqual(new Map());
    const skipped = await runCli([...args, "--skip-unsafe"], { env: env() });
    expect(skipped, skipped.stderr).toMatchObject({ code: 3 });
    expect(await treeMd5s(work.at("unsafe"))).toEqual(new Map([['safe, "one".txt', md5(Buffer.from("safe"))]]));
  });

  // s3pin restore now.csv root, one pinned version removed for good
  it("tells which pinned version is gone, restores the rest, and exits 4", async () => {
    await fill.removeVersion(`${PREFIX}page.html`, versionIds.get("page.html") ?? "");
    const result = await runCli(["restore", work.at("now.csv"), work.at("gone")], { env: env() });
    expect(result, result.stderr).toMatchObject({ code: 4 });
    expect(result.stderr).toContain("page.html");
    const rest = new Map(now);
    rest.delete("page.html");
    expect(await treeMd5s(work.at("gone"))).toEqual(sorted(rest));
  });
});

function sorted(map: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
