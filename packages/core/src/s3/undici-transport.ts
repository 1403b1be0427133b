import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";

import { abortedError, onAbort } from "./abort-listeners.ts";
import { type ConnectionOptions, DEFAULT_IDLE_TIMEOUT_MS } from "./connection.ts";
import { connectionError } from "./connection-error.ts";
import { isProxied } from "./proxies.ts";
import { type Query, queryString } from "./query.ts";
import type { ResponseConsumer, SignedRequest, Transport } from "./transport.ts";
import { trustedAuthorities } from "./trusted-authorities.ts";

/** A general HTTP client: for the SDK's own calls, and for all where proxies stand between. */
export interface UndiciTransport extends Transport {
  /** Sends what the SDK built, and gives it the answer. @throws {S3PinError} as {@link Transport.exchange} */
  send(request: SdkRequest, signal: AbortSignal | undefined): Promise<SdkResponse>;
}

/** What the SDK hands to a request handler. */
export interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly method: string;
  readonly query?: Query | undefined;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** What the SDK wants back. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** One pool of connections: proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, CAs by AWS_CA_BUNDLE. */
export function createUndiciTransport(options: ConnectionOptions): UndiciTransport {
  const { maxConnections = 256, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = options;
  const ca = trustedAuthorities(options.caBundle);
  const agentOptions = {
    connections: maxConnections,
    pipelining: 1,
    keepAliveTimeout: 20_000,
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    connect: { timeout: 10_000, ...(ca === undefined ? {} : { ca }) },
  };
  const dispatcher = isProxied() ? new EnvHttpProxyAgent(agentOptions) : new Agent(agentOptions);
  return {
    exchange: (request, consumer, signal) => exchange(dispatcher, request, consumer, signal),
    send: (request, signal) => send(dispatcher, request, signal),
    close: () => dispatcher.destroy(),
  };
}

function exchange(
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
    const unlisten = onAbort(signal, () => abort?.(abortedError(signal)));
    const settle = (act: () => void) => {
      unlisten();
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

type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

function flatHeaders(headers: IncomingHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name.toLowerCase()] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}

async function send(
  dispatcher: Dispatcher,
  { protocol, hostname, port, path, method, query, headers, body }: SdkRequest,
  signal: AbortSignal | undefined,
): Promise<SdkResponse> {
  const origin = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
  const search = queryString(query ?? {});
  try {
    const answer = await request(origin + path + (search && `?${search}`), {
      dispatcher,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: (body as string | Uint8Array | undefined) ?? null,
      signal: signal ?? null,
    });
    return { statusCode: answer.statusCode, headers: flatHeaders(answer.headers), body: answer.body };
  } catch (error) {
    throw connectionError(error as Error, origin);
  }
}
