import { createHash, createHmac } from "node:crypto";

import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeKey } from "./request-template.ts";
import { createRequestSigner } from "./sign-request.ts";

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Buffer);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const template = {
  origin: "https://media.s3.eu-west-1.amazonaws.com",
  headers: { host: "media.s3.eu-west-1.amazonaws.com", "x-amz-checksum-mode": "ENABLED", "user-agent": "s3pin  x" },
  signingRegion: "eu-west-1",
  signingService: "s3",
};

const key = fc.string({ unit: "binary", minLength: 1, maxLength: 30 }).filter((text) => text.isWellFormed());
const value = fc.stringMatching(/^[!-~]{0,20}$/);

describe("createRequestSigner()", () => {
  it("signs as @smithy/signature-v4 does, whatever the key, the query, the token and the headers", async () => {
    const credentials = fc.record(
      { accessKeyId: fc.stringMatching(/^[A-Z0-9]{16}$/), secretAccessKey: value, sessionToken: value },
      { requiredKeys: ["accessKeyId", "secretAccessKey"] },
    );
    const query = fc.record({ versionId: key, "x-id": value, prefix: key }, { requiredKeys: ["versionId"] });
    const headers = fc.record(
      {
        range: fc.constant("bytes=0-8388607"),
        "if-match": value.map((etag) => `"${etag}"`),
        "x-amz-note": fc.constant("a   b"),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        key,
        query,
        headers,
        credentials,
        fc.integer({ min: -9e8, max: 9e8 }),
        async (name, query, added, given, offset) => {
          const path = `/${encodeKey(name)}`;
          const sign = createRequestSigner(
            template,
            async () => given,
            () => offset,
          );
          const signed = await sign({ path, query, headers: added });
          const peer = new SignatureV4({
            service: "s3",
            region: "eu-west-1",
            credentials: given,
            sha256: Sha256,
            uriEscapePath: false,
            applyChecksum: false,
          });
          const date = signed.headers["x-amz-date"] ?? "";
          const iso = date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
          const expected = await peer.sign(
            {
              method: "GET",
              protocol: "https:",
              hostname: template.headers.host,
              path,
              query: query as Record<string, string>,
              headers: {
                ...template.headers,
                ...added,
                "x-amz-content-sha256": signed.headers["x-amz-content-sha256"] ?? "",
              },
            },
            { signingDate: new Date(iso) },
          );
          expect(signed.headers.authorization).toBe(expected.headers.authorization);
          expect(Object.keys(signed.headers).sort()).toEqual(Object.keys(expected.headers).sort());
          expect(Math.abs(Date.parse(iso) - Date.now() - offset)).toBeLessThan(10_000);
        },
      ),
    );
  });

  it("takes over credentials that were renewed", async () => {
    let secretAccessKey = "old";
    const sign = createRequestSigner(
      template,
      async () => ({ accessKeyId: "A", secretAccessKey }),
      () => 0,
    );
    const request = { path: "/a", query: {} };
    const before = await sign(request);
    secretAccessKey = "new";
    expect((await sign(request)).headers.authorization).not.toBe(before.headers.authorization);
  });

  it("signs nothing without credentials", async () => {
    const sign = createRequestSigner(template, undefined, () => 0);
    const { path, headers } = await sign({ path: "/a", query: { versionId: "v" } });
    expect({ path, headers }).toEqual({ path: "/a?versionId=v", headers: template.headers });
  });
});
