import { hash } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Body, bodyBytes, createBodyStore, sliceBody } from "./body.ts";
import {
  addVersion,
  createBucket,
  deleteKey,
  type Encryption,
  type ObjectVersion,
  removeVersion,
  requireBucket,
  requireBucketName,
  sortedKeys,
  type VersioningStatus,
  versionsOf,
} from "./bucket-store.ts";
import { type ChecksumAlgorithm, type ChecksumType, checksumOf } from "./checksums.ts";
import type { Context } from "./context.ts";
import { createFaultBox, type FaultHandle, type FaultRule } from "./faults.ts";
import { compareUtf8, compareUtf16 } from "./key-order.ts";
import { versionRows } from "./list-versions.ts";
import { assemble } from "./multipart.ts";
import { DEFAULT_CONTENT_TYPE, kmsKeyId, singlePartEtag } from "./object-attributes.ts";
import { type Quirks, withAwsDefaults } from "./quirks.ts";
import { findVersion } from "./read-object.ts";
import { requireKeyLength } from "./s3-request.ts";
import { createS3Server, type LoggedRequest } from "./server.ts";
import { createIdSource } from "./version-id.ts";

/** A moment: a Date, a text that `Date.parse` reads, or milliseconds since 1970. */
export type Moment = Date | string | number;

export interface SandboxOptions {
  /** @default 0, any free port */
  port?: number;
  /** @default "test" */
  accessKeyId?: string;
  /** @default "testtest" */
  secretAccessKey?: string;
  /** @default "us-east-1" */
  region?: string;
  /** Whether requests without a signature are served too. @default false */
  anonymous?: boolean;
  /** Milliseconds since 1970 at which the clock stands. @default the real clock */
  now?: number;
  /** Ways of other servers. @default none: AWS's ways */
  quirks?: Partial<Quirks>;
  /** What every answer waits at least, in milliseconds. @default 0 */
  latencyMs?: number;
  /** Version ids, upload ids and the chance in faults follow from it. @default 1 */
  seed?: number;
}

/** An object put without HTTP. */
export interface PutOptions {
  /** @default the clock */
  lastModified?: Moment;
  /** @default "STANDARD"; `GLACIER` and `DEEP_ARCHIVE` cannot be read */
  storageClass?: string;
  /** @default "binary/octet-stream" */
  contentType?: string;
  /** further headers to send back, names in lower case: `cache-control`, `x-amz-meta-…` */
  headers?: Readonly<Record<string, string>>;
  /** forces an ETag, without quotes, for one that is no MD5 */
  etag?: string;
  /** @default "AES256"; with `aws:kms` the ETag is no MD5 */
  sse?: "aws:kms" | "AES256";
  /** stores the object as a multipart upload with parts of this size, and an ETag `md5-N` */
  partSizeBytes?: number;
  /** @default "CRC64NVME" */
  checksum?: ChecksumAlgorithm;
  /** Of a multipart object. @default "FULL_OBJECT" for CRCs, "COMPOSITE" for SHAs */
  checksumType?: ChecksumType;
}

/** One version or delete marker, as it truly is. */
export interface VersionRow {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified: Date;
  /** 0 for a delete marker */
  readonly sizeBytes: number;
  /** without quotes; empty for a delete marker */
  readonly etag: string;
  readonly storageClass: string;
}

/** A running server, and the hands to set it up, to look into it and to make it fail. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL: for child processes */
  readonly env: Record<string, string>;
  /** Every request since the start or the last `clearLog`, in order of arrival. */
  readonly log: readonly LoggedRequest[];
  clearLog(): void;
  /** Stops the clock at a moment; undefined gives it back to real time. */
  setClock(at: Moment | undefined): void;
  /** Moves the clock on; a running one stops there. */
  advanceClock(ms: number): void;
  /** Sets some quirks and leaves the others as they are. */
  setQuirks(quirks: Partial<Quirks>): void;
  /** Makes a bucket, with versioning unless told otherwise. */
  createBucket(name: string, options?: { versioning?: VersioningStatus; region?: string }): void;
  setVersioning(bucket: string, status: "Enabled" | "Suspended"): void;
  /** Puts an object without HTTP: the newest version of its key, whatever `lastModified` says. */
  putObject(
    bucket: string,
    key: string,
    body: string | Uint8Array,
    options?: PutOptions,
  ): { versionId: string; etag: string };
  /** Makes a delete marker, or removes one version for good. */
  deleteObject(bucket: string, key: string, versionId?: string): { versionId?: string };
  /** The bytes of a version, by default the current one; archived or encrypted, they come. */
  readObject(bucket: string, key: string, versionId?: string): Buffer;
  /** All versions and delete markers whose key begins so, in the order of a listing. */
  versions(bucket: string, prefix?: string): readonly VersionRow[];
  /** From now on the matching requests fail so. Several rules may strike one request. */
  fault(rule: FaultRule): FaultHandle;
  /** Closes all connections and removes what was kept on disk. */
  close(): Promise<void>;
}

