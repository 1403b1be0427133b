import type { VersionsPage } from "../versions/types.ts";
import type { RequestTemplate } from "./request-template.ts";
import type { Credentials } from "./sign-request.ts";

/** A bucket's versioning state, as GetBucketVersioning tells it; `Off` when it never was enabled. */
export type Versioning = "Enabled" | "Suspended" | "Off";

/** A request for one page of ListObjectVersions. */
export interface VersionsPageRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Markers of the page before, given back untouched. */
  readonly keyMarker?: string | undefined;
  readonly versionIdMarker?: string | undefined;
  /** Rows a page, 1 to 1,000. @default 1000 */
  readonly maxKeys?: number | undefined;
}

/** A request for the bytes of one version. */
export interface GetVersionRequest {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** First and last byte, inclusive. */
  readonly range?: readonly [first: number, last: number] | undefined;
  /** An ETag without its quotes: the answer is refused with 412 when the object's differs. */
  readonly ifMatch?: string | undefined;
}

/** A request for what the store says of one version, or of one of its parts. */
export interface HeadVersionRequest {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** 1 for the first; then the length and the checksums are that part's. */
  readonly partNumber?: number | undefined;
}

/** What the answer to a {@link GetVersionRequest} says before its first byte. */
export interface ObjectHead {
  /** 200, or 206 when a range was asked for and is served. */
  readonly status: 200 | 206;
  /** Undefined when the store does not send `x-amz-version-id`. */
  readonly versionId: string | undefined;
  /** Bytes of this body; undefined when chunked. */
  readonly contentLength: number | undefined;
  /** Without its quotes. */
  readonly etag: string | undefined;
  readonly lastModifiedMs: number | undefined;
  /** Whether the ETag can be an MD5: not with SSE-KMS or a customer's key. */
  readonly etagMayBeMd5: boolean;
  /** Checksums over these bytes that S3 stored, base64, by lower-case algorithm name (`crc32`, `sha256`, …); none of a range. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Where the bytes of one answer go. */
export interface ObjectSink {
  /** Called once, before the first byte, which waits for a promise; throwing or rejecting refuses the body. */
  start(head: ObjectHead): Promise<void> | undefined;
  /**
   * Called for each chunk, whose bytes are only good until this returns; a promise holds the sender back until it settles.
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
}

/** See {@link ObjectStore.delegate}. */
export interface GetDelegation {
  readonly template: RequestTemplate;
  /** Undefined for requests that are not signed. */
  readonly credentials: Credentials | undefined;
  readonly clockOffsetMs: number;
  readonly idleTimeoutMs: number;
  readonly caBundle: string | undefined;
}

/**
 * What s3pin needs of an S3 server. Errors are {@link S3PinError}s; those of kind `THROTTLED`, `SERVER_ERROR`,
 * `CONNECTION_FAILED`, `TIMEOUT` and `SHORT_BODY` may be tried again (see `isRetryable`), and this interface does not
 * do so itself.
 */
export interface ObjectStore {
  /** One page of versions and delete markers, in document order. */
  listVersionsPage(request: VersionsPageRequest, signal?: AbortSignal): Promise<VersionsPage>;
  /** Streams one version into `sink`; resolves after its last byte. */
  getVersion(request: GetVersionRequest, sink: ObjectSink, signal?: AbortSignal): Promise<void>;
  /** What the store says of one version, without its bytes. */
  headVersion(request: HeadVersionRequest, signal?: AbortSignal): Promise<ObjectHead>;
  getVersioning(bucket: string, signal?: AbortSignal): Promise<Versioning>;
  /**
   * What another thread needs to read versions of a bucket by itself: plain data, good for some minutes. Undefined where
   * none can.
   */
  delegate?(bucket: string): Promise<GetDelegation | undefined>;
  /** Closes the connections. */
  close(): Promise<void>;
}
