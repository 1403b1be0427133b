export { type ErrorCode, isS3PinError, printable, S3PinError, type S3PinErrorOptions } from "./errors.ts";
export { defaultIndexFile } from "./local-index/index-location.ts";
export * from "./manifest/index.ts";
export {
  type ManifestFile,
  openManifestFile,
  type ReadManifestFileOptions,
  readManifestFile,
} from "./manifest-file/read-manifest-file.ts";
export { writeManifestFile } from "./manifest-file/write-manifest-file.ts";
export { type PinOptions, type PinReport, pin } from "./pin/pin.ts";
export type { MaxDelete } from "./plan/plan-deletes.ts";
export type { RefusedPath } from "./plan/types.ts";
export type { PathEvent, Progress, Proof } from "./progress.ts";
export { restore, status } from "./restore/restore.ts";
export type { InspectRootOptions, RestoreOptions, RestoreReport } from "./restore/restore-options.ts";
export { type RetryOptions, withRetry } from "./retry/with-retry.ts";
export { connect } from "./s3/connect.ts";
export type { ConnectionOptions } from "./s3/connection.ts";
export type {
  GetVersionRequest,
  ObjectHead,
  ObjectSink,
  ObjectStore,
  Versioning,
  VersionsPageRequest,
} from "./s3/object-store.ts";
export { parseTime } from "./time/parse-time.ts";
export { type VerifyFinding, type VerifyOptions, type VerifyReport, verify } from "./verify/verify.ts";
export type { ObjectVersion, VersionsPage } from "./versions/types.ts";
