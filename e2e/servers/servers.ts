import { radosgw } from "./radosgw.ts";
import { seaweedfs } from "./seaweedfs.ts";
import type { ServerKind } from "./server.ts";

const all: Readonly<Record<string, ServerKind>> = { seaweedfs, radosgw };

/** The servers to test against: all, or those that S3PIN_E2E_SERVERS names, separated by commas. */
export const chosenServers: readonly ServerKind[] = (process.env.S3PIN_E2E_SERVERS || Object.keys(all).join(","))
  .split(",")
  .map((name) => {
    const server = all[name.trim()];
    if (server === undefined)
      throw new Error(`S3PIN_E2E_SERVERS: no server ${name}; there are ${Object.keys(all).join(", ")}`);
    return server;
  });
