import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createHashPool, type HashJob } from "./hash-pool.ts";

const SIZE = 1_500_000;
let directory: string;
let jobs: HashJob[];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "s3pin-hash-"));
  jobs = Array.from({ length: 40 }, (_, number) => {
    const content = Buffer.alloc(SIZE, `file ${number} `);
    const file = join(directory, String(number));
    writeFileSync(file, content);
    return { file, sizeBytes: SIZE, etag: createHash("md5").update(content).digest("hex") };
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

const signal = new AbortController().signal;

describe("createHashPool()", () => {
  it("gives every digest in the order of its job, with other threads and without", async () => {
    const pool = createHashPool(signal);
    // Enough for threads to be started, and a little that is added before they are.
    const few = pool.add(jobs.slice(0, 3));
    const outcomes = [0, 10, 20, 30].map((at) => pool.add(jobs.slice(at, at + 10)));
    await pool.help();
    const digests = (await Promise.all(outcomes)).flat();
    expect(digests.map(({ digest }) => digest)).toEqual(jobs.map(({ etag }) => etag));
    expect(digests.every(({ proof }) => proof === "md5")).toBe(true);
    expect((await few).map(({ digest }) => digest)).toEqual(jobs.slice(0, 3).map(({ etag }) => etag));
    expect(pool.queuedBytes).toBe(0);
    pool.close();
  });

  it.skipIf(availableParallelism() < 2)(
    "does all of the work on other threads when this one does not help",
    async () => {
      const pool = createHashPool(signal);
      const outcomes = jobs.map((job) => pool.add([job]));
      const last = await Promise.race([
        outcomes.at(-1)?.then((digests) => digests[0]?.digest),
        new Promise((resolve) => setTimeout(resolve, 20_000, "too late")),
      ]);
      expect(last).toBe(jobs.at(-1)?.etag);
      await pool.help();
      pool.close();
    },
  );

  it("says which file could not be read, wherever it was tried", async () => {
    const missing = { file: join(directory, "missing"), sizeBytes: SIZE, etag: undefined };
    const pool = createHashPool(signal);
    const outcomes = Array.from({ length: 30 }, () => pool.add([missing]));
    const all = Promise.allSettled(outcomes);
    await pool.help();
    for (const outcome of await all)
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "FILE_SYSTEM", details: { path: missing.file } },
      });
    pool.close();
  });

  it.skipIf(availableParallelism() < 2)(
    "stops at once when a thread is in the middle of a large file",
    async () => {
      const file = join(directory, "large");
      writeFileSync(file, "");
      truncateSync(file, 20 * 1024 ** 3);
      const stop = new AbortController();
      const pool = createHashPool(stop.signal);
      const outcome = pool.add([{ file, sizeBytes: 20 * 1024 ** 3, etag: undefined }]);
      const stopped = expect(outcome).rejects.toThrow("enough");
      setTimeout(() => stop.abort(new Error("enough")), 200);
      // Hashing it would take half a minute, and the test would not wait so long.
      await stopped;
    },
    15_000,
  );

  it("stops when the signal says so", async () => {
    const stop = new AbortController();
    const pool = createHashPool(stop.signal);
    const outcome = pool.add(jobs.slice(0, 2));
    stop.abort(new Error("enough"));
    const stopped = expect(outcome).rejects.toThrow("enough");
    await pool.help();
    await stopped;
    pool.close();
  });
});
