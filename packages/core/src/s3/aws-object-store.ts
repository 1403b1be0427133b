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
import type { VersionsPage } from "../versions/types.ts";
import { type ConnectionOptions, DEFAULT_IDLE_TIMEOUT_MS } from "./connection.ts";
import {
  etagMayBeMd5,
  type HotCall,
  type RefusedAnswer,
  sendGet,
  sendPage,
  wholeObjectChecksums,
  withoutQuotes,
} from "./hot-calls.ts";
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
import { isProxied } from "./proxies.ts";
import { captureRequest, type HotCommand, type RequestTemplate } from "./request-template.ts";
import { type RequestSubject, sdkErrorToS3PinError } from "./sdk-error.ts";
import { type Credentials, createRequestSigner } from "./sign-request.ts";

/** Stands for the key in the template, and is cut from its end. */
const PLACEHOLDER = "s3pin-key";

/** The calls to one bucket in one region. */
interface BucketCalls {
  readonly client: S3Client;
  /** Undefined for requests that are not signed. */
  readonly credentials: (() => Promise<Credentials>) | undefined;
  readonly get: HotCall;
  readonly list: HotCall;
}

/**
 * Connects to S3, or to a server that speaks its protocol. The SDK resolves credentials, regions and endpoints and gives
 * every error its meaning; the two hot calls (the GET of a version, a page of versions) are built from a template that it
 * made, and signed and sent by ourselves: a tenth of the CPU time of `client.send`.
 */
export async function createAwsObjectStore(options: ConnectionOptions = {}): Promise<ObjectStore> {
  const transports = await openTransports(options);
  const region = await resolveRegion(options);
  const buckets = new Map<string, Promise<BucketCalls>>();

  const callsFor = (bucket: string): Promise<BucketCalls> => {
    const known = buckets.get(bucket);
    if (known !== undefined) return known;
    const made = prepareBucket(options, transports, region, bucket);
    buckets.set(bucket, made);
    return made;
  };

  /** Runs `act`; when the store says that the bucket lives in another region, once more there. */
  const inRightRegion = async <T>(bucket: string, act: (calls: BucketCalls) => Promise<T>): Promise<T> => {
    const used = await callsFor(bucket);
    try {
      return await act(used);
    } catch (error) {
      const found = isS3PinError(error) && error.code === "WRONG_REGION" ? error.details.region : undefined;
      if (typeof found !== "string" || found === used.get.template.signingRegion) throw error;
      // Requests that were under way together learn it together: only the first replaces the template.
      const current = await callsFor(bucket);
      if (current.get.template.signingRegion !== found)
        buckets.set(bucket, prepareBucket(options, transports, found, bucket));
      return await act(await callsFor(bucket));
    }
  };

  return {
    async listVersionsPage(request, signal) {
      return inRightRegion(request.bucket, (calls) => listPage(calls, request, signal));
    },
    async getVersion(request, sink, signal) {
      return inRightRegion(request.bucket, (calls) => getObject(calls, request, sink, signal));
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
    async delegate(bucket) {
      if (isProxied()) return undefined;
      const { client, credentials, get } = await callsFor(bucket);
      const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS, caBundle } = options;
      const clockOffsetMs = client.config.systemClockOffset;
      // A provider's answer may carry more than plain data.
      const { accessKeyId, secretAccessKey, sessionToken } = (await credentials?.()) ?? {};
      const keys =
        accessKeyId === undefined || secretAccessKey === undefined
          ? undefined
          : { accessKeyId, secretAccessKey, sessionToken };
      return { template: get.template, credentials: keys, clockOffsetMs, idleTimeoutMs, caBundle };
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
): Promise<BucketCalls> {
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
    const provider = options.noSignRequest ? undefined : client.config.credentials;
    const credentials =
      provider &&
      (() =>
        provider().catch((error) => {
          throw sdkErrorToS3PinError(error, subject);
        }));
    const clockOffsetMs = () => client.config.systemClockOffset;
    const callOf = (template: RequestTemplate): HotCall => ({
      template,
      sign: createRequestSigner(template, credentials, clockOffsetMs),
      transport: transports.hot,
    });
    return {
      client,
      credentials,
      get: callOf({ ...get, path: get.path.slice(0, -PLACEHOLDER.length) }),
      list: callOf(list),
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
  { client, get }: BucketCalls,
  request: GetVersionRequest,
  sink: ObjectSink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const refused = await sendGet(get, request, sink, signal);
  if (refused === undefined) return;
  const { bucket: Bucket, key: Key, versionId: VersionId } = request;
  const command = new GetObjectCommand({ Bucket, Key, VersionId });
  throw await meaningOf(client, command, refused, { ...request, permission: "s3:GetObjectVersion" });
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
  { client, list }: BucketCalls,
  request: VersionsPageRequest,
  signal: AbortSignal | undefined,
): Promise<VersionsPage> {
  const answer = await sendPage(list, request, signal);
  if ("rows" in answer) return answer;
  const { bucket } = request;
  const command = new ListObjectVersionsCommand({ Bucket: bucket });
  throw await meaningOf(client, command, answer, { bucket, permission: "s3:ListBucketVersions" });
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
