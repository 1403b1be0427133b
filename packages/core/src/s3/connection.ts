/**
 * How to reach a store. The names are those of the AWS CLI's flags; what is left out comes from the SDK's default chain
 * (environment, ~/.aws, SSO, web identity, container and instance roles).
 */
export interface ConnectionOptions {
  /** A profile of ~/.aws/config. */
  readonly profile?: string | undefined;
  /** @default the chain's; then us-east-1, from where S3 itself names the bucket's region */
  readonly region?: string | undefined;
  /** An S3-compatible endpoint, `http://` or `https://`. */
  readonly endpointUrl?: string | undefined;
  /** `https://endpoint/bucket/key` in place of `https://bucket.endpoint/key`. @default true with `endpointUrl` */
  readonly forcePathStyle?: boolean | undefined;
  /** Send anonymous requests, for public buckets. @default false */
  readonly noSignRequest?: boolean | undefined;
  /** Agree to be charged for the requests. @default false */
  readonly requestPayer?: boolean | undefined;
  /** The customer's key of SSE-C objects: 32 bytes. */
  readonly sseCustomerKey?: Uint8Array | undefined;
  /** Connections to one host at the most. @default 256 */
  readonly maxConnections?: number | undefined;
  /** A PEM file of certificate authorities to trust besides Node's own (AWS_CA_BUNDLE). */
  readonly caBundle?: string | undefined;
  /** No byte for so long is a time-out. @default 60000 */
  readonly idleTimeoutMs?: number | undefined;
}

/** No byte for so long is a time-out. */
export const DEFAULT_IDLE_TIMEOUT_MS = 60_000;
