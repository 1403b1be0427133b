import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

import { Agent, type Dispatcher, EnvHttpProxyAgent, request as undiciRequest } from "undici";

import { S3PinError } from "../errors.ts";
import type { ConnectionOptions } from "./connection.ts";
import { connectionError } from "./connection-error.ts";

/** An answer's head: header names are lower-case. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that is ready to be sent. */
export interface SignedRequest {
  /** `https://host:port` */
  readonly origin: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where the body of an answer goes; see {@link ObjectSink}. */
export interface ResponseConsumer {
  /** The body waits for a promise; throwing or rejecting refuses it and rejects the exchange. */
  start(head: ResponseHead): Promise<void> | undefined;
  write(chunk: Uint8Array): Promise<void> | undefined;
}

/** One pool of connections for all requests: proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, CAs by AWS_CA_BUNDLE. */
export function createDispatcher(options: ConnectionOptions): Dispatcher {
  const { maxConnections = 256, idleTimeoutMs = 60_000, caBundle } = options;
  const agentOptions = {
    connections: maxConnections,
    pipelining: 1,
    keepAliveTimeout: 20_000,
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    connect: {
      timeout: 10_000,
      ...(caBundle === undefined ? {} : { ca: [...rootCertificates, readCaBundle(caBundle)] }),
    },
  };
  // Asking for each request whether a proxy stands between takes a fiftieth of the time of all.
  return PROXY_VARIABLES.some((name) => process.env[name])
    ? new EnvHttpProxyAgent(agentOptions)
    : new Agent(agentOptions);
}

const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

function readCaBundle(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new S3PinError("USAGE", `The CA bundle ${file} cannot be read`, {
      hint: "AWS_CA_BUNDLE must name a readable PEM file.",
      cause,
    });
  }
}

/**
 * Sends a GET and pushes its answer into `consumer`; resolves after the last byte.
 * @throws {S3PinError} `CONNECTION_FAILED`, `TIMEOUT`, `SHORT_BODY`, `ABORTED`, and what `consumer.start` throws
 */
export function exchange(
  dispatcher: Dispatcher,
  request: SignedRequest,
  consumer: ResponseConsumer,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortedError(signal));
      return;
    }
    let abort: ((reason: Error) => void) | undefined;
    const onAbort = () => abort?.(abortedError(signal));
    const listeners = signal && abortListeners(signal);
    listeners?.add(onAbort);
    const settle = (act: () => void) => {
      listeners?.delete(onAbort);
      act();
    };
    /** What held the sender back last: the end may not overtake it. */
    let writing: Promise<void> | undefined;
    let started = false;
    /** What the consumer threw, which undici would hand back as a failure of the connection. */
    let refusal: { readonly error: unknown } | undefined;
    const refuse = (controller: Dispatcher.DispatchController, error: unknown) => {
      refusal ??= { error };
      controller.abort(error instanceof Error ? error : new Error("refused"));
    };
    /** Runs what the consumer does; the sender waits when that takes a while. */
    const holdBack = (controller: Dispatcher.DispatchController, act: () => Promise<void> | undefined) => {
      try {
        const pending = act();
        if (pending === undefined) return;
        controller.pause();
        writing = pending;
        pending.then(
          () => controller.resume(),
          (error) => refuse(controller, error),
        );
      } catch (error) {
        refuse(controller, error);
      }
    };
    dispatcher.dispatch(
      { origin: request.origin, path: request.path, method: "GET", headers: request.headers },
      {
        onRequestStart(controller) {
          abort = (reason) => controller.abort(reason);
          if (signal?.aborted) controller.abort(abortedError(signal));
        },
        onResponseStart(controller, status, headers) {
          if (status < 200) return;
          started = true;
          holdBack(controller, () => consumer.start({ status, headers: flatHeaders(headers) }));
        },
        onResponseData(controller, chunk) {
          holdBack(controller, () => consumer.write(chunk));
        },
        onResponseEnd() {
          if (writing === undefined) settle(resolve);
          else
            writing.then(
              () => settle(resolve),
              (error) => settle(() => reject(error)),
            );
        },
        onResponseError(_controller, error) {
          settle(() => reject(refusal === undefined ? connectionError(error, request.origin, started) : refusal.error));
        },
      },
    );
  });
}

const listenersOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * What to call when a signal aborts. Hundreds of requests share one signal, and adding and removing a listener of its own
 * for each takes 10 us, so there is one for all of them.
 */
function abortListeners(signal: AbortSignal): Set<() => void> {
  let listeners = listenersOf.get(signal);
  if (listeners === undefined) {
    const all = new Set<() => void>();
    signal.addEventListener("abort", () => {
      for (const listener of all) listener();
    });
    listenersOf.set(signal, all);
    listeners = all;
  }
  return listeners;
}

function abortedError(signal: AbortSignal | undefined): S3PinError {
  return new S3PinError("ABORTED", "Stopped on request", { cause: signal?.reason });
}

type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

function flatHeaders(headers: IncomingHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name.toLowerCase()] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}

/** The SDK's own calls over the same pool, so that proxies and CAs hold for them too (the SDK ignores proxies). */
export function sdkRequestHandler(dispatcher: Dispatcher) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request: SdkRequest, options: { abortSignal?: unknown } = {}) {
      const origin = `${request.protocol}//${request.hostname}${request.port === undefined ? "" : `:${request.port}`}`;
      const query = queryString(request.query ?? {});
      try {
        const { statusCode, headers, body } = await undiciRequest(origin + request.path + (query && `?${query}`), {
          dispatcher,
          method: request.method as Dispatcher.HttpMethod,
          headers: request.headers,
          body: (request.body as string | Uint8Array | undefined) ?? null,
          signal: (options.abortSignal as AbortSignal | undefined) ?? null,
        });
        return { response: { statusCode, headers: flatHeaders(headers), body } };
      } catch (error) {
        throw connectionError(error as Error, origin);
      }
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

/** What the SDK hands to a request handler. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly method: string;
  readonly query?: Query | undefined;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** A query as the SDK keeps it. */
export type Query = Readonly<Record<string, string | readonly string[] | null | undefined>>;

/** A query in the order and encoding that SigV4 signs. */
export function queryString(query: Query): string {
  const parts: string[] = [];
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    if (value === undefined) continue;
    if (value === null) parts.push(uriEncode(name));
    else if (typeof value === "string") parts.push(`${uriEncode(name)}=${uriEncode(value)}`);
    else for (const one of value) parts.push(`${uriEncode(name)}=${uriEncode(one)}`);
  }
  return parts.join("&");
}

/**
 * Percent-encoding as AWS wants it: all but unreserved characters.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html "UriEncode()"
 */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
