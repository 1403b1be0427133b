import { createHash, createHmac } from "node:crypto";
import { encode } from "./server-under-test.ts";

/*
 * Two ways of signing that the SDK client does not use by itself, made by hand for the credentials test/testtest in us-east-1:
 * a body in signed chunks, and a presigned URL.
 */

const REGION = "us-east-1";

/** PUTs a body as STREAMING-AWS4-HMAC-SHA256-PAYLOAD; tampered, the bytes are changed after signing. */
export function putSignedChunks(
  endpoint: string,
  path: string,
  chunks: readonly string[],
  isTampered: boolean,
): Promise<Response> {
  const { time, scope, key } = signer();
  const headers: Record<string, string> = {
    "content-encoding": "aws-chunked",
    host: new URL(endpoint).host,
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-date": time,
    "x-amz-decoded-content-length": String(chunks.join("").length),
  };
  const names = Object.keys(headers).sort().join(";");
  const lines = Object.entries(headers)
    .sort()
    .map((entry) => entry.join(":"));
  const canonical = ["PUT", path, "", ...lines, "", names, headers["x-amz-content-sha256"]].join("\n");
  const seed = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");

  let previous = seed;
  let body = "";
  for (const chunk of [...chunks, ""]) {
    const text = ["AWS4-HMAC-SHA256-PAYLOAD", time, scope, previous, sha256(""), sha256(chunk)].join("\n");
    previous = hmac(key, text).toString("hex");
    const sent = isTampered ? chunk.toUpperCase() : chunk;
    body += `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${sent}\r\n`;
  }
  const { host: _, ...sentHeaders } = headers;
  const authorization = `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names}, Signature=${seed}`;
  return fetch(`${endpoint}${path}`, { method: "PUT", headers: { ...sentHeaders, authorization }, body });
}

/** A URL by which anyone may GET for so many seconds; negative, it has expired already. */
export function presign(endpoint: string, path: string, seconds: number): string {
  const { time, scope, key } = signer(new Date(Date.now() + Math.min(seconds, 0) * 2000));
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `test/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(Math.abs(seconds)),
    "X-Amz-SignedHeaders": "host",
  };
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join("&");
  const canonical = ["GET", path, search, `host:${new URL(endpoint).host}`, "", "host", "UNSIGNED-PAYLOAD"].join("\n");
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");
  return `${endpoint}${path}?${search}&X-Amz-Signature=${signature}`;
}

function signer(date = new Date()): { time: string; scope: string; key: Buffer } {
  const time = date.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const parts = [time.slice(0, 8), REGION, "s3", "aws4_request"];
  return { time, scope: parts.join("/"), key: parts.reduce(hmac, Buffer.from("AWS4testtest")) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
