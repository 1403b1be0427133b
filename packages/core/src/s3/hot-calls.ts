import { S3PinError } from "../errors.ts";
import { scanVersionsPage } from "../versions/scan-versions-page.ts";
import type { VersionsPage } from "../versions/types.ts";
import type { GetVersionRequest, ObjectHead, ObjectSink, VersionsPageRequest } from "./object-store.ts";
import { encodeKey, type RequestTemplate } from "./request-template.ts";
import type { RequestSigner } from "./sign-request.ts";
import type { ResponseHead, SignedRequest, Transport } from "./transport.ts";

/** An error document is a few hundred bytes; what comes beyond is not one. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** A page of 1,000 rows is under a megabyte; keys of 1,024 bytes, percent-encoded, make it four. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** One kind of request to one bucket, ready to be varied, signed and sent; the SDK is not needed for that. */
export interface HotCall {
  /** Of a GET, the path is that of an empty key. */
  readonly template: RequestTemplate;
  readonly sign: RequestSigner;
  readonly transport: Transport;
}

/** An answer that is not what was asked for: the SDK knows what it means. */
export interface RefusedAnswer {
  readonly head: ResponseHead;
  readonly body: Buffer;
}

/**
 * Streams one version into `sink`.
 * @returns the answer, when it is neither 200 nor 206
 * @throws {S3PinError} of the connection; what the sink throws; what the credentials' provider throws
 */
export async function sendGet(
  { template, sign, transport }: HotCall,
  request: GetVersionRequest,
  sink: ObjectSink,
  signal: AbortSignal | undefined,
): Promise<RefusedAnswer | undefined> {
  const headers: Record<string, string> = {};
  if (request.range !== undefined) headers.range = `bytes=${request.range[0]}-${request.range[1]}`;
  if (request.ifMatch !== undefined) headers["if-match"] = `"${request.ifMatch}"`;
  const signed = await sign({
    path: template.path + encodeKey(request.key),
    query: { ...template.query, versionId: request.versionId },
    headers,
  });
  return exchangeBody(transport, signed, sink, signal);
}

/** Reads one page of versions. @returns the answer, when it is no page @throws as {@link sendGet} */
export async function sendPage(
  { template, sign, transport }: HotCall,
  request: VersionsPageRequest,
  signal: AbortSignal | undefined,
): Promise<VersionsPage | RefusedAnswer> {
  const signed = await sign({
    path: template.path,
    query: {
      ...template.query,
      prefix: request.prefix,
      "max-keys": String(request.maxKeys ?? 1000),
      "key-marker": request.keyMarker,
      "version-id-marker": request.versionIdMarker,
    },
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const collect = (chunk: Uint8Array): undefined => {
    bytes += chunk.length;
    if (bytes > MAX_PAGE_BYTES)
      throw new S3PinError(
        "UNEXPECTED_ANSWER",
        `A page of the listing of s3://${request.bucket} is over ${MAX_PAGE_BYTES} bytes`,
      );
    chunks.push(Buffer.from(chunk));
  };
  const refused = await exchangeBody(transport, signed, { start: () => undefined, write: collect }, signal);
  return refused ?? scanVersionsPage(Buffer.concat(chunks).toString("utf8"));
}

/** Sends a request; a 200 or 206 goes to `sink`, any other answer is collected and returned. */
async function exchangeBody(
  transport: Transport,
  request: SignedRequest,
  sink: ObjectSink,
  signal: AbortSignal | undefined,
): Promise<RefusedAnswer | undefined> {
  let refusedHead: ResponseHead | undefined;
  const refusedBody: Uint8Array[] = [];
  let refusedBytes = 0;
  await transport.exchange(
    request,
    {
      start(head) {
        if (head.status === 200 || head.status === 206) return sink.start(objectHead(head.status, head.headers));
        refusedHead = head;
        return undefined;
      },
      write(chunk) {
        if (refusedHead === undefined) return sink.write(chunk);
        refusedBytes += chunk.length;
        if (refusedBytes <= MAX_ERROR_BODY_BYTES) refusedBody.push(Buffer.from(chunk));
        return undefined;
      },
    },
    signal,
  );
  return refusedHead && { head: refusedHead, body: Buffer.concat(refusedBody) };
}

function objectHead(status: 200 | 206, headers: Readonly<Record<string, string>>): ObjectHead {
  const length = headers["content-length"];
  const lastModified = headers["last-modified"];
  return {
    status,
    versionId: headers["x-amz-version-id"],
    contentLength: length === undefined ? undefined : Number(length),
    etag: headers.etag === undefined ? undefined : withoutQuotes(headers.etag),
    lastModifiedMs: lastModified === undefined ? undefined : Date.parse(lastModified),
    etagMayBeMd5: etagMayBeMd5(
      headers["x-amz-server-side-encryption"],
      headers["x-amz-server-side-encryption-customer-algorithm"],
    ),
    checksums: status === 200 ? wholeObjectChecksums(checksumHeaders(headers)) : {},
  };
}

const CHECKSUM_NAMES = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"].map(
  (name) => [name, `x-amz-checksum-${name}`] as const,
);

function checksumHeaders(headers: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const checksums: Record<string, string | undefined> = {};
  for (const [name, header] of CHECKSUM_NAMES) if (headers[header] !== undefined) checksums[name] = headers[header];
  return checksums;
}

/** Composite checksums are over the parts' checksums (`…-N`), so they say nothing about a stream of bytes. */
export function wholeObjectChecksums(checksums: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const whole: Record<string, string> = {};
  for (const name in checksums) {
    const value = checksums[name];
    if (value !== undefined && name !== "type" && !value.includes("-")) whole[name] = value;
  }
  return whole;
}

export function etagMayBeMd5(encryption: string | undefined, customerAlgorithm: string | undefined): boolean {
  return (encryption === undefined || encryption === "AES256") && customerAlgorithm === undefined;
}

export function withoutQuotes(etag: string): string {
  const quoted = etag.startsWith("W/") ? etag.slice(2) : etag;
  return quoted.startsWith('"') && quoted.endsWith('"') ? quoted.slice(1, -1) : etag;
}
