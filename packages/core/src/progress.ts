import type { S3PinError } from "./errors.ts";

/** What happened to one path. Bytes are those of the object. */
export type PathEvent =
  | { readonly kind: "downloaded"; readonly path: string; readonly bytes: number; readonly proof: Proof }
  | { readonly kind: "unchanged"; readonly path: string; readonly bytes: number; readonly proof: Proof }
  | { readonly kind: "would-download"; readonly path: string; readonly bytes: number | undefined }
  | { readonly kind: "deleted"; readonly path: string }
  | { readonly kind: "would-delete"; readonly path: string }
  | { readonly kind: "kept"; readonly path: string; readonly reason: string }
  | { readonly kind: "skipped"; readonly path: string; readonly reason: string }
  | { readonly kind: "failed"; readonly path: string; readonly error: S3PinError };

/** Which rung of the trust ladder proved that a file holds the pinned version's bytes. */
export type Proof = "index" | "md5" | "checksum" | "multipart-etag" | "version-id";

/** How far a run is; sent at every change, so a listener that draws should do so at its own pace. */
export interface Progress {
  readonly phase: "list" | "plan" | "download" | "delete";
  /** Entries, keys or files done in this phase. */
  readonly done: number;
  /** Undefined while unknown. */
  readonly total: number | undefined;
  readonly bytesDone: number;
  readonly bytesTotal: number | undefined;
}
