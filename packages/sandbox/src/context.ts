import type { BodyStore } from "./body.ts";
import type { Bucket } from "./bucket-store.ts";
import type { Upload } from "./multipart.ts";
import type { Quirks } from "./quirks.ts";
import type { Reply } from "./reply.ts";
import type { S3Request } from "./s3-request.ts";
import type { Identity } from "./sigv4.ts";
import type { IdSource } from "./version-id.ts";

/** All that a running sandbox holds and its operations work on. */
export interface Context {
  readonly region: string;
  readonly buckets: Map<string, Bucket>;
  /** by upload id */
  readonly uploads: Map<string, Upload>;
  readonly bodies: BodyStore;
  readonly ids: IdSource;
  /** the settable clock, milliseconds since 1970 */
  readonly now: () => number;
  quirks: Readonly<Quirks>;
}

/** Carries out one kind of request. */
export type Operation = (context: Context, request: S3Request, identity: Identity) => Reply | Promise<Reply>;
