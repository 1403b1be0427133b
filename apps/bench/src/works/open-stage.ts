import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { startCountingS3Server, startS3Server } from "../server/s3-server.ts";
import type { Stage } from "./stage.ts";

/** Makes a directory of its own below `parent` and starts the servers in it; `close` ends them and removes it. */
export async function openStage(options: {
  readonly parent: string;
  readonly versitygw: string;
  readonly s5cmd: string;
  readonly s3pin: string;
}): Promise<Stage & { close(): Promise<void> }> {
  const dir = mkdtempSync(join(options.parent, "s3pin-bench-"));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  // Also after Ctrl-C: the memory of this directory would be missed. The servers end with this process by themselves.
  const leave = (signal: NodeJS.Signals) => {
    removeDir();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.on("SIGINT", leave).on("SIGTERM", leave);
  try {
    const serverDir = join(dir, "server");
    const server = await startS3Server(options.versitygw, serverDir);
    const counting = await startCountingS3Server(options.versitygw, serverDir);
    return {
      ...{ dir, server, counting, s5cmd: options.s5cmd, s3pin: options.s3pin },
      async close() {
        process.off("SIGINT", leave).off("SIGTERM", leave);
        await Promise.all([server.stop(), counting.stop()]);
        removeDir();
      },
    };
  } catch (error) {
    removeDir();
    throw error;
  }
}
