import { describe, expect, it } from "vitest";

import { connectionError } from "./connection-error.ts";
import { retryAfterMs, sdkErrorToS3PinError } from "./sdk-error.ts";

const get = { bucket: "media", key: "site/a\n.txt", versionId: "v1", permission: "s3:GetObjectVersion" };
const list = { bucket: "media", permission: "s3:ListBucketVersions" };

const sdkError = (name: string, status?: number, headers: Record<string, string> = {}) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status }, $response: { headers } });

describe("sdkErrorToS3PinError()", () => {
  it.each([
    ["NoSuchVersion", 404, get, "VERSION_GONE"],
    ["NoSuchKey", 404, get, "VERSION_GONE"],
    ["InvalidArgument", 400, get, "VERSION_GONE"],
    ["MethodNotAllowed", 405, get, "VERSION_GONE"],
    ["Unknown", 404, get, "VERSION_GONE"],
    ["InvalidArgument", 400, list, "UNEXPECTED_ANSWER"],
    ["NoSuchBucket", 404, get, "BUCKET_NOT_FOUND"],
    ["InvalidObjectState", 403, get, "VERSION_ARCHIVED"],
    ["PreconditionFailed", 412, get, "WRONG_VERSION"],
    ["AccessDenied", 403, get, "ACCESS_DENIED"],
    ["AccessDenied", 403, list, "ACCESS_DENIED"],
    ["ExpiredToken", 400, get, "CREDENTIALS_REFUSED"],
    ["InvalidAccessKeyId", 403, get, "CREDENTIALS_REFUSED"],
    ["SignatureDoesNotMatch", 403, get, "CREDENTIALS_REFUSED"],
    ["CredentialsProviderError", undefined, get, "CREDENTIALS_MISSING"],
    ["SlowDown", 503, get, "THROTTLED"],
    ["TooManyRequests", 429, get, "THROTTLED"],
    ["ThrottlingException", 400, get, "THROTTLED"],
    ["InternalError", 500, get, "SERVER_ERROR"],
    ["BadGateway", 502, get, "SERVER_ERROR"],
    ["NotImplemented", 501, get, "UNEXPECTED_ANSWER"],
    ["RequestTimeout", 400, get, "TIMEOUT"],
    ["PermanentRedirect", 301, get, "WRONG_REGION"],
  ] as const)("%s (%s) of %o is %s", (name, status, subject, code) => {
    const error = sdkErrorToS3PinError(sdkError(name, status), subject);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain("\n");
  });

  it("names the region and the next step", () => {
    const error = sdkErrorToS3PinError(
      sdkError("PermanentRedirect", 301, { "x-amz-bucket-region": "eu-north-1" }),
      get,
    );
    expect(error.details.region).toBe("eu-north-1");
    expect(error.hint).toContain("--region eu-north-1");
  });

  it("names the permission that is missing", () => {
    expect(sdkErrorToS3PinError(sdkError("AccessDenied", 403), list).hint).toContain("s3:ListBucketVersions");
  });
});

describe("retryAfterMs()", () => {
  it.each([
    [undefined, undefined],
    ["3", 3_000],
    ["Mon, 02 Nov 2026 10:00:05 GMT", 5_000],
    ["Mon, 02 Nov 2026 09:00:00 GMT", 0],
    ["soon", undefined],
  ])("%s", (value, expected) => {
    expect(retryAfterMs(value, Date.parse("2026-11-02T10:00:00Z"))).toBe(expected);
  });
});

describe("connectionError()", () => {
  const coded = (code: string) => Object.assign(new Error(code), { code });
  it.each([
    [coded("ECONNREFUSED"), false, "CONNECTION_FAILED", /endpoint-url/],
    [coded("ENOTFOUND"), false, "CONNECTION_FAILED", /DNS/],
    [coded("SELF_SIGNED_CERT_IN_CHAIN"), false, "CONNECTION_FAILED", /AWS_CA_BUNDLE/],
    [coded("UND_ERR_HEADERS_TIMEOUT"), false, "TIMEOUT", undefined],
    [coded("UND_ERR_BODY_TIMEOUT"), true, "TIMEOUT", undefined],
    [coded("ECONNRESET"), true, "SHORT_BODY", undefined],
    [coded("UND_ERR_RES_CONTENT_LENGTH_MISMATCH"), true, "SHORT_BODY", undefined],
    [new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]), false, "CONNECTION_FAILED", /endpoint-url/],
  ])("%s", (error, bodyStarted, code, hint) => {
    const found = connectionError(error, "http://127.0.0.1:1", bodyStarted);
    expect(found.code).toBe(code);
    if (hint !== undefined) expect(found.hint).toMatch(hint);
  });
});
