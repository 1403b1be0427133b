import type { IndexChanges } from "../local-index/save-index.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { Proof } from "../progress.ts";

/** What stands at an entry's place below the root, as lstat tells it. */
export type FileState =
  | { readonly kind: "missing" }
  | { readonly kind: "file"; readonly sizeBytes: number; readonly mtimeNs: bigint }
  /** A symlink at the entry's own place is replaced, never followed. */
  | { readonly kind: "symlink" }
  | { readonly kind: "directory" }
  /** A FIFO, socket or device. */
  | { readonly kind: "special" };

/** What a restore does for one entry that is not right yet. */
export type EntryStep =
  | { readonly kind: "fetch"; readonly entry: ManifestEntry; readonly reason: FetchReason }
  | { readonly kind: "make-folder"; readonly entry: ManifestEntry };

/** Why an entry is fetched. */
export type FetchReason = "missing" | "size" | "content" | "unproven" | "symlink";

/** A path that a restore refuses, and why. */
export interface RefusedPath {
  readonly path: string;
  /** A stable word for programs. */
  readonly code: string;
  /** For people. */
  readonly reason: string;
}

/** Entries that need nothing done: counted, since there may be millions of them. */
export interface UnchangedFiles {
  readonly files: number;
  readonly bytes: number;
  /** By the rung of the trust ladder that proved them. */
  readonly proofs: Readonly<Partial<Record<Proof, number>>>;
}

/** All that a restore would do, as a value: made before the first byte is written. */
export interface RestorePlan {
  readonly steps: readonly EntryStep[];
  /** Entries that are right as they are. */
  readonly unchanged: UnchangedFiles;
  /** Rows of the index that turned out otherwise than remembered. */
  readonly indexChanges: IndexChanges;
  /** Files below the root that go, `/`-separated, sorted. */
  readonly deletes: readonly string[];
  /** Files there now, those that `deletes` are counted against. */
  readonly filesThere: number;
  /** Directories to remove if the deletes leave them empty, deepest first. */
  readonly emptyDirectories: readonly string[];
  /** Entries whose place is only free once the deletes are done. */
  readonly blocked: ReadonlySet<string>;
  /** Files that `prune` leaves alone because they were changed since s3pin wrote them. */
  readonly kept: readonly RefusedPath[];
}
