import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections, and with room for ports 10,000 higher. */
const FIRST_PORT = 12_000;
const LAST_PORT = 21_500;
const TRIES = 50;

/**
 * Finds a random port P such that P plus each offset is free on 127.0.0.1. Somebody may still take one before the server
 * does; the server then does not start, and the caller tries again.
 */
export async function findFreePorts(offsets: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const base = randomInt(FIRST_PORT, LAST_PORT);
    if ((await Promise.all(offsets.map((offset) => isFree(base + offset)))).every(Boolean)) return base;
  }
  throw new Error(`No free ports found between ${FIRST_PORT} and ${LAST_PORT}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