/**
 * Starts a versioned S3 server on 127.0.0.1.
 * @example
 * const sandbox = await startSandbox({ now: Date.parse("2026-11-02T10:00:00Z") });
 * sandbox.createBucket("media");
 * const { versionId } = sandbox.putObject("media", "site/a.txt", "hello");
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, accessKeyId = "test", secretAccessKey = "testtest", region = "us-east-1" } = options;
  const { anonymous = false, latencyMs = 0, seed = 1 } = options;
  let clockMs = options.now;
  const log: LoggedRequest[] = [];
  const faults = createFaultBox(seed);
  const context: Context = {
    region,
    buckets: new Map(),
    uploads: new Map(),
    bodies: createBodyStore(),
    ids: createIdSource(seed),
    now: () => clockMs ?? Date.now(),
    quirks: withAwsDefaults(options.quirks ?? {}),
  };
  const server = createS3Server({
    context,
    credentials: { accessKeyId, secretAccessKey },
    allowAnonymous: anonymous,
    faults,
    latencyMs,
    log,
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    endpoint,
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
    },
    log,
    clearLog() {
      log.length = 0;
    },
    setClock(at) {
      clockMs = at === undefined ? undefined : toMs(at);
    },
    advanceClock(ms) {
      clockMs = context.now() + ms;
    },
    setQuirks(quirks) {
      context.quirks = withAwsDefaults({ ...context.quirks, ...quirks });
    },
    createBucket(name, { versioning = "Enabled", region: bucketRegion = region } = {}) {
      requireBucketName(name);
      if (context.buckets.has(name)) throw new Error(`The bucket ${name} exists already`);
      const bucket = createBucket(name, bucketRegion, context.now());
      bucket.versioning = versioning;
      context.buckets.set(name, bucket);
    },
    setVersioning(bucket, status) {
      requireBucket(context.buckets, bucket).versioning = status;
    },
    putObject: (bucket, key, body, putOptions = {}) => putFixture(context, bucket, key, body, putOptions),
    deleteObject(bucketName, key, versionId) {
      const bucket = requireBucket(context.buckets, bucketName);
      if (versionId !== undefined) {
        removeVersion(bucket, key, versionId);
        return { versionId };
      }
      const marker = deleteKey(bucket, key, context.now(), context.ids.versionId);
      return marker ? { versionId: marker.versionId } : {};
    },
    readObject(bucket, key, versionId) {
      const version = findVersion(requireBucket(context.buckets, bucket), key, versionId);
      if (version.kind === "marker") throw new Error(`${key} ${version.versionId} is a delete marker`);
      return bodyBytes(version.body);
    },
    versions: (bucket, prefix = "") => listRows(context, bucket, prefix),
    fault: (rule) => faults.add(rule),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      context.bodies.removeAll();
    },
  };
}

function putFixture(
  context: Context,
  bucketName: string,
  key: string,
  content: string | Uint8Array,
  options: PutOptions,
): { versionId: string; etag: string } {
  const bucket = requireBucket(context.buckets, bucketName);
  requireKeyLength(key);
  if (key === "" || Buffer.from(key).toString() !== key) throw new Error(`Not a key: ${JSON.stringify(key)}`);
  // The caller may go on to change its buffer.
  const body = context.bodies.store(typeof content === "string" ? Buffer.from(content) : content);
  const encryption: Encryption =
    options.sse === "aws:kms" ? { kind: "aws:kms", keyId: kmsKeyId(context.region) } : { kind: "AES256" };
  const object = options.partSizeBytes
    ? assembleFixture(body, options.partSizeBytes, encryption, options)
    : { body, etag: md5Etag(body, encryption), checksum: options.checksum ?? "CRC64NVME" };
  const version = addVersion(
    bucket,
    {
      kind: "object",
      key,
      lastModifiedMs: options.lastModified === undefined ? context.now() : toMs(options.lastModified),
      storageClass: options.storageClass ?? "STANDARD",
      headers: { "content-type": options.contentType ?? DEFAULT_CONTENT_TYPE, ...options.headers },
      encryption,
      ...object,
      ...(options.etag === undefined ? {} : { etag: options.etag }),
    },
    context.ids.versionId,
  );
  return { versionId: version.versionId, etag: (version as ObjectVersion).etag };
}

function assembleFixture(
  body: Body,
  partSizeBytes: number,
  encryption: Encryption,
  options: PutOptions,
): ReturnType<typeof assemble> {
  const algorithm = options.checksum ?? "CRC64NVME";
  const type = options.checksumType ?? (algorithm.startsWith("SHA") ? "COMPOSITE" : "FULL_OBJECT");
  const parts = [];
  for (let start = 0; start === 0 || start < body.sizeBytes; start += partSizeBytes) {
    const part = sliceBody(body, start, start + partSizeBytes);
    const checksum = { algorithm, value: checksumOf(algorithm, [bodyBytes(part)]) };
    parts.push({ number: parts.length + 1, body: part, etag: md5Etag(part, encryption), checksum });
  }
  return assemble(parts, algorithm, type);
}

function md5Etag(body: Body, encryption: Encryption): string {
  return singlePartEtag(hash("md5", bodyBytes(body), "buffer"), encryption);
}

function listRows(context: Context, bucketName: string, prefix: string): VersionRow[] {
  const bucket = requireBucket(context.buckets, bucketName);
  const keys = sortedKeys(bucket, context.quirks.utf16Order ? compareUtf16 : compareUtf8);
  return keys
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => versionRows(versionsOf(bucket, key), context.quirks))
    .map((version) => ({
      key: version.key,
      versionId: version.versionId,
      isLatest: versionsOf(bucket, version.key).at(-1) === version,
      isDeleteMarker: version.kind === "marker",
      lastModified: new Date(version.lastModifiedMs),
      sizeBytes: version.kind === "object" ? version.body.sizeBytes : 0,
      etag: version.kind === "object" ? version.etag : "",
      storageClass: version.kind === "object" ? version.storageClass : "",
    }));
}

function toMs(at: Moment): number {
  const ms = typeof at === "number" ? at : at instanceof Date ? at.getTime() : Date.parse(at);
  if (Number.isNaN(ms)) throw new RangeError(`Not a moment: ${String(at)}`);
  return ms;
}
