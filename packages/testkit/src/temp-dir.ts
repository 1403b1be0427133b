import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

/** Makes an empty directory for the running test, which is removed when the test has ended; its real path. */
export async function tempDir(): Promise<string> {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  return directory;
}

/** Runs `use` with an empty directory, which is removed afterwards, whatever happens. */
export async function withTempDir<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await makeTempDir();
  try {
    return await use(directory);
  } finally {
    await removeTempDir(directory);
  }
}

/** The real path, as macOS has its temporary directory behind a symlink. */
async function makeTempDir(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), "s3pin-test-")));
}

async function removeTempDir(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
