import { type Body, memoryBody } from "./body.ts";
import type { S3Error } from "./errors.ts";
import { errorDocument, xmlDocument } from "./xml.ts";

/** An answer as a value: decided first, sent after. */
export interface Reply {
  readonly status: number;
  /** names in lower case; Content-Length is added from the body */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | undefined;
}

export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body: undefined };
}

export function xmlReply(root: string, inner: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return textReply(200, xmlDocument(root, inner), headers);
}

export function errorReply(error: S3Error, resource: string, requestId: string): Reply {
  // 304 has no body by HTTP's own rules.
  if (error.status === 304) return emptyReply(304, error.headers);
  const { code, message, fields } = error;
  const document = { Code: code, Message: message, ...fields, Resource: resource, RequestId: requestId };
  return textReply(error.status, errorDocument(document), error.headers);
}

function textReply(status: number, text: string, headers: Readonly<Record<string, string>>): Reply {
  return { status, headers: { "content-type": "application/xml", ...headers }, body: memoryBody(Buffer.from(text)) };
}

/** Only the headers that have a value. */
export function definedHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) defined[name] = value;
  return defined;
}
