import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { isS3PinError, S3PinError } from "../errors.ts";
import { scanVersionsPage } from "../versions/scan-versions-page.ts";
import type { VersionsPage } from "../versions/types.ts";
import type { ConnectionOptions } from "./connection.ts";
import type {
  GetVersionRequest,
  HeadVersionRequest,
  ObjectHead,
  ObjectSink,
  ObjectStore,
  Versioning,
  VersionsPageRequest,
} from "./object-store.ts";
import { openTransports, type Transports } from "./open-transports.ts";
import { captureRequest, encodeKey, type HotCommand, type RequestTemplate } from "./request-template.ts";
import { type RequestSubject, sdkErrorToS3PinError } from "./sdk-error.ts";
import { createRequestSigner, type RequestSigner } from "./sign-request.ts";
import type { ResponseHead, SignedRequest, Transport } from "./transport.ts";

/** Stands for the key in the template, and is cut from its end. */
const PLACEHOLDER = "s3pin-key";

/** An error document is a few hundred bytes; what comes beyond is not one. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** A page of 1,000 rows is under a megabyte; keys of 1,024 bytes, percent-encoded, make it four. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** The two hot calls for one bucket in one region. */
interface BucketRequests {
  readonly client: S3Client;
  readonly get: RequestTemplate;
  readonly signGet: RequestSigner;
  readonly list: RequestTemplate;
  readonly signList: RequestSigner;
}

/**
 * Connects to S3, or to a server that speaks its protocol. The SDK resolves credentials, regions and endpoints and gives
 * every error its meaning; the two hot calls (the GET of a version, a page of versions) are built from a template that it
 * made, and signed and sent by ourselves: a tenth of the CPU time of `client.send`.
 */
export async function createAwsObjectStore(options: ConnectionOptions = {}): Promise<ObjectStore> {
  const transports = await openTransports(options);
  const region = await resolveRegion(options);
  const buckets = new Map<string, Promise<BucketRequests>>();

  const requestsFor = (bucket: string): Promise<BucketRequests> => {
    const known = buckets.get(bucket);
    if (known !== undefined) return known;
    const made = prepareBucket(options, transports, region, bucket);
    buckets.set(bucket, made);
    return made;
  };

  /** Runs `act`; when the store says that the bucket lives in another region, once more there. */
  const inRightRegion = async <T>(bucket: string, act: (requests: BucketRequests) => Promise<T>): Promise<T> => {
    const used = await requestsFor(bucket);
    try {
      return await act(used);
    } catch (error) {
      const found = isS3PinError(error) && error.code === "WRONG_REGION" ? error.details.region : undefined;
      if (typeof found !== "string" || found === used.get.signingRegion) throw error;
      // Requests that were under way together learn it together: only the first replaces the template.
      const current = await requestsFor(bucket);
      if (current.get.signingRegion !== found) buckets.set(bucket, prepareBucket(options, transports, found, bucket));
      return await act(await requestsFor(bucket));
    }
  };

  return {
    async listVersionsPage(request, signal) {
      return inRightRegion(request.bucket, (requests) => listPage(transports.hot, requests, request, signal));
    },
    async getVersion(request, sink, signal) {
      return inRightRegion(request.bucket, (requests) => getObject(transports.hot, requests, request, sink, signal));
    },
    async headVersion(request, signal) {
      return inRightRegion(request.bucket, ({ client }) => headObject(client, options, request, signal));
    },
    async getVersioning(bucket, signal) {
      const subject = { bucket, permission: "s3:GetBucketVersioning" };
      return inRightRegion(bucket, async ({ client }): Promise<Versioning> => {
        try {
          const answer = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }), abortOption(signal));
          return answer.Status ?? "Off";
        } catch (error) {
          throw sdkErrorToS3PinError(error, subject);
        }
      });
    },
    async close() {
      for (const made of buckets.values()) await made.then(({ client }) => client.destroy()).catch(() => {});
      await transports.close();
    },
  };
}

