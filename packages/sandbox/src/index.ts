export type { VersioningStatus } from "./bucket-store.ts";
export type { ChecksumAlgorithm, ChecksumType } from "./checksums.ts";
export type { FaultAction, FaultHandle, FaultRule } from "./faults.ts";
export type { Quirks } from "./quirks.ts";
export {
  type Moment,
  type PutOptions,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
  type VersionRow,
} from "./sandbox.ts";
export type { LoggedRequest } from "./server.ts";
