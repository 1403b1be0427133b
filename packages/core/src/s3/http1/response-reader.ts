import type { ResponseHead } from "../transport.ts";

/** Told of one answer, piece by piece. */
export interface ResponseHandler {
  /** @returns whether the reader must stop here until it is called again */
  onHead(head: ResponseHead): boolean;
  /**
   * @param chunk only good until this returns
   * @returns whether the reader must stop here until it is called again
   */
  onData(chunk: Uint8Array): boolean;
  /** @param isReusable whether the connection may be asked again */
  onEnd(isReusable: boolean): void;
}

/** Bytes that are no HTTP/1.1 answer, or one that two readers could take for different ones. */
export class HttpFormatError extends Error {
  readonly code = "HTTP_FORMAT";
}

/** Node's own limit is 16 KiB, and S3 sends 2. */
const MAX_HEAD_LENGTH = 64 * 1024;

/** A chunk's size and its extensions. */
const MAX_CHUNK_LINE_LENGTH = 4 * 1024;

type State =
  | "head"
  /** Of a body whose length is known, in bytes still to come. */
  | "sized"
  | "until-close"
  | "chunk-size"
  | "chunk-data"
  | "chunk-end"
  | "trailer";

/**
 * Reads the answers to GET requests from a connection's bytes, however they are cut, and copies none of them.
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
export class ResponseReader {
  readonly #handler: ResponseHandler;
  #state: State = "head";
  /** A head, a chunk's size or a trailer that began in an earlier piece, as Latin-1. */
  #line = "";
  #remaining = 0;
  #isReusable = true;

  constructor(handler: ResponseHandler) {
    this.#handler = handler;
  }

  /** Whether an answer has begun and not ended. */
  get isInAnswer(): boolean {
    return this.#state !== "head" || this.#line !== "";
  }

  /**
   * Reads up to the end of one answer.
   * @returns how many bytes were read: all, but when the handler wants a pause, or when an answer has ended
   * @throws {HttpFormatError}
   */
  push(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case "head": {
          const end = this.#take(bytes, at, "\r\n\r\n", MAX_HEAD_LENGTH);
          if (end === undefined) return bytes.length;
          at = end;
          const outcome = this.#beginAnswer();
          if (outcome !== "go on") return at;
          break;
        }
        case "sized":
        case "chunk-data": {
          const taken = Math.min(this.#remaining, bytes.length - at);
          this.#remaining -= taken;
          const mustPause = this.#handler.onData(bytes.subarray(at, at + taken));
          at += taken;
          if (this.#remaining === 0) {
            if (this.#state === "sized") {
              this.#end();
              return at;
            }
            this.#state = "chunk-end";
          }
          if (mustPause) return at;
          break;
        }
        case "until-close": {
          this.#handler.onData(bytes.subarray(at));
          return bytes.length;
        }
        case "chunk-size": {
          const end = this.#take(bytes, at, "\r\n", MAX_CHUNK_LINE_LENGTH);
          if (end === undefined) return bytes.length;
          at = end;
          const size = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(this.#takeLine())?.[1];
          if (size === undefined) throw new HttpFormatError("a chunk without a size");
          this.#remaining = Number.parseInt(size, 16);
          this.#state = this.#remaining === 0 ? "trailer" : "chunk-data";
          break;
        }
        case "chunk-end": {
          const end = this.#take(bytes, at, "\r\n", 2);
          if (end === undefined) return bytes.length;
          at = end;
          if (this.#takeLine() !== "") throw new HttpFormatError("a chunk longer than its size");
          this.#state = "chunk-size";
          break;
        }
        case "trailer": {
          const end = this.#take(bytes, at, "\r\n", MAX_HEAD_LENGTH);
          if (end === undefined) return bytes.length;
          at = end;
          if (this.#takeLine() !== "") break;
          this.#end();
          return at;
        }
      }
    }
    return at;
  }

  /** Told that no more bytes come. @returns whether that is a proper end of the answer */
  close(): boolean {
    if (this.#state !== "until-close") return false;
    this.#isReusable = false;
    this.#end();
    return true;
  }

  /** Takes what there is of a text that ends with `mark`; undefined when the end has not come yet. */
  #take(bytes: Buffer, at: number, mark: "\r\n" | "\r\n\r\n", maxLength: number): number | undefined {
    const before = this.#line.length;
    const room = Math.min(bytes.length, at + maxLength + mark.length - before);
    // The mark may have begun in the piece before.
    this.#line += bytes.toString("latin1", at, before === 0 ? this.#markEnd(bytes, at, mark, room) : room);
    const found = this.#line.indexOf(mark, Math.max(0, before - mark.length));
    if (found === -1) {
      if (this.#line.length >= maxLength) throw new HttpFormatError(`more than ${maxLength} bytes of headers`);
      return undefined;
    }
    this.#line = this.#line.slice(0, found);
    return at + found + mark.length - before;
  }

  #markEnd(bytes: Buffer, at: number, mark: string, room: number): number {
    const found = bytes.indexOf(mark, at, "latin1");
    return found === -1 ? room : Math.min(room, found + mark.length);
  }

  #takeLine(): string {
    const line = this.#line;
    this.#line = "";
    return line;
  }

  #beginAnswer(): "go on" | "pause" | "ended" {
    const { head, isHttp10 } = parseHead(this.#takeLine());
    const { status, headers } = head;
    // 100 and its like come before the answer; nothing was asked that could lead to 101.
    if (status < 200) {
      if (status === 101) throw new HttpFormatError("an answer in another protocol");
      return "go on";
    }
    const connection = headers.connection?.toLowerCase() ?? "";
    this.#isReusable = isHttp10 ? connection.includes("keep-alive") : !connection.includes("close");
    const length = contentLength(headers);
    const encoding = headers["transfer-encoding"];
    let hasBody = true;
    if (status === 204 || status === 304) hasBody = false;
    else if (encoding !== undefined) {
      if (encoding.toLowerCase() !== "chunked") throw new HttpFormatError(`a transfer encoding ${encoding}`);
      // With both, somebody on the way may believe the length.
      if (length !== undefined) this.#isReusable = false;
      this.#state = "chunk-size";
    } else if (length === undefined) this.#state = "until-close";
    else {
      this.#remaining = length;
      this.#state = "sized";
      hasBody = length > 0;
    }
    const mustPause = this.#handler.onHead(head);
    if (!hasBody) {
      this.#end();
      return "ended";
    }
    return mustPause ? "pause" : "go on";
  }

  #end(): void {
    const isReusable = this.#isReusable;
    this.#state = "head";
    this.#isReusable = true;
    this.#handler.onEnd(isReusable);
  }
}

