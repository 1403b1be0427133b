import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

import { fileSystemError } from "../disk/file-system-error.ts";
import { S3PinError } from "../errors.ts";
import { cacheDirectory, defaultIndexFile } from "../local-index/index-location.ts";

/** A holder that has not shown a sign of life for so long is taken for dead, wherever it runs. */
const STALE_MS = 30_000;
const HEARTBEAT_MS = 5_000;
const POLL_MS = 200;

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Takes the lock of a root, so that two restores do not work on it at once; the lock file is in the user's cache
 * directory, since the root holds site content and nothing else.
 * @returns what gives the lock back
 * @throws {S3PinError} `ROOT_LOCKED` when somebody holds it and `wait` is false; `ABORTED`
 */
export async function lockRoot(
  root: string,
  options: { readonly wait: boolean; readonly signal: AbortSignal; readonly onWait: (holder: string) => void },
): Promise<() => void> {
  const file = lockFile(root);
  let told = false;
  for (;;) {
    let holder: Holder | undefined;
    try {
      holder = tryLock(file);
    } catch (error) {
      throw fileSystemError(error, file);
    }
    if (holder === undefined) return keepAlive(file);
    const who = `process ${holder.pid} on ${holder.host}`;
    if (!options.wait)
      throw new S3PinError("ROOT_LOCKED", `Another restore is at work in ${root}: ${who}`, {
        hint: "Wait for it, or leave out --no-wait to have s3pin wait.",
        details: { root, ...holder, lockFile: file },
      });
    if (!told) options.onWait(who);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (options.signal.aborted) throw new S3PinError("ABORTED", "Stopped on request");
  }
}

function lockFile(root: string): string {
  return join(cacheDirectory(), "locks", basename(defaultIndexFile(root)).replace(/index$/, "lock"));
}

/** Undefined when the lock is ours now, else who holds it. */
function tryLock(file: string): Holder | undefined {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder), { flag: "wx" });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined) return holder;
    removeStale(file);
  }
}

/** Two that find the same stale lock must not remove each other's new one: moved aside first, it is looked at again. */
function removeStale(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readHolder(aside) !== undefined) linkSync(aside, file);
  } catch {
    // Somebody else was faster; the next round sees what is there now.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Who holds the lock; undefined when nobody alive does. */
function readHolder(file: string): Holder | undefined {
  try {
    const age = Date.now() - statSync(file).mtimeMs;
    const text = readFileSync(file, "utf8");
    // Somebody has created the file and not written it yet.
    if (text === "") return age < STALE_MS ? { pid: 0, host: "unknown" } : undefined;
    const holder = JSON.parse(text) as Holder;
    if (age > STALE_MS) return undefined;
    return holder.host === hostname() && !isAlive(holder.pid) ? undefined : holder;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function keepAlive(file: string): () => void {
  const heartbeat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Somebody removed the file; the next restore then does not wait, which the user asked for.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  };
}
