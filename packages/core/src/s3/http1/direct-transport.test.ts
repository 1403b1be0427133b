import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it, onTestFinished } from "vitest";

import { createDirectTransport } from "./direct-transport.ts";
import { CERTIFICATE, KEY } from "./self-signed.test-helper.ts";

type Script = (socket: Socket, request: string, connection: number) => void;

const OK = (body: string, headers = "") => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;

/** A server that answers each request by a script, told which connection it came over. */
async function serve(script: Script, { tls = false } = {}) {
  const seen = { connections: 0, requests: [] as string[] };
  const onConnection = (socket: Socket) => {
    const connection = ++seen.connections;
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
        const request = text.slice(0, end);
        text = text.slice(end + 4);
        seen.requests.push(request);
        script(socket, request, connection);
      }
    });
  };
  const server: Server = tls
    ? createTlsServer({ cert: CERTIFICATE, key: KEY }, onConnection)
    : createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const origin = `${tls ? "https://localhost" : "http://127.0.0.1"}:${(server.address() as AddressInfo).port}`;
  return { origin, seen };
}

function open(options: Partial<Parameters<typeof createDirectTransport>[0]> = {}) {
  const transport = createDirectTransport({ maxConnections: 8, idleTimeoutMs: 5_000, ca: undefined, ...options });
  onTestFinished(() => transport.close());
  return {
    transport,
    async get(
      origin: string,
      path = "/",
      { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
    ) {
      let body = "";
      await transport.exchange(
        { origin, path, headers: { host: "x", ...headers } },
        {
          start: () => undefined,
          write(chunk) {
            body += Buffer.from(chunk).toString("latin1");
            return undefined;
          },
        },
        signal,
      );
      return body;
    },
  };
}

describe("createDirectTransport()", () => {
  it("asks again over the connection that it has", async () => {
    const { origin, seen } = await serve((socket, request) => socket.write(OK(request.split(" ")[1] ?? "")));
    const { get } = open();
    for (const path of ["/a", "/b", "/c"]) expect(await get(origin, path)).toBe(path);
    expect(seen).toMatchObject({ connections: 1, requests: { length: 3 } });
    expect(seen.requests[0]).toBe("GET /a HTTP/1.1\r\nhost: x");
  });

  it("keeps as many connections as may be, and the others wait", async () => {
    const { origin, seen } = await serve((socket) => setTimeout(() => socket.write(OK("x")), 5));
    const { get } = open({ maxConnections: 3 });
    const bodies = await Promise.all(Array.from({ length: 20 }, () => get(origin)));
    expect(bodies.join("")).toBe("x".repeat(20));
    expect(seen.connections).toBe(3);
  });

  it("tells bodies apart that come at the same time, byte for byte", async () => {
    const bodyOf = (path: string) => path.repeat(40_000);
    const { origin } = await serve((socket, request) => socket.write(OK(bodyOf(request.split(" ")[1] ?? ""))));
    const { get } = open();
    const paths = Array.from({ length: 40 }, (_, number) => `/${String(number).padStart(2, "0")}`);
    expect(await Promise.all(paths.map((path) => get(origin, path)))).toEqual(paths.map(bodyOf));
  });

  it("opens another when the server closes or does not keep it", async () => {
    const { origin, seen } = await serve((socket) => socket.end(OK("x", "Connection: close\r\n")));
    const { get } = open();
    for (let number = 0; number < 3; number++) expect(await get(origin)).toBe("x");
    expect(seen.connections).toBe(3);
  });

  it("reads a body without a length to the end of the connection", async () => {
    const { origin } = await serve((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nto the end"));
    expect(await open().get(origin)).toBe("to the end");
  });

  it("sends a request once more when a kept connection was closed under it", async () => {
    const { origin, seen } = await serve((socket, _request, connection) => {
      if (connection === 1 && seen.requests.length > 1) socket.destroy();
      else socket.write(OK("x"));
    });
    const { get } = open();
    expect(await get(origin)).toBe("x");
    expect(await get(origin)).toBe("x");
    expect(seen).toMatchObject({ connections: 2, requests: { length: 3 } });
  });

  it.each<[string, Script, string]>([
    ["closes a new connection without a word", (socket) => socket.destroy(), "CONNECTION_FAILED"],
    ["breaks off in a head", (socket) => socket.end("HTTP/1.1 200 O"), "CONNECTION_FAILED"],
    ["breaks off in a body", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), "SHORT_BODY"],
    [
      "breaks off in chunks",
      (socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"),
      "SHORT_BODY",
    ],
    ["speaks something else", (socket) => socket.write("220 mail.example.com ESMTP\r\n\r\n"), "CONNECTION_FAILED"],
    [
      "sends a bad chunk",
      (socket) => socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
      "SHORT_BODY",
    ],
  ])("says what happened when the server %s, and goes on", async (_name, answer, code) => {
    const { origin, seen } = await serve((socket, request, connection) => {
      if (request.includes("/bad")) answer(socket, request, connection);
      else socket.write(OK("x"));
    });
    const { get } = open();
    await expect(get(origin, "/bad")).rejects.toMatchObject({ code });
    expect(await get(origin)).toBe("x");
    expect(seen.requests.filter((request) => request.includes("/bad"))).toHaveLength(1);
  });

  it("takes no byte that comes behind an answer for another one's", async () => {
    const { origin, seen } = await serve((socket) => socket.write(`${OK("real")}${OK("smuggled")}`));
    const { get } = open();
    for (let number = 0; number < 3; number++) expect(await get(origin)).toBe("real");
    expect(seen.connections).toBe(3);
  });

  it("waits for a consumer without reading on, and the end does not overtake it", async () => {
    const { origin } = await serve((socket) => socket.write(OK("x".repeat(2_000_000))));
    const { transport, get } = open({ maxConnections: 2 });
    const events: string[] = [];
    let bytes = 0;
    const slow = transport.exchange(
      { origin, path: "/", headers: {} },
      {
        async start() {
          await get(origin);
          events.push("started");
        },
        async write(chunk) {
          bytes += chunk.length;
          await new Promise((resolve) => setImmediate(resolve));
          events.push("written");
        },
      },
    );
    await slow;
    expect(bytes).toBe(2_000_000);
    expect(events[0]).toBe("started");
    expect(events.length).toBeGreaterThan(2);
  });

  it("waits for start() of an answer without a body", async () => {
    const { origin } = await serve((socket) => socket.write(OK("")));
    let isDone = false;
    const start = () =>
      new Promise<void>((resolve) =>
        setTimeout(() => {
          isDone = true;
          resolve();
        }, 20),
      );
    await open().transport.exchange({ origin, path: "/", headers: {} }, { start, write: () => undefined });
    expect(isDone).toBe(true);
  });

  it.each([
    ["the head", ""],
    ["the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"],
  ])("gives up when nothing comes of %s", async (_name, beginning) => {
    const { origin } = await serve((socket) => socket.write(beginning));
    const { get } = open({ idleTimeoutMs: 80 });
    await expect(get(origin)).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("does not blame the server for a slow consumer", async () => {
    const { origin } = await serve((socket) => socket.write(OK("abc")));
    const start = () => new Promise<void>((resolve) => setTimeout(resolve, 200));
    const { transport } = open({ idleTimeoutMs: 50 });
    await transport.exchange({ origin, path: "/", headers: {} }, { start, write: () => undefined });
  });

  it("stops at the signal, before and during", async () => {
    const { origin } = await serve((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));
    const { get } = open();
    const stop = new AbortController();
    const got = get(origin, "/", { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(got).rejects.toMatchObject({ code: "ABORTED" });
    await expect(get(origin, "/", { signal: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("fails what waits when it is closed", async () => {
    const { origin } = await serve(() => {});
    const { transport, get } = open({ maxConnections: 1 });
    const both = [get(origin), get(origin)].map((got) => got.catch((error) => error.code));
    setTimeout(() => void transport.close(), 20);
    expect(await Promise.all(both)).toEqual(["CONNECTION_FAILED", "CONNECTION_FAILED"]);
  });

  it("sends no line break that a value smuggles in", async () => {
    const { origin, seen } = await serve((socket) => socket.write(OK("x")));
    const { get } = open();
    await expect(get(origin, "/", { headers: { "if-match": '"x"\r\nx-evil: 1' } })).rejects.toThrow(
      "control characters",
    );
    await expect(get(origin, "/a\r\nx: y")).rejects.toThrow("control characters");
    expect(await get(origin)).toBe("x");
    expect(seen.requests).toEqual(["GET / HTTP/1.1\r\nhost: x"]);
  });

  it("speaks TLS to a server whose authority it is told, large bodies included", async () => {
    const { origin, seen } = await serve((socket) => socket.write(OK("x".repeat(3_000_000))), { tls: true });
    const { get } = open({ ca: [CERTIFICATE] });
    for (let number = 0; number < 3; number++) expect(await get(origin)).toHaveLength(3_000_000);
    expect(seen.connections).toBe(1);
  });

  it("refuses a certificate of nobody, or for another name, and says what to do", async () => {
    const { origin } = await serve((socket) => socket.write(OK("x")), { tls: true });
    await expect(open().get(origin)).rejects.toMatchObject({
      code: "CONNECTION_FAILED",
      details: { permanent: true },
      hint: expect.stringContaining("AWS_CA_BUNDLE"),
    });
    const elsewhere = origin.replace("localhost", "127.0.0.1");
    await expect(open({ ca: [CERTIFICATE] }).get(elsewhere)).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
  });

  it("says when nothing listens, or a name does not resolve", async () => {
    const { get } = open();
    await expect(get("http://127.0.0.1:1")).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    await expect(get("http://no-such-host.invalid")).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
  });
});
