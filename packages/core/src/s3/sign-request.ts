import { createHmac, hash } from "node:crypto";

import { type Query, queryString } from "./query.ts";
import type { RequestTemplate } from "./request-template.ts";
import type { SignedRequest } from "./transport.ts";

/** The SHA-256 of no bytes: none of our requests has a body. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** What changes from request to request of one template. */
export interface RequestVariation {
  /** Encoded. */
  readonly path: string;
  readonly query: Query;
  /** Names are lower-case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Signs the requests of one template. */
export type RequestSigner = (variation: RequestVariation) => Promise<SignedRequest>;

/** Proxies and servers on the way may change them. */
const UNSIGNED = new Set(["user-agent", "connection", "expect", "transfer-encoding"]);

/**
 * Signs GET requests as AWS's Signature Version 4 wants it. What only a template, a second or a day changes is made once,
 * so a signature takes 7 us, where `@smithy/signature-v4`, with which the tests compare it, takes 51.
 * @param credentials the SDK's memoized provider, which renews them before they expire; undefined sends unsigned requests
 * @param clockOffsetMs what the SDK has learned about the store's clock
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function createRequestSigner(
  template: Pick<RequestTemplate, "origin" | "headers" | "signingRegion" | "signingService">,
  credentials: (() => Promise<Credentials>) | undefined,
  clockOffsetMs: () => number,
): RequestSigner {
  const { origin, signingRegion, signingService } = template;
  const clock = createAmzClock();
  const signedNamesOf = createNameSorter();
  let key: SigningKey | undefined;

  return async ({ path, query, headers: added }) => {
    const search = queryString(query);
    const target = search === "" ? path : `${path}?${search}`;
    const headers: Record<string, string> = { ...template.headers, ...added };
    if (credentials === undefined) return { origin, path: target, headers };
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const now = clock(Date.now() + clockOffsetMs());
    const day = now.slice(0, 8);
    if (key?.secret !== secretAccessKey || key.day !== day)
      key = deriveKey(secretAccessKey, day, signingRegion, signingService);
    headers["x-amz-content-sha256"] = EMPTY_SHA256;
    headers["x-amz-date"] = now;
    if (sessionToken) headers["x-amz-security-token"] = sessionToken;

    const { names, joined } = signedNamesOf(headers);
    let canonical = `GET\n${path}\n${search}\n`;
    for (const name of names) canonical += `${name}:${canonicalValue(headers[name] ?? "")}\n`;
    canonical += `\n${joined}\n${EMPTY_SHA256}`;
    const toSign = `AWS4-HMAC-SHA256\n${now}\n${key.scope}\n${hash("sha256", canonical)}`;
    const signature = hmacHex(key.pads, toSign);
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${key.scope}, SignedHeaders=${joined}, Signature=${signature}`;
    return { origin, path: target, headers };
  };
}

interface SignedNames {
  readonly names: readonly string[];
  /** `host;x-amz-date` */
  readonly joined: string;
}

/** Finds the names to sign, in their order: the few sets of names that requests have are sorted once. */
function createNameSorter(): (headers: Readonly<Record<string, string>>) => SignedNames {
  const known = new Map<string, SignedNames>();
  return (headers) => {
    const given = Object.keys(headers);
    const id = given.join();
    let sorted = known.get(id);
    if (sorted === undefined) {
      const names = given.filter((name) => !UNSIGNED.has(name)).sort();
      sorted = { names, joined: names.join(";") };
      known.set(id, sorted);
    }
    return sorted;
  };
}

interface SigningKey {
  readonly secret: string;
  /** `20261103` */
  readonly day: string;
  /** `20261103/eu-west-1/s3/aws4_request` */
  readonly scope: string;
  readonly pads: HmacPads;
}

function deriveKey(secret: string, day: string, region: string, service: string): SigningKey {
  let key: string | Buffer = `AWS4${secret}`;
  for (const step of [day, region, service, "aws4_request"]) key = createHmac("sha256", key).update(step).digest();
  return { secret, day, scope: `${day}/${region}/${service}/aws4_request`, pads: hmacPads(key as Buffer) };
}

/** A key as HMAC mixes it with the block that goes before the text, and before the digest of that. */
interface HmacPads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** SHA-256's block. */
const BLOCK_BYTES = 64;

function hmacPads(key: Buffer): HmacPads {
  const padded = Buffer.concat([key], BLOCK_BYTES);
  return { inner: padded.map((byte) => byte ^ 0x36) as Buffer, outer: padded.map((byte) => byte ^ 0x5c) as Buffer };
}

/**
 * HMAC-SHA-256 by its definition. An Hmac object for each request costs 5 us, and the garbage collector has to call back
 * for each.
 * @see https://www.rfc-editor.org/rfc/rfc2104
 */
function hmacHex({ inner, outer }: HmacPads, text: string): string {
  const digest = hash("sha256", Buffer.concat([inner, Buffer.from(text)]), "buffer");
  return hash("sha256", Buffer.concat([outer, digest]));
}

/** Gives moments as `20261103T100000Z`. */
function createAmzClock(): (ms: number) => string {
  let second = Number.NaN;
  let text = "";
  return (ms) => {
    const itsSecond = Math.floor(ms / 1000);
    if (itsSecond !== second) {
      second = itsSecond;
      text = `${new Date(second * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
    }
    return text;
  };
}

function canonicalValue(value: string): string {
  return value.includes("  ") || value.startsWith(" ") || value.endsWith(" ")
    ? value.trim().replace(/ +/g, " ")
    : value;
}
