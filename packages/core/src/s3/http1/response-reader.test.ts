import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HttpFormatError, ResponseReader } from "./response-reader.ts";

interface Read {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
  isReusable: boolean | undefined;
}

/** Reads a connection's bytes, cut at `cuts`, with pauses where `pauses` says so. */
function readAll(text: string, { cuts = [] as number[], pauses = false, closes = false } = {}): Read[] {
  const bytes = Buffer.from(text, "latin1");
  const answers: Read[] = [];
  const last = () => answers.at(-1) as Read;
  const reader = new ResponseReader({
    onHead({ status, headers }) {
      answers.push({ status, headers, body: "", isReusable: undefined });
      return pauses;
    },
    onData(chunk) {
      last().body += Buffer.from(chunk).toString("latin1");
      return pauses;
    },
    onEnd(isReusable) {
      last().isReusable = isReusable;
    },
  });
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    let piece = bytes.subarray(from, to);
    while (piece.length > 0) piece = piece.subarray(reader.push(piece));
    from = to;
  }
  if (closes) reader.close();
  return answers;
}

const OK = "HTTP/1.1 200 OK\r\n";

describe("ResponseReader", () => {
  it.each<[string, string, Partial<Read>[]]>([
    ["a body with a length", `${OK}Content-Length: 3\r\nETag: "x"\r\n\r\nabc`, [{ status: 200, body: "abc" }]],
    ["no body", `${OK}content-length: 0\r\n\r\n`, [{ body: "", isReusable: true }]],
    ["204 without a length", "HTTP/1.1 204 No Content\r\n\r\n", [{ status: 204, isReusable: true }]],
    ["304 with the length of what it does not send", "HTTP/1.1 304 Not\r\nContent-Length: 9\r\n\r\n", [{ body: "" }]],
    [
      "chunks",
      `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n`,
      [{ body: "abc0123456789" }],
    ],
    [
      "a trailer",
      `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\nz: w\r\n\r\n`,
      [{ body: "a", isReusable: true }],
    ],
    [
      "what comes before the answer",
      `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
      [{ status: 200, body: "a" }],
    ],
    ["a status without words", "HTTP/1.1 206\r\nContent-Length: 1\r\n\r\na", [{ status: 206 }]],
    ["Connection: close", `${OK}Connection: Close\r\nContent-Length: 1\r\n\r\na`, [{ isReusable: false }]],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", [{ isReusable: false }]],
    [
      "HTTP/1.0 that stays",
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
      [{ isReusable: true }],
    ],
    [
      "a length beside chunks",
      `${OK}Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
      [{ body: "a", isReusable: false }],
    ],
    [
      "a header twice",
      `${OK}x: 1\r\nX: 2\r\nconstructor: 3\r\nContent-Length: 0\r\n\r\n`,
      [{ headers: expect.objectContaining({ x: "1, 2", constructor: "3" }) }],
    ],
    ["two answers", `${OK}Content-Length: 1\r\n\r\na${OK}Content-Length: 1\r\n\r\nb`, [{ body: "a" }, { body: "b" }]],
  ])("reads %s, however it is cut and paused", (_name, text, expected) => {
    const whole = readAll(text);
    expect(whole).toMatchObject(expected);
    expect(whole).toHaveLength(expected.length);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (cuts, pauses) => {
        expect(readAll(text, { cuts, pauses })).toEqual(whole);
      }),
    );
  });

  it("reads any body, in any chunks", () => {
    const body = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
    fc.assert(
      fc.property(
        fc.array(body, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.boolean(),
        (parts, cuts, pauses) => {
          const whole = parts.join("");
          const sized = `${OK}Content-Length: ${whole.length}\r\n\r\n${whole}`;
          const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
          const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
          for (const text of [sized, chunked])
            expect(readAll(text, { cuts, pauses })).toMatchObject([{ body: whole, isReusable: true }]);
        },
      ),
    );
  });

  it("reads a body without a length to the end of the connection, and keeps none", () => {
    expect(readAll(`${OK}\r\nabc`, { cuts: [20], closes: true })).toMatchObject([{ body: "abc", isReusable: false }]);
  });

  it.each([
    ["cut within its length", `${OK}Content-Length: 3\r\n\r\nab`],
    ["cut within chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nab`],
    ["cut before the last chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`],
  ])("never ends a body that was %s", (_name, text) => {
    expect(readAll(text, { closes: true })).toMatchObject([{ isReusable: undefined }]);
  });

  it.each([
    ["no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["HTTP/2", "HTTP/2 200\r\n\r\n"],
    ["a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 1\n\r\n\r\n"],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ["a folded header", `${OK}a: b\r\n c\r\n\r\n`],
    ["a blank before the colon", `${OK}Content-Length : 3\r\n\r\nabc`],
    ["a header without a colon", `${OK}nonsense\r\nContent-Length: 1\r\n\r\na`],
    ["two lengths", `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
    ["a negative length", `${OK}Content-Length: -1\r\n\r\n`],
    ["a length in hexadecimal", `${OK}Content-Length: 0x10\r\n\r\n`],
    ["a length beyond reason", `${OK}Content-Length: 99999999999999999999\r\n\r\n`],
    ["another transfer encoding", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    ["a chunk without a size", `${OK}Transfer-Encoding: chunked\r\n\r\n\r\nabc`],
    ["a negative chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n-1\r\nabc`],
    ["a chunk longer than its size", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`],
    ["a chunk line without end", `${OK}Transfer-Encoding: chunked\r\n\r\n1;${"x".repeat(5_000)}`],
    ["a head without end", `${OK}${"x: y\r\n".repeat(20_000)}`],
  ])("refuses %s, however it is cut", (_name, text) => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 6 }), (cuts) => {
        expect(() => readAll(text, { cuts })).toThrow(HttpFormatError);
      }),
      { numRuns: 20 },
    );
  });

  it("survives any bytes", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary-ascii", maxLength: 400 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (noise, cuts) => {
          for (const text of [noise, `${OK}${noise}`, `${OK}Transfer-Encoding: chunked\r\n\r\n${noise}`]) {
            try {
              readAll(text, { cuts });
            } catch (error) {
              expect(error).toBeInstanceOf(HttpFormatError);
            }
          }
        },
      ),
    );
  });
});
