import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { tempDir } from "@s3pin/testkit";
import { describe, expect, it } from "vitest";

import { connectionOptions } from "./connection.ts";

describe("connectionOptions()", () => {
  it.each([
    {
      name: "nothing",
      flags: {},
      env: {},
      expected: { endpointUrl: undefined, region: undefined, noSignRequest: false },
    },
    {
      name: "the general endpoint",
      flags: {},
      env: { AWS_ENDPOINT_URL: "http://a" },
      expected: { endpointUrl: "http://a" },
    },
    {
      name: "S3's endpoint before it",
      flags: {},
      env: { AWS_ENDPOINT_URL: "http://a", AWS_ENDPOINT_URL_S3: "http://b" },
      expected: { endpointUrl: "http://b" },
    },
    {
      name: "the flag before both",
      flags: { endpointUrl: "http://c" },
      env: { AWS_ENDPOINT_URL_S3: "http://b" },
      expected: { endpointUrl: "http://c" },
    },
    {
      name: "no endpoint when told to ignore it",
      flags: {},
      env: { AWS_ENDPOINT_URL: "http://a", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      expected: { endpointUrl: undefined },
    },
    {
      name: "an empty variable as none",
      flags: {},
      env: { AWS_ENDPOINT_URL: "", AWS_REGION: "", AWS_CA_BUNDLE: "" },
      expected: { endpointUrl: undefined, region: undefined, caBundle: undefined },
    },
    {
      name: "the AWS CLI's region",
      flags: {},
      env: { AWS_DEFAULT_REGION: "eu-west-1" },
      expected: { region: "eu-west-1" },
    },
    {
      name: "AWS_REGION before it",
      flags: {},
      env: { AWS_DEFAULT_REGION: "eu-west-1", AWS_REGION: "eu-west-2" },
      expected: { region: "eu-west-2" },
    },
    { name: "--no-sign-request", flags: { signRequest: false }, env: {}, expected: { noSignRequest: true } },
    { name: "the CA bundle", flags: {}, env: { AWS_CA_BUNDLE: "/ca.pem" }, expected: { caBundle: "/ca.pem" } },
  ])("takes $name", ({ flags, env, expected }) => expect(connectionOptions(flags, env)).toMatchObject(expected));

  it("reads the key of SSE-C from Base64 or a file", async () => {
    const key = Buffer.alloc(32, 9);
    const file = join(await tempDir(), "key");
    writeFileSync(file, key);
    expect(connectionOptions({ sseCKey: key.toString("base64") }, {}).sseCustomerKey).toEqual(key);
    expect(connectionOptions({ sseCKey: `fileb://${file}` }, {}).sseCustomerKey).toEqual(key);
    expect(() => connectionOptions({ sseCKey: "c2hvcnQtc2VjcmV0" }, {})).toThrow(
      "--sse-c-key holds 12 bytes; expected 32",
    );
    expect(() => connectionOptions({ sseCKey: "fileb:///nope" }, {})).toThrow("cannot be read: /nope");
  });
});
