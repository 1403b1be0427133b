import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";

import { SignatureV4 } from "@smithy/signature-v4";

import { type Query, queryString, type SignedRequest } from "./http-transport.ts";
import type { RequestTemplate } from "./request-template.ts";

/** The SHA-256 of no bytes: none of our requests has a body. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** What changes from request to request of one template. */
export interface RequestVariation {
  readonly path: string;
  readonly query: Query;
  /** Names are lower-case. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Credentials = ConstructorParameters<typeof SignatureV4>[0]["credentials"];

/** Signs the requests of one template. */
export type RequestSigner = (variation: RequestVariation) => Promise<SignedRequest>;

/**
 * @param credentials the SDK's memoized provider, which renews them before they expire; undefined sends unsigned requests
 * @param clockOffsetMs what the SDK has learned about the store's clock
 */
export function createRequestSigner(
  template: RequestTemplate,
  credentials: Credentials | undefined,
  clockOffsetMs: () => number,
): RequestSigner {
  const host = new URL(template.origin);
  const signer =
    credentials &&
    new SignatureV4({
      service: template.signingService,
      region: template.signingRegion,
      credentials,
      sha256: NodeSha256,
      uriEscapePath: false,
      applyChecksum: false,
    });
  return async ({ path, query, headers: added }) => {
    const headers: Record<string, string> = { ...template.headers, ...added };
    const query_ = queryString(query);
    const target = query_ === "" ? path : `${path}?${query_}`;
    if (signer === undefined) return { origin: template.origin, path: target, headers };
    headers["x-amz-content-sha256"] = EMPTY_SHA256;
    const signed = await signer.sign(
      {
        method: "GET",
        protocol: host.protocol,
        hostname: host.hostname,
        path,
        query: query as Record<string, string>,
        headers,
      },
      { signingDate: new Date(Date.now() + clockOffsetMs()) },
    );
    return { origin: template.origin, path: target, headers: signed.headers };
  };
}

/**
 * SHA-256 and HMAC-SHA-256 by node:crypto in the shape that the signer wants. The signer comes with the same day's key
 * each time, as bytes; turning them into a key object costs 15 of a signature's 35 us, so that is done once.
 */
class NodeSha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", keyOf(secret));
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const keys = new WeakMap<object, KeyObject>();

function keyOf(secret: string | ArrayBuffer | ArrayBufferView): string | KeyObject {
  if (typeof secret === "string") return secret;
  let key = keys.get(secret);
  if (key === undefined) {
    key = createSecretKey(secret as Buffer);
    keys.set(secret, key);
  }
  return key;
}
