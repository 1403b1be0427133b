import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";

import { connectionError } from "../connection-error.ts";
import type { ResponseConsumer, SignedRequest } from "../transport.ts";
import { ResponseReader } from "./response-reader.ts";

export interface ConnectionSettings {
  /** Where the kernel puts what comes; each connection is done with it before another's turn, so one serves all. */
  readonly receiveBuffer: Buffer;
  /** Certificate authorities in place of Node's own, PEM. */
  readonly ca: readonly string[] | undefined;
  /** Of an earlier connection to the same server: saves the handshake's signatures. */
  readonly tlsSession: Buffer | undefined;
  readonly onTlsSession: (session: Buffer) => void;
  /** Told once, when the connection is gone. */
  readonly onClose: (connection: Connection) => void;
}

const CLOSED_BY_SERVER = Object.assign(new Error("the server closed the connection"), { code: "CLOSED" });

interface Exchange {
  readonly consumer: ResponseConsumer;
  /** Whether the answer's head has come. */
  hasBegun: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One connection to a server, asked one request at a time. */
export class Connection {
  readonly origin: string;
  /** Milliseconds of `performance.now()` when anything happened last. */
  lastActiveMs = performance.now();
  /** Whether an answer came over it before. */
  isUsed = false;
  isConnecting = true;
  isOpen = true;
  readonly #settings: ConnectionSettings;
  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  #exchange: Exchange | undefined;
  /** Whether a byte has come since the last request. */
  #isSilent = true;
  /** What the consumer is still busy with; nothing is read meanwhile. */
  #holding: Promise<void> | undefined;
  /** Came with what the consumer is busy with, and copied, since the buffer serves all connections. */
  #rest: Buffer | undefined;

  constructor(origin: string, settings: ConnectionSettings) {
    this.origin = origin;
    this.#settings = settings;
    this.#reader = new ResponseReader({
      onHead: (head) => {
        const exchange = this.#exchange;
        if (exchange === undefined) return true;
        exchange.hasBegun = true;
        return this.#hold(exchange.consumer.start(head));
      },
      onData: (chunk) => this.#hold(this.#exchange?.consumer.write(chunk)),
      onEnd: (isReusable) => this.#afterHolding(() => this.#finish(isReusable)),
    });
    this.#socket = this.#connect();
  }

  /** Whether it waits for an answer that it may be blamed for not getting. */
  get isWaiting(): boolean {
    return this.#exchange !== undefined && this.#holding === undefined;
  }

  /** Whether it was lost before a byte of the answer came, so that the request may be sent again elsewhere. */
  get wasLostInSilence(): boolean {
    return !this.isOpen && this.#isSilent;
  }

  /** @throws {S3PinError} of the connection; what the consumer throws */
  exchange(request: SignedRequest, consumer: ResponseConsumer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#isSilent = true;
      if (!this.isOpen) {
        reject(connectionError(CLOSED_BY_SERVER, this.origin));
        return;
      }
      this.#exchange = { consumer, hasBegun: false, resolve, reject };
      this.lastActiveMs = performance.now();
      this.#socket.write(requestText(request), "latin1");
    });
  }

  /** Ends the connection; what is under way fails with `reason`. */
  destroy(reason: Error): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#socket.destroy();
    exchange?.reject(connectionError(reason, this.origin, exchange.hasBegun));
    this.#settings.onClose(this);
  }

  #connect(): Socket {
    const url = new URL(this.origin);
    const isTls = url.protocol === "https:";
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const where: TcpNetConnectOpts = {
      host,
      port: Number(url.port || (isTls ? 443 : 80)),
      onread: {
        buffer: this.#settings.receiveBuffer,
        callback: (length: number, buffer: Uint8Array) => this.#receive(buffer as Buffer, length),
      },
    };
    const { ca, tlsSession, onTlsSession } = this.#settings;
    const socket = isTls
      ? connectTls({
          ...where,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(ca === undefined ? {} : { ca: [...ca] }),
          ...(tlsSession === undefined ? {} : { session: tlsSession }),
          ALPNProtocols: ["http/1.1"],
        }).on("session", onTlsSession)
      : connectTcp(where);
    socket.on(isTls ? "secureConnect" : "connect", () => {
      this.isConnecting = false;
      this.lastActiveMs = performance.now();
    });
    socket.setNoDelay(true);
    // A body without a length ends so.
    socket.on("end", () => void this.#reader.close());
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy(CLOSED_BY_SERVER));
    return socket;
  }

  /** @returns whether to go on reading */
  #receive(buffer: Buffer, length: number): boolean {
    this.lastActiveMs = performance.now();
    this.#isSilent = false;
    this.#read(buffer.subarray(0, length));
    return this.isOpen && this.#holding === undefined;
  }

  #read(bytes: Buffer): void {
    try {
      const read = this.#exchange === undefined ? 0 : this.#reader.push(bytes);
      if (read === bytes.length || !this.isOpen) return;
      if (this.#holding !== undefined && this.#exchange !== undefined) this.#rest = Buffer.from(bytes.subarray(read));
      // Whatever comes behind an answer is none to a question of ours.
      else this.destroy(Object.assign(new Error("bytes that nobody asked for"), { code: "HTTP_FORMAT" }));
    } catch (error) {
      this.#refuse(error);
    }
  }

  #hold(pending: Promise<void> | undefined): boolean {
    if (pending === undefined) return false;
    this.#holding = pending;
    pending.then(
      () => {
        this.#holding = undefined;
        this.lastActiveMs = performance.now();
        const rest = this.#rest;
        this.#rest = undefined;
        if (rest !== undefined) this.#read(rest);
        if (this.isOpen && this.#holding === undefined) this.#socket.resume();
      },
      (error) => this.#refuse(error),
    );
    return true;
  }

  #afterHolding(act: () => void): void {
    if (this.#holding === undefined) act();
    else this.#holding.then(act, () => {});
  }

  #finish(isReusable: boolean): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.isUsed = true;
    exchange?.resolve();
    if (!isReusable) this.destroy(new Error("the server keeps no connection"));
  }

  /** The answer is not wanted, or is none. */
  #refuse(error: unknown): void {
    const exchange = this.#exchange;
    if (!(error instanceof Error && "code" in error && error.code === "HTTP_FORMAT")) {
      this.#exchange = undefined;
      exchange?.reject(error);
    }
    this.destroy(error instanceof Error ? error : new Error("refused"));
  }
}

function requestText({ path, headers }: SignedRequest): string {
  let text = `GET ${path} HTTP/1.1\r\n`;
  let isClean = !UNFIT.test(path);
  for (const name in headers) {
    const value = headers[name] ?? "";
    isClean &&= !UNFIT.test(value);
    text += `${name}: ${value}\r\n`;
  }
  if (!isClean) throw new Error("a request with control characters in its head");
  return `${text}\r\n`;
}

/** A line break would begin another header or request; what is not Latin-1 cannot be written. */
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/;
