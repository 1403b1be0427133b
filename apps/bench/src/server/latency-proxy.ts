import { join } from "node:path";

import { startService } from "../process/start-service.ts";
import { freePort } from "./free-port.ts";

/** A proxy before the server: every answer comes so much later. */
export interface LatencyProxy {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startLatencyProxy(
  program: string,
  options: { readonly upstreamPort: number; readonly latencyMs: number; readonly dir: string },
): Promise<LatencyProxy> {
  const address = `127.0.0.1:${await freePort()}`;
  const args = [address, `127.0.0.1:${options.upstreamPort}`, String(options.latencyMs)];
  const endpoint = `http://${address}`;
  const service = await startService(program, args, {
    readyUrl: `${endpoint}/health`,
    logFile: join(options.dir, "delay-proxy.log"),
  });
  return { endpoint, pid: service.pid, stop: () => service.stop() };
}
