import { connectionError } from "../connection-error.ts";
import { Connection } from "./connection.ts";

export interface PoolOptions {
  /** Connections to one origin at the most. */
  readonly maxConnections: number;
  /** No byte for so long, of an answer that is waited for, is a time-out. */
  readonly idleTimeoutMs: number;
  /** Certificate authorities in place of Node's own, PEM. */
  readonly ca: readonly string[] | undefined;
}

/** Connections that are kept for the next request. */
export interface ConnectionPool {
  /** @param isFresh whether it must be a new connection */
  acquire(origin: string, isFresh?: boolean): Promise<Connection>;
  release(connection: Connection): void;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** S3 closes an idle connection after about 20 s; the nearer to that, the likelier the request meets the closing. */
const KEEP_ALIVE_MS = 15_000;

/** What one read takes from the kernel at the most: large bodies cost fewer turns, and it stays within a core's own cache. */
const RECEIVE_BUFFER_BYTES = 256 * 1024;

interface Origin {
  readonly all: Set<Connection>;
  readonly idle: Connection[];
  readonly waiting: PromiseWithResolvers<Connection>[];
  tlsSession: Buffer | undefined;
}

export function createConnectionPool({ maxConnections, idleTimeoutMs, ca }: PoolOptions): ConnectionPool {
  const origins = new Map<string, Origin>();
  const receiveBuffer = Buffer.allocUnsafeSlow(RECEIVE_BUFFER_BYTES);
  const watch = setInterval(() => closeOverdue(origins, idleTimeoutMs), Math.min(1_000, idleTimeoutMs / 4));
  watch.unref();

  const originOf = (name: string): Origin => {
    let origin = origins.get(name);
    if (origin === undefined) {
      origin = { all: new Set(), idle: [], waiting: [], tlsSession: undefined };
      origins.set(name, origin);
    }
    return origin;
  };
  const open = (name: string, origin: Origin): Connection => {
    const connection = new Connection(name, {
      receiveBuffer,
      ca,
      tlsSession: origin.tlsSession,
      onTlsSession(session) {
        origin.tlsSession = session;
      },
      onClose(closed) {
        origin.all.delete(closed);
        const place = origin.idle.indexOf(closed);
        if (place !== -1) origin.idle.splice(place, 1);
        origin.waiting.shift()?.resolve(open(name, origin));
      },
    });
    origin.all.add(connection);
    return connection;
  };
  return {
    async acquire(name, isFresh = false) {
      const origin = originOf(name);
      const idle = isFresh ? undefined : origin.idle.pop();
      if (idle !== undefined) return idle;
      if (origin.all.size < maxConnections) return open(name, origin);
      const place = Promise.withResolvers<Connection>();
      origin.waiting.push(place);
      return place.promise;
    },
    release(connection) {
      if (!connection.isOpen) return;
      const origin = originOf(connection.origin);
      const next = origin.waiting.shift();
      if (next === undefined) origin.idle.push(connection);
      else next.resolve(connection);
    },
    close() {
      clearInterval(watch);
      const closed = failure("the connections were closed", "CLOSED");
      for (const [name, { all, waiting }] of origins) {
        for (const { reject } of waiting.splice(0)) reject(connectionError(closed, name));
        for (const connection of all) connection.destroy(closed);
      }
    },
  };
}

/** One clock for all connections: a timer of its own for each costs as much as reading its answer. */
function closeOverdue(origins: ReadonlyMap<string, Origin>, idleTimeoutMs: number): void {
  const nowMs = performance.now();
  for (const { all, idle } of origins.values()) {
    for (const connection of all) {
      const quietMs = nowMs - connection.lastActiveMs;
      if (connection.isConnecting ? quietMs > CONNECT_TIMEOUT_MS : connection.isWaiting && quietMs > idleTimeoutMs)
        connection.destroy(failure("no answer in time", "ETIMEDOUT"));
    }
    for (const connection of [...idle])
      if (nowMs - connection.lastActiveMs > KEEP_ALIVE_MS) connection.destroy(failure("idle", "CLOSED"));
  }
}

function failure(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
