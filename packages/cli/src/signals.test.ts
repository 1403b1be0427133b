import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";

import { expect, it } from "vitest";

import { siteSandbox } from "./testing/run-cli.ts";

it.each([
  { signal: "SIGINT", code: 130 },
  { signal: "SIGTERM", code: 143 },
] as const)(
  "$signal stops a restore within a second, exits $code, and keeps what is done",
  async ({ signal, code }) => {
    const { sandbox, place } = await siteSandbox();
    await place.run(["pin", "s3://media/site/", "-o", "media.csv"]);
    sandbox.clearLog();
    const stall = sandbox.fault({
      key: "site/index.html",
      operation: "GetObject",
      action: { kind: "stall", afterBytes: 5 },
    });
    const { child, ended } = place.start(["restore", "media.csv", "root", "--json"]);
    while (!existsSync(place.path("root/css/site.css")) || !existsSync(place.path("root/img/logo.svg")))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const startMs = performance.now();
    child.kill(signal);
    const result = await ended;
    expect(performance.now() - startMs).toBeLessThan(STOP_MS);
    expect(result.code).toBe(code);
    expect(result.stderr).toBe("stopped: Stopped on request\n  → Run again to go on from here.\n");
    expect(result.objects().at(-1)).toMatchObject({ type: "error", code: "ABORTED" });
    expect((await readdir(place.path("root"))).sort()).toEqual(["css", "img"]);

    stall.remove();
    sandbox.clearLog();
    expect((await place.run(["restore", "media.csv", "root"])).code).toBe(0);
    expect(sandbox.log.map(({ key }) => key)).toEqual(["site/index.html"]);
  },
);

/** The promise is one second; a machine that is busy with other tests gets two more. */
const STOP_MS = 3_000;

it("a signal stops a pin", async () => {
  const { sandbox, place } = await siteSandbox();
  sandbox.fault({ operation: "ListObjectVersions", action: { kind: "delay", ms: 10_000 } });
  const { child, ended } = place.start(["pin", "s3://media/", "-o", "media.csv"]);
  while (!sandbox.log.some(({ operation }) => operation === "GetBucketVersioning"))
    await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 100));
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  expect(existsSync(place.path("media.csv"))).toBe(false);
});
