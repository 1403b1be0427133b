import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { readBody } from "./body.ts";
import type { Context } from "./context.ts";
import { notImplemented, S3Error } from "./errors.ts";
import { type FaultAction, type FaultBox, type FaultyReply, faultyReply, faultyRequest } from "./faults.ts";
import { operations } from "./operations.ts";
import { withoutBody } from "./read-object.ts";
import { requireRegion } from "./region.ts";
import { errorReply, type Reply } from "./reply.ts";
import { header, parseRequest, type S3Request } from "./s3-request.ts";
import { authenticate, type Credentials } from "./sigv4.ts";

/** A request that came in, and how it was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** `GetObject`, `ListObjectVersions`, …; `Unknown` for what the sandbox does not know */
  readonly operation: string;
  readonly bucket: string;
  readonly key?: string;
  readonly versionId?: string;
  /** the Range header */
  readonly range?: string;
  /** whether it bore a signature */
  readonly isSigned: boolean;
  /** 0 while there is none, and for ever when the connection was reset before it */
  readonly status: number;
  /** bytes of the answer's body handed to the socket so far */
  readonly bytesSent: number;
  /** the kinds of the faults that struck it */
  readonly faults: readonly FaultAction["kind"][];
}

type LogEntry = { -readonly [Name in keyof LoggedRequest]: LoggedRequest[Name] };

export interface ServerOptions {
  readonly context: Context;
  readonly credentials: Credentials;
  readonly allowAnonymous: boolean;
  readonly faults: FaultBox;
  readonly latencyMs: number;
  readonly log: LoggedRequest[];
}

/** The HTTP side: takes requests apart, has them carried out, applies faults, sends the answers, keeps the log. */
export function createS3Server(options: ServerOptions): Server {
  const server = createServer((incoming, response) => {
    answer(options, incoming, response).catch(() => response.destroy());
  });
  // Connections live until one side closes: a client never meets one that is closing under its request.
  server.keepAliveTimeout = 0;
  return server;
}

async function answer(options: ServerOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = options.context.ids.requestId();
  let request: S3Request;
  try {
    request = parseRequest(incoming);
  } catch (error) {
    const entry = unreadableEntry(incoming);
    options.log.push(entry);
    const reply = errorReply(asS3Error(error), incoming.url ?? "", requestId);
    return send(response, requestId, { reply, ending: "whole" }, entry);
  }
  const actions = options.faults.strike(request);
  const entry = logEntry(request, actions);
  options.log.push(entry);

  await delay(options.latencyMs, actions, response);
  if (actions.some((action) => action.kind === "reset")) {
    incoming.socket.resetAndDestroy();
    return;
  }
  const reply = await replyTo(options, request, actions, requestId);
  const faulty = faultyReply(reply, actions);
  await send(response, requestId, request.method === "HEAD" ? headReply(faulty) : faulty, entry);
}

async function replyTo(
  options: ServerOptions,
  request: S3Request,
  actions: readonly FaultAction[],
  requestId: string,
): Promise<Reply> {
  const { context } = options;
  try {
    const status = actions.find((action) => action.kind === "status");
    if (status) {
      const message = status.message ?? status.code;
      throw new S3Error(status.status, status.code, message, status.headers ? { headers: status.headers } : {});
    }
    const identity = authenticate(request, options.credentials, options.allowAnonymous, Date.now());
    requireRegion(context, request, identity);
    const operation = operations[request.operation ?? ""];
    if (!operation) throw notImplemented(`${request.method} with ${[...request.query.keys()].join(", ")}`);
    return await operation(context, faultyRequest(request, actions), identity);
  } catch (error) {
    if (request.incoming.destroyed && !request.incoming.complete) throw error;
    return errorReply(asS3Error(error), request.rawPath, requestId);
  }
}

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  return new S3Error(500, "InternalError", error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function logEntry(request: S3Request, actions: readonly FaultAction[]): LogEntry {
  const versionId = request.query.get("versionId");
  const range = header(request, "range");
  return {
    method: request.method,
    operation: request.operation ?? "Unknown",
    bucket: request.bucket,
    ...(request.key === "" ? {} : { key: request.key }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(range === undefined ? {} : { range }),
    isSigned: request.headers.authorization !== undefined || request.query.has("X-Amz-Signature"),
    status: 0,
    bytesSent: 0,
    faults: actions.map((action) => action.kind),
  };
}

/** For a request whose target cannot even be read. */
function unreadableEntry(incoming: IncomingMessage): LogEntry {
  const isSigned = incoming.headers.authorization !== undefined;
  const method = incoming.method ?? "";
  return { method, operation: "Unknown", bucket: "", isSigned, status: 0, bytesSent: 0, faults: [] };
}

async function delay(latencyMs: number, actions: readonly FaultAction[], response: ServerResponse): Promise<void> {
  let ms = latencyMs;
  for (const action of actions) if (action.kind === "delay") ms += action.ms;
  if (ms <= 0) return;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once("close", leave);
  try {
    await sleep(ms, undefined, { signal: gone.signal });
  } finally {
    response.off("close", leave);
  }
}

function headReply({ reply, ending }: FaultyReply): FaultyReply {
  return { reply: withoutBody(reply), ending };
}

async function send(
  response: ServerResponse,
  requestId: string,
  { reply, ending }: FaultyReply,
  entry: LogEntry,
): Promise<void> {
  const { status, body } = reply;
  const headers: Record<string, string> = {
    "x-amz-id-2": `sandbox${requestId}`,
    "x-amz-request-id": requestId,
    server: "AmazonS3",
    ...reply.headers,
  };
  // S3 does not say keep-alive, it does it.
  response.removeHeader("connection");
  if (ending === "unframed") {
    response.useChunkedEncodingByDefault = false;
    headers.connection = "close";
  } else if (status !== 204 && status !== 304) {
    headers["content-length"] ??= String(body?.sizeBytes ?? 0);
  }
  entry.status = status;
  response.strictContentLength = false;
  response.writeHead(status, headers);
  if (body === undefined) {
    finish(response, ending);
    return;
  }
  const [segment] = body.segments;
  if (ending === "whole" && body.segments.length <= 1 && (!segment || segment.kind === "memory")) {
    // The common case in one system call.
    entry.bytesSent = body.sizeBytes;
    response.end(segment?.bytes);
    return;
  }
  for (const piece of readBody(body)) {
    entry.bytesSent += piece.length;
    if (!response.write(piece)) await drained(response);
    if (response.destroyed) return;
  }
  finish(response, ending);
}

/** Waits until the socket takes more, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const either = new AbortController();
  await Promise.race([
    once(response, "drain", { signal: either.signal }),
    once(response, "close", { signal: either.signal }),
  ]).finally(() => either.abort());
}

function finish(response: ServerResponse, ending: FaultyReply["ending"]): void {
  switch (ending) {
    case "whole":
    case "unframed":
      response.end();
      return;
    case "stall":
      response.flushHeaders();
      return;
    case "cut":
      response.flushHeaders();
      // After the bytes before it, so that the client has them all.
      response.socket?.end(() => response.destroy());
      return;
  }
}
