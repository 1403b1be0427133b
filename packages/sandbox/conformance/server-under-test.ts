import { createHash, createHmac } from "node:crypto";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { S3, S3ServiceException } from "@aws-sdk/client-s3";

/** How to reach the server that is asked. Loopback only: the probes make buckets and thousands of objects. */
export interface ServerAddress {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface RawOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** signs with another secret */
  readonly secretAccessKey?: string;
  readonly isAnonymous?: boolean;
}

/** The server by the SDK and by hand-made requests, which show what the SDK hides. */
export interface ServerUnderTest {
  readonly s3: S3;
  /** The same with a connection for each request: for what may leave one in disorder. */
  readonly s3Unshared: S3;
  raw(
    method: string,
    bucket: string,
    key: string | undefined,
    query?: Readonly<Record<string, string>>,
    options?: RawOptions,
  ): Promise<RawAnswer>;
}

export function connect(address: ServerAddress): ServerUnderTest {
  const url = new URL(address.endpoint);
  if (url.hostname !== "127.0.0.1") throw new Error(`Loopback only, not ${address.endpoint}`);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { accessKeyId, secretAccessKey, region, endpoint } = address;
  const client = (httpAgent: Agent) =>
    new S3({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
      requestHandler: { httpAgent, requestTimeout: 60_000 },
    });
  return {
    s3: client(agent),
    s3Unshared: client(new Agent({ keepAlive: false })),
    raw(method, bucket, key, query = {}, options = {}) {
      const path = `/${bucket}${key === undefined ? "" : `/${key.split("/").map(encode).join("/")}`}`;
      const body = Buffer.from(options.body ?? "");
      const { headers, search } = sign(address, url.host, method, path, query, body, options);
      const sent = options.isAnonymous ? { host: url.host, ...options.headers } : headers;
      return new Promise((resolve, reject) => {
        const outgoing = request(
          {
            host: url.hostname,
            port: url.port,
            method,
            path: search === "" ? path : `${path}?${search}`,
            headers: body.length > 0 || method !== "GET" ? { ...sent, "content-length": body.length } : sent,
            agent,
            timeout: 60_000,
          },
          (response) => {
            const pieces: Buffer[] = [];
            response.on("data", (piece: Buffer) => pieces.push(piece));
            response.on("error", reject);
            response.on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: Buffer.concat(pieces).toString("utf8"),
              }),
            );
          },
        );
        outgoing.on("timeout", () => outgoing.destroy(new Error("timeout")));
        outgoing.on("error", reject);
        outgoing.end(body);
      });
    },
  };
}

/** Status and code of a raw answer: `404 NoSuchKey`, `200`. */
export function outcome(answer: RawAnswer): string {
  const code = /<Code>([^<]*)</.exec(answer.body)?.[1];
  return code === undefined ? String(answer.status) : `${answer.status} ${code}`;
}

/** An error as an answer: status and name, or which kind of answer there was none of. */
export function failure(error: unknown): string {
  if (error instanceof S3ServiceException) return `ERR ${error.$metadata.httpStatusCode ?? ""} ${error.name}`;
  const message = error instanceof Error ? error.message : String(error);
  if (/XML parse/.test(message)) return "ERR unreadable answer";
  // Which of these a client meets when the server hangs up is a matter of time.
  return /ECONNRESET|EPIPE|hang up/.test(message) ? "ERR no answer" : `ERR ${message.split("\n")[0]}`;
}

/** A row of a listing of versions, its texts unescaped. */
export interface ListedRow {
  readonly isMarker: boolean;
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly lastModified: string;
}

/** The rows of a listing in document order. */
export function listedRows(xml: string): ListedRow[] {
  return [...xml.matchAll(/<(Version|DeleteMarker)>([\s\S]*?)<\/\1>/g)].map(([, kind, row = ""]) => ({
    isMarker: kind === "DeleteMarker",
    key: tagText(row, "Key") ?? "",
    versionId: tagText(row, "VersionId") ?? "",
    isLatest: tagText(row, "IsLatest") === "true",
    lastModified: tagText(row, "LastModified") ?? "",
  }));
}

export function commonPrefixes(xml: string): string[] {
  return [...xml.matchAll(/<CommonPrefixes>\s*<Prefix>([^<]*)/g)].map((match) => match[1] ?? "");
}

/** The text of the first such element. */
export function tagText(xml: string, name: string): string | undefined {
  const match = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml);
  if (match) return unescapeXml(match[1] ?? "");
  return new RegExp(`<${name}\\s*/>`).test(xml) ? "" : undefined;
}

/** Undoes `encoding-type=url`. */
export function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", "%20"));
  } catch {
    return `undecodable ${text}`;
  }
}

export function md5(data: string | Uint8Array): string {
  return createHash("md5").update(data).digest("hex");
}

export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescapeXml(text: string): string {
  return text
    .replace(/&#x([0-9a-fA-F]+);/g, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, decimal) => String.fromCodePoint(Number(decimal)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}

function sign(
  address: ServerAddress,
  host: string,
  method: string,
  path: string,
  query: Readonly<Record<string, string>>,
  body: Uint8Array,
  options: RawOptions,
): { headers: Record<string, string>; search: string } {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${address.region}/s3/aws4_request`;
  const payloadHash = sha256(body);
  const headers: Record<string, string> = {
    host,
    "x-amz-content-sha256": payloadHash,
    "x-amz-date": time,
    ...options.headers,
  };
  const search = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}`);
  const canonical = [method, path, search, ...lines, "", names.join(";"), payloadHash].join("\n");
  const secret = options.secretAccessKey ?? address.secretAccessKey;
  const key = [time.slice(0, 8), address.region, "s3", "aws4_request"].reduce(hmac, Buffer.from(`AWS4${secret}`));
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");
  const credential = `${address.accessKeyId}/${scope}`;
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { headers, search };
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