function abortOption(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

async function resolveRegion(options: ConnectionOptions): Promise<string> {
  if (options.region !== undefined) return options.region;
  const probe = new S3Client(options.profile === undefined ? {} : { profile: options.profile });
  try {
    return await probe.config.region();
  } catch {
    // S3 answers a request for another region with the right one, so any will do to begin with.
    return "us-east-1";
  } finally {
    probe.destroy();
  }
}

function createClient(options: ConnectionOptions, { sdkRequestHandler }: Transports, region: string): S3Client {
  const { endpointUrl, forcePathStyle = endpointUrl !== undefined, profile, noSignRequest } = options;
  const config: S3ClientConfig = {
    region,
    forcePathStyle,
    requestHandler: sdkRequestHandler as NonNullable<S3ClientConfig["requestHandler"]>,
    // One retry loop, and it includes the digest check: see restore/.
    maxAttempts: 1,
    // Bodies are checked by us; the SDK would warn about composite checksums that it cannot check.
    responseChecksumValidation: "WHEN_REQUIRED",
    requestChecksumCalculation: "WHEN_REQUIRED",
    customUserAgent: "s3pin",
  };
  if (endpointUrl !== undefined) config.endpoint = endpointUrl;
  if (profile !== undefined) config.profile = profile;
  if (noSignRequest) {
    config.signer = { sign: async (request) => request };
    // The SDK asks for credentials even when nothing is signed.
    config.credentials = { accessKeyId: "", secretAccessKey: "" };
  }
  return new S3Client(config);
}

async function prepareBucket(
  options: ConnectionOptions,
  transports: Transports,
  region: string,
  bucket: string,
): Promise<BucketRequests> {
  const client = createClient(options, transports, region);
  const subject = { bucket, permission: "s3:GetObjectVersion" };
  try {
    const get = await captureRequest(client, getCommand(options, { bucket, key: PLACEHOLDER, versionId: "null" }));
    const list = await captureRequest(
      client,
      new ListObjectVersionsCommand({
        Bucket: bucket,
        EncodingType: "url",
        ...(options.requestPayer ? { RequestPayer: "requester" } : {}),
      }),
    );
    const credentials = options.noSignRequest ? undefined : client.config.credentials;
    const clockOffset = () => client.config.systemClockOffset;
    return {
      client,
      get: { ...get, path: get.path.slice(0, -PLACEHOLDER.length) },
      signGet: createRequestSigner(get, credentials, clockOffset),
      list,
      signList: createRequestSigner(list, credentials, clockOffset),
    };
  } catch (error) {
    throw sdkErrorToS3PinError(error, subject);
  }
}

function getCommand(options: ConnectionOptions, request: Pick<GetVersionRequest, "bucket" | "key" | "versionId">) {
  const { sseCustomerKey, requestPayer } = options;
  return new GetObjectCommand({
    Bucket: request.bucket,
    Key: request.key,
    VersionId: request.versionId,
    // Costs a header, and proves what an ETag cannot (SSE-KMS, SSE-C).
    ChecksumMode: "ENABLED",
    ...(requestPayer ? { RequestPayer: "requester" } : {}),
    ...(sseCustomerKey === undefined
      ? {}
      : {
          SSECustomerAlgorithm: "AES256",
          SSECustomerKey: Buffer.from(sseCustomerKey).toString("base64"),
          SSECustomerKeyMD5: createHash("md5").update(sseCustomerKey).digest("base64"),
        }),
  });
}

async function getObject(
  transport: Transport,
  { client, get, signGet }: BucketRequests,
  request: GetVersionRequest,
  sink: ObjectSink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const headers: Record<string, string> = {};
  if (request.range !== undefined) headers.range = `bytes=${request.range[0]}-${request.range[1]}`;
  if (request.ifMatch !== undefined) headers["if-match"] = `"${request.ifMatch}"`;
  const subject: RequestSubject = { ...request, permission: "s3:GetObjectVersion" };
  const signed = await sign(signGet, subject, {
    path: get.path + encodeKey(request.key),
    query: { ...get.query, versionId: request.versionId },
    headers,
  });
  const refused = await exchangeBody(transport, signed, sink, signal);
  if (refused === undefined) return;
  throw await meaningOf(
    client,
    new GetObjectCommand({ Bucket: request.bucket, Key: request.key, VersionId: request.versionId }),
    refused,
    subject,
  );
}

/** Asked of the few objects whose ETag is no MD5, so the SDK may take its time. */
async function headObject(
  client: S3Client,
  options: ConnectionOptions,
  request: HeadVersionRequest,
  signal: AbortSignal | undefined,
): Promise<ObjectHead> {
  const { input } = getCommand(options, request);
  const command = new HeadObjectCommand({ ...input, PartNumber: request.partNumber });
  try {
    return headOf(await client.send(command, abortOption(signal)));
  } catch (error) {
    throw sdkErrorToS3PinError(error, { ...request, permission: "s3:GetObjectVersion" });
  }
}

function headOf(output: HeadObjectCommandOutput): ObjectHead {
  const { ETag, ServerSideEncryption: encryption, SSECustomerAlgorithm } = output;
  const checksums: Record<string, string | undefined> = {
    crc32: output.ChecksumCRC32,
    crc32c: output.ChecksumCRC32C,
    crc64nvme: output.ChecksumCRC64NVME,
    sha1: output.ChecksumSHA1,
    sha256: output.ChecksumSHA256,
  };
  return {
    status: 200,
    versionId: output.VersionId,
    contentLength: output.ContentLength,
    etag: ETag === undefined ? undefined : withoutQuotes(ETag),
    lastModifiedMs: output.LastModified?.getTime(),
    etagMayBeMd5: etagMayBeMd5(encryption, SSECustomerAlgorithm),
    checksums: wholeObjectChecksums(checksums),
  };
}

async function listPage(
  transport: Transport,
  { client, list, signList }: BucketRequests,
  request: VersionsPageRequest,
  signal: AbortSignal | undefined,
): Promise<VersionsPage> {
  const subject: RequestSubject = { bucket: request.bucket, permission: "s3:ListBucketVersions" };
  const signed = await sign(signList, subject, {
    path: list.path,
    query: {
      ...list.query,
      prefix: request.prefix,
      "max-keys": String(request.maxKeys ?? 1000),
      "key-marker": request.keyMarker,
      "version-id-marker": request.versionIdMarker,
    },
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const refused = await exchangeBody(
    transport,
    signed,
    {
      start: () => undefined,
      write(chunk) {
        bytes += chunk.length;
        if (bytes > MAX_PAGE_BYTES)
          return Promise.reject(
            new S3PinError(
              "UNEXPECTED_ANSWER",
              `A page of the listing of s3://${request.bucket} is over ${MAX_PAGE_BYTES} bytes`,
            ),
          );
        chunks.push(Buffer.from(chunk));
        return undefined;
      },
    },
    signal,
  );
  if (refused === undefined) return scanVersionsPage(Buffer.concat(chunks).toString("utf8"));
  throw await meaningOf(client, new ListObjectVersionsCommand({ Bucket: request.bucket }), refused, subject);
}

async function sign(
  signer: RequestSigner,
  subject: RequestSubject,
  variation: Parameters<RequestSigner>[0],
): Promise<SignedRequest> {
  try {
    return await signer(variation);
  } catch (error) {
    throw sdkErrorToS3PinError(error, subject);
  }
}

interface RefusedAnswer {
  readonly head: ResponseHead;
  readonly body: Buffer;
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

const CHECKSUM_HEADER = "x-amz-checksum-";

function checksumHeaders(headers: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const checksums: Record<string, string | undefined> = {};
  for (const name in headers)
    if (name.startsWith(CHECKSUM_HEADER)) checksums[name.slice(CHECKSUM_HEADER.length)] = headers[name];
  return checksums;
}

/** Composite checksums are over the parts' checksums (`…-N`), so they say nothing about a stream of bytes. */
function wholeObjectChecksums(checksums: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const whole: Record<string, string> = {};
  for (const name in checksums) {
    const value = checksums[name];
    if (value !== undefined && name !== "type" && !value.includes("-")) whole[name] = value;
  }
  return whole;
}

function etagMayBeMd5(encryption: string | undefined, customerAlgorithm: string | undefined): boolean {
  return (encryption === undefined || encryption === "AES256") && customerAlgorithm === undefined;
}

function withoutQuotes(etag: string): string {
  const quoted = etag.startsWith("W/") ? etag.slice(2) : etag;
  return quoted.startsWith('"') && quoted.endsWith('"') ? quoted.slice(1, -1) : etag;
}

/**
 * Has the SDK read an answer that is not the object, as if it had asked itself, so that redirects, throttling, clock skew
 * and error codes keep its meaning without asking twice.
 */
async function meaningOf(
  client: S3Client,
  hotCommand: HotCommand,
  { head, body }: RefusedAnswer,
  subject: RequestSubject,
): Promise<S3PinError> {
  const command = hotCommand as GetObjectCommand;
  command.middlewareStack.addRelativeTo(
    () => async () => ({
      response: { statusCode: head.status, headers: { ...head.headers }, body: Readable.from([body]) },
      output: { $metadata: {} } as never,
    }),
    { name: "replayAnswer", relation: "after", toMiddleware: "deserializerMiddleware" },
  );
  const clockOffsetBefore = client.config.systemClockOffset;
  try {
    await client.send(command);
  } catch (error) {
    if (isS3PinError(error)) return error;
    const meaning = sdkErrorToS3PinError(error, subject);
    if (meaning.details.clockSkew === true && client.config.systemClockOffset !== clockOffsetBefore)
      return new S3PinError("SERVER_ERROR", "The clocks differ; the next request allows for it", { cause: error });
    return meaning;
  }
  return new S3PinError("UNEXPECTED_ANSWER", `s3://${subject.bucket} answered ${head.status}`, {
    details: { ...subject, status: head.status },
  });
}
