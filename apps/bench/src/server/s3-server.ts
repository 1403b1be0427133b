import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { startService } from "../process/start-service.ts";
import { freePort } from "./free-port.ts";

export const accessKeyId = "bench";
export const secretAccessKey = "bench-secret";
export const region = "us-east-1";

/** A versioned S3 server of little cost: versitygw over a directory. Several may serve one directory. */
export interface S3Server {
  readonly port: number;
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A server that writes a line for each request, which costs it a twentieth more CPU. */
export interface CountingS3Server extends S3Server {
  /** Requests answered since the last call. */
  takeRequestCount(): number;
}

export async function startCountingS3Server(binary: string, dir: string): Promise<CountingS3Server> {
  const accessLog = join(dir, "access.log");
  mkdirSync(dir, { recursive: true });
  writeFileSync(accessLog, "");
  const server = await startS3Server(binary, dir, ["--access-log", accessLog]);
  let seenBytes = 0;
  return {
    ...server,
    takeRequestCount() {
      const log = readFileSync(accessLog);
      const count = countLines(log.subarray(seenBytes));
      seenBytes = log.length;
      return count;
    },
  };
}

export async function startS3Server(binary: string, dir: string, flags: readonly string[] = []): Promise<S3Server> {
  const data = join(dir, "data");
  const versions = join(dir, "versions");
  for (const path of [data, versions]) mkdirSync(path, { recursive: true });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const service = await startService(
    binary,
    [
      ...["--port", `127.0.0.1:${port}`, "--access", accessKeyId, "--secret", secretAccessKey],
      // Without --keep-alive every answer closes its connection.
      ...["--keep-alive", "--quiet", "--health", "/health", ...flags],
      ...["posix", "--versioning-dir", versions, data],
    ],
    { readyUrl: `${endpoint}/health`, logFile: join(dir, "versitygw.log") },
  );
  return { port, endpoint, pid: service.pid, stop: () => service.stop() };
}

function countLines(text: Uint8Array): number {
  let count = 0;
  for (const byte of text) if (byte === 0x0a) count++;
  return count;
}
