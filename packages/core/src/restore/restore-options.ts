import type { S3PinError } from "../errors.ts";
import type { Manifest } from "../manifest/types.ts";
import type { ManifestFile } from "../manifest-file/read-manifest-file.ts";
import type { MaxDelete } from "../plan/plan-deletes.ts";
import type { RefusedPath } from "../plan/types.ts";
import type { PathEvent, Progress, Proof } from "../progress.ts";
import type { RetryOptions } from "../retry/with-retry.ts";
import type { ObjectStore } from "../s3/object-store.ts";

/** How to look at a root, for `restore` and `status` alike. */
export interface InspectRootOptions {
  /** Given as a file (`openManifestFile`), it is only read when something may have to be done. */
  readonly manifest: Manifest | ManifestFile;
  /** The directory restored into; made when it is missing. */
  readonly root: string;
  /** Where the local index is. @default in the user's cache directory, under a hash of the root's real path */
  readonly indexFile?: string | undefined;
  /** Distrust the index: hash every file. @default false */
  readonly rehash?: boolean | undefined;
  /** Leave out paths that cannot be restored safely instead of refusing them all. @default false */
  readonly skipUnsafe?: boolean | undefined;
  /** Remove files that an earlier restore wrote and the manifest no longer has. @default false */
  readonly prune?: boolean | undefined;
  /** Remove all that the manifest does not have. @default false */
  readonly delete?: boolean | undefined;
  /** Files that may be deleted. @default 20 files or 25 % of those there, whichever is more */
  readonly maxDelete?: MaxDelete | undefined;
  /** Delete even in `/`, a home, an ancestor of the current directory, or beside `.git`. @default false */
  readonly dangerousRoot?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told of each path as it is done with. */
  readonly onPath?: ((event: PathEvent) => void) | undefined;
  /** Tell `onPath` of files that were right already, too; a run with nothing to do is quicker without. @default true */
  readonly listUnchanged?: boolean | undefined;
  /** Told of what does not stop the run. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

export interface RestoreOptions extends InspectRootOptions {
  /** Makes the store; called only when something must be fetched. */
  readonly connect: () => Promise<ObjectStore>;
  /** Objects in flight; fewer while the store throttles. @default 32 at first, then as many as bring throughput, up to 256 */
  readonly concurrency?: number | undefined;
  /** Give files the mtime of their object. @default true */
  readonly mtime?: boolean | undefined;
  /** List what would be done, and do nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** Wait for another run on the same root. @default true */
  readonly wait?: boolean | undefined;
  readonly retry?: RetryOptions | undefined;
}

/** What a restore did, or would do. Bytes are those of objects. */
export interface RestoreReport {
  readonly dryRun: boolean;
  /** Entries of the manifest. */
  readonly entries: number;
  readonly downloaded: number;
  readonly bytesDownloaded: number;
  readonly unchanged: number;
  readonly bytesUnchanged: number;
  readonly deleted: number;
  /** Files by the rung of the trust ladder that proved them. */
  readonly proofs: Readonly<Partial<Record<Proof, number>>>;
  /** Entries left out by `skipUnsafe`. */
  readonly skipped: readonly RefusedPath[];
  /** Files that `prune` left alone because they were changed since s3pin wrote them. */
  readonly kept: readonly RefusedPath[];
  readonly failures: readonly { readonly path: string; readonly error: S3PinError }[];
  /** Deletes that were not done because something failed. */
  readonly deletesWithheld: number;
  /** Of a dry run: why the real one would be refused (`TOO_MANY_DELETES`). */
  readonly refusal: S3PinError | undefined;
}
