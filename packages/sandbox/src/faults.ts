import { hash } from "node:crypto";
import { type Body, bodyBytes, memoryBody, sliceBody } from "./body.ts";
import type { Reply } from "./reply.ts";
import { header, type S3Request } from "./s3-request.ts";
import { errorDocument } from "./xml.ts";

/** What goes wrong. Offsets and lengths count bytes of the body as it would have been sent. */
export type FaultAction =
  /** answers so, without doing anything */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** waits, then answers rightly */
  | { readonly kind: "delay"; readonly ms: number }
  /** sends so many bytes and then nothing more; the connection stays open */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** sends so many bytes under the right Content-Length, then closes the connection */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** sends only so many bytes, with a Content-Length that says just that */
  | { readonly kind: "short"; readonly bytes: number }
  /** sends so many bytes without any Content-Length, then closes: nothing shows that it was not all */
  | { readonly kind: "truncate-after"; readonly bytes: number }
  /** resets the connection before any header; the request is not carried out */
  | { readonly kind: "reset" }
  /** flips one bit of that byte */
  | { readonly kind: "corrupt"; readonly atByte: number }
  /** changes response headers, or with null removes them */
  | { readonly kind: "header"; readonly set: Readonly<Record<string, string | null>> }
  /** answers a Range request with 200 and the whole body */
  | { readonly kind: "ignore-range" }
  /** answers with the current version, whatever versionId says */
  | { readonly kind: "ignore-version" }
  /** status 200, and an error document for a body */
  | { readonly kind: "xml-error-200"; readonly code?: string; readonly message?: string };

/** Which requests a fault concerns; what is left out concerns all. */
export interface FaultRule {
  /** `GetObject`, `ListObjectVersions`, … */
  readonly operation?: string;
  readonly bucket?: string;
  readonly key?: string | RegExp;
  readonly versionId?: string;
  /** the Range header */
  readonly range?: string | RegExp;
  /** which matching attempts, counted from 1 for each operation on each bucket, key and version: `[1]` is only the first */
  readonly attempts?: readonly number[];
  /** how often at most, over all keys */
  readonly times?: number;
  /** 0 to 1; drawn from seed, key and attempt, so the same run fails in the same way */
  readonly probability?: number;
  readonly action: FaultAction;
}

/** A rule at work. */
export interface FaultHandle {
  remove(): void;
  /** how often it has struck */
  readonly hits: number;
}

interface ActiveRule {
  readonly rule: FaultRule;
  readonly number: number;
  readonly attempts: Map<string, number>;
  hits: number;
}

export interface FaultBox {
  add(rule: FaultRule): FaultHandle;
  /** The actions that strike this request, in the order of their rules; each call counts as one attempt. */
  strike(request: S3Request): readonly FaultAction[];
}

export function createFaultBox(seed: number): FaultBox {
  const active = new Set<ActiveRule>();
  let added = 0;
  return {
    add(rule) {
      added += 1;
      const state: ActiveRule = { rule, number: added, attempts: new Map(), hits: 0 };
      active.add(state);
      return {
        remove: () => void active.delete(state),
        get hits() {
          return state.hits;
        },
      };
    },
    strike(request) {
      const actions: FaultAction[] = [];
      for (const state of active) {
        if (!concerns(state.rule, request) || !isDue(state, request, seed)) continue;
        state.hits += 1;
        actions.push(state.rule.action);
      }
      return actions;
    },
  };
}

/** The request as the server shall see it: `ignore-range` and `ignore-version` hide a part of it. */
export function faultyRequest(request: S3Request, actions: readonly FaultAction[]): S3Request {
  let { headers, query } = request;
  for (const { kind } of actions) {
    if (kind === "ignore-range") {
      headers = { ...headers };
      delete headers.range;
    }
    if (kind === "ignore-version") query = new Map([...query].filter(([name]) => name !== "versionId"));
  }
  return { ...request, headers, query };
}

/** An answer as it shall be sent: the reply, and how its sending ends. */
export interface FaultyReply {
  readonly reply: Reply;
  readonly ending: "whole" | "stall" | "cut" | "unframed";
}

/** The reply after the actions that change one. */
export function faultyReply(reply: Reply, actions: readonly FaultAction[]): FaultyReply {
  let changed = reply;
  let ending: FaultyReply["ending"] = "whole";
  const size = () => String(changed.body?.sizeBytes ?? 0);
  for (const action of actions) {
    switch (action.kind) {
      case "stall":
      case "cut":
        changed = {
          ...changed,
          headers: { ...changed.headers, "content-length": size() },
          body: firstBytes(changed.body, action.afterBytes),
        };
        ending = action.kind;
        break;
      case "short":
        changed = { ...changed, body: firstBytes(changed.body, action.bytes) };
        break;
      case "truncate-after":
        changed = { ...changed, body: firstBytes(changed.body, action.bytes) };
        ending = "unframed";
        break;
      case "corrupt":
        changed = { ...changed, body: changed.body && flipBit(changed.body, action.atByte) };
        break;
      case "header":
        changed = { ...changed, headers: changedHeaders(changed.headers, action.set) };
        break;
      case "xml-error-200":
        changed = xmlError200(
          action.code ?? "InternalError",
          action.message ?? "We encountered an internal error. Please try again.",
        );
        break;
      default:
        break;
    }
  }
  return { reply: changed, ending };
}

function concerns(rule: FaultRule, request: S3Request): boolean {
  return (
    matches(rule.operation, request.operation) &&
    matches(rule.bucket, request.bucket) &&
    matches(rule.key, request.key) &&
    matches(rule.versionId, request.query.get("versionId")) &&
    matches(rule.range, header(request, "range"))
  );
}

function matches(wanted: string | RegExp | undefined, found: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === "string") return wanted === found;
  return found !== undefined && found.search(wanted) >= 0;
}

function isDue(state: ActiveRule, request: S3Request, seed: number): boolean {
  const { rule } = state;
  const target = [request.operation, request.bucket, request.key, request.query.get("versionId")].join("\n");
  const attempt = (state.attempts.get(target) ?? 0) + 1;
  state.attempts.set(target, attempt);
  if (rule.attempts && !rule.attempts.includes(attempt)) return false;
  if (rule.times !== undefined && state.hits >= rule.times) return false;
  if (rule.probability === undefined) return true;
  const draw = Number.parseInt(hash("md5", `${seed} ${state.number} ${attempt} ${target}`).slice(0, 8), 16) / 2 ** 32;
  return draw < rule.probability;
}

function firstBytes(body: Body | undefined, count: number): Body | undefined {
  return body && sliceBody(body, 0, count);
}

function flipBit(body: Body, atByte: number): Body {
  const bytes = Buffer.from(bodyBytes(body));
  const byte = bytes[atByte];
  if (byte !== undefined) bytes[atByte] = byte ^ 1;
  return memoryBody(bytes);
}

function changedHeaders(
  headers: Readonly<Record<string, string>>,
  set: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const changed = { ...headers };
  for (const [name, value] of Object.entries(set)) {
    if (value === null) delete changed[name.toLowerCase()];
    else changed[name.toLowerCase()] = value;
  }
  return changed;
}

function xmlError200(code: string, message: string): Reply {
  const body = memoryBody(Buffer.from(errorDocument({ Code: code, Message: message })));
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}