function parseHead(text: string): { readonly head: ResponseHead; readonly isHttp10: boolean } {
  // A line feed or return by itself ends a line for some readers, and not for others.
  if (/\r(?!\n)|(?<!\r)\n/.test(text)) throw new HttpFormatError("a line that does not end in CRLF");
  let end = lineEnd(text, 0);
  const status = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])(?: |$)/.exec(text.slice(0, end));
  if (status === null) throw new HttpFormatError("no HTTP/1.1 status line");
  const headers: Record<string, string> = {};
  while (end < text.length) {
    const start = end + 2;
    end = lineEnd(text, start);
    const colon = text.indexOf(":", start);
    const name = colon === -1 || colon > end ? undefined : headerName(text.slice(start, colon));
    if (name === undefined) throw new HttpFormatError("a header line without a name");
    // Nearly all servers write one blank, and nothing behind the value.
    const value = text.slice(text.charCodeAt(colon + 1) === BLANK ? colon + 2 : colon + 1, end).trim();
    const earlier = headers[name];
    headers[name] = typeof earlier === "string" ? `${earlier}, ${value}` : value;
  }
  return { head: { status: Number(status[2]), headers }, isHttp10: status[1] === "0" };
}

const BLANK = 0x20;

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\r\n", from);
  return end === -1 ? text.length : end;
}

/** A server's dozen names, as it writes them: checked and lower-cased once, not for each answer. */
const headerNames = new Map<string, string>();
const MAX_HEADER_NAMES = 256;

/** In lower case; undefined for what is none: a blank in it or before it is read differently by different readers. */
function headerName(text: string): string | undefined {
  const known = headerNames.get(text);
  if (known !== undefined) return known;
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(text)) return undefined;
  const name = text.toLowerCase();
  if (headerNames.size < MAX_HEADER_NAMES) headerNames.set(text, name);
  return name;
}

function contentLength(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["content-length"];
  if (value === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(value)) throw new HttpFormatError(`a content length ${value}`);
  return Number(value);
}
