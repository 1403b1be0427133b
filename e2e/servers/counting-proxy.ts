import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Something that stands before a server and counts what passes. */
export interface CountingProxy {
  readonly endpoint: string;
  /** The request lines seen since the start or the last `clear`, without the protocol: `GET /bucket/key?versionId=…`. */
  readonly requests: readonly string[];
  /** Connections since the start or the last `clear`. */
  readonly connections: number;
  clear(): void;
  close(): Promise<void>;
}

const REQUEST_LINE = /(?:^|\n)((?:GET|HEAD|PUT|POST|DELETE) \S+) HTTP\/1\.1\r\n/g;

/**
 * Passes bytes on as they are and reads the request lines on their way: good for requests without bodies, which are all
 * that a pin and a restore send.
 */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    connections++;
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    let unread = "";
    client.on("data", (chunk) => {
      unread += chunk.toString("latin1");
      for (const [, line = ""] of unread.matchAll(REQUEST_LINE)) requests.push(line);
      unread = unread.slice(unread.lastIndexOf("\n"));
    });
    client.pipe(upstream).pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    clear() {
      requests.length = 0;
      connections = 0;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
