import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { lockRoot } from "./root-lock.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "s3pin-lock-"));
  vi.stubEnv("XDG_CACHE_HOME", home);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });
});

const take = (wait = false) => lockRoot("/srv/site", { wait, signal: new AbortController().signal, onWait: () => {} });

/** Leaves a lock behind as another process would. */
async function leaveLock(content: string, ageMs = 0): Promise<void> {
  (await take())();
  const directory = join(home, "s3pin", "locks");
  mkdirSync(directory, { recursive: true });
  await take().then((unlock) => {
    const [name = ""] = readdirSync(directory);
    unlock();
    const file = join(directory, name);
    writeFileSync(file, content);
    const at = new Date(Date.now() - ageMs);
    utimesSync(file, at, at);
  });
}

/** No process has it: Linux's and macOS's pids end below. */
const DEAD_PID = 2 ** 30;

describe("lockRoot()", () => {
  it("is held by one at a time", async () => {
    const unlock = await take();
    await expect(take()).rejects.toMatchObject({ code: "ROOT_LOCKED", details: { pid: process.pid } });
    unlock();
    (await take())();
  });

  it.each([
    ["a process that is no more", JSON.stringify({ pid: DEAD_PID, host: hostname() }), 0],
    ["another machine, silent for a minute", JSON.stringify({ pid: 1, host: "elsewhere" }), 60_000],
    ["somebody who wrote rubbish", "rubbish", 0],
    ["somebody who died before writing", "", 60_000],
  ])("takes over from %s", async (_name, content, ageMs) => {
    await leaveLock(content, ageMs);
    (await take())();
    expect(readdirSync(join(home, "s3pin", "locks"))).toEqual([]);
  });

  it.each([
    ["a process at work", JSON.stringify({ pid: process.pid, host: hostname() })],
    ["another machine that has just shown a sign of life", JSON.stringify({ pid: 1, host: "elsewhere" })],
    ["somebody who is just about to write his name", ""],
  ])("respects %s", async (_name, content) => {
    await leaveLock(content);
    await expect(take()).rejects.toMatchObject({ code: "ROOT_LOCKED" });
  });

  it("waits until the holder is done", async () => {
    const unlock = await take();
    setTimeout(unlock, 50);
    (await take(true))();
  });
});
