import { GetObjectCommand, ListObjectVersionsCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";

import { captureRequest, encodeKey } from "./request-template.ts";

const credentials = { accessKeyId: "a", secretAccessKey: "b" };

function getFrom(bucket: string, config: S3ClientConfig = {}, input: Record<string, unknown> = {}) {
  const client = new S3Client({ region: "eu-west-1", credentials, ...config });
  return captureRequest(client, new GetObjectCommand({ Bucket: bucket, Key: "KEY", VersionId: "V", ...input }));
}

describe("captureRequest()", () => {
  it.each<[string, string, S3ClientConfig, string, string]>([
    ["a virtual host", "media", {}, "https://media.s3.eu-west-1.amazonaws.com", "/KEY"],
    ["a dotted name", "media.example.com", {}, "https://s3.eu-west-1.amazonaws.com", "/media.example.com/KEY"],
    [
      "dual stack",
      "media",
      { useDualstackEndpoint: true },
      "https://media.s3.dualstack.eu-west-1.amazonaws.com",
      "/KEY",
    ],
    [
      "FIPS",
      "media",
      { useFipsEndpoint: true, region: "us-east-1" },
      "https://media.s3-fips.us-east-1.amazonaws.com",
      "/KEY",
    ],
    [
      "an endpoint with a port",
      "media",
      { endpoint: "http://127.0.0.1:9000", forcePathStyle: true },
      "http://127.0.0.1:9000",
      "/media/KEY",
    ],
    [
      "an access point",
      "arn:aws:s3:eu-west-1:111122223333:accesspoint/site",
      {},
      "https://site-111122223333.s3-accesspoint.eu-west-1.amazonaws.com",
      "/KEY",
    ],
  ])("asks the SDK for %s", async (_name, bucket, config, origin, path) => {
    expect(await getFrom(bucket, config)).toMatchObject({
      origin,
      path,
      signingService: "s3",
      query: { versionId: "V" },
    });
  });

  it("takes over the headers of requester pays and SSE-C, and none of a single attempt", async () => {
    const { headers } = await getFrom(
      "media",
      {},
      { RequestPayer: "requester", SSECustomerAlgorithm: "AES256", SSECustomerKey: "x".repeat(32) },
    );
    expect(headers).toMatchObject({
      host: "media.s3.eu-west-1.amazonaws.com",
      "x-amz-request-payer": "requester",
      "x-amz-server-side-encryption-customer-algorithm": "AES256",
    });
    expect(Object.keys(headers).filter((name) => name.startsWith("amz-sdk"))).toEqual([]);
  });

  it("captures a page of versions", async () => {
    const client = new S3Client({ region: "eu-west-1", credentials });
    expect(
      await captureRequest(client, new ListObjectVersionsCommand({ Bucket: "media", EncodingType: "url" })),
    ).toMatchObject({
      path: "/",
      query: { versions: "", "encoding-type": "url" },
      signingRegion: "eu-west-1",
    });
  });
});

describe("encodeKey()", () => {
  it.each([
    ["a/b c+d", "a/b%20c%2Bd"],
    ["%41", "%2541"],
    ["!'()*~-_.", "%21%27%28%29%2A~-_."],
    ["é😀", "%C3%A9%F0%9F%98%80"],
    ["//a/", "//a/"],
    ["\n\u0001", "%0A%01"],
  ])("%j", (key, expected) => {
    expect(encodeKey(key)).toBe(expected);
  });
});
