import { isS3PinError, printable, S3PinError } from "../errors.ts";
import { resolverInRoot } from "../paths/resolve-in-root.ts";
import type { Proof } from "../progress.ts";
import type { IndexKeeper } from "./index-keeper.ts";
import type { Inspection } from "./inspect.ts";
import type { RestoreOptions } from "./restore-options.ts";
import type { TempDir } from "./temp-dir.ts";

/** A restore that is being carried out: what it was planned from, what it uses, and what it has done so far. */
export interface Work {
  readonly inspection: Inspection;
  readonly options: RestoreOptions;
  readonly signal: AbortSignal;
  /** An entry's place on the disk. */
  readonly toFile: (path: string) => string;
  readonly tempDir: TempDir;
  readonly index: IndexKeeper;
  readonly failures: { readonly path: string; readonly error: S3PinError }[];
  readonly downloads: { files: number; bytes: number; readonly proofs: Partial<Record<Proof, number>> };
}

export function beginWork(
  inspection: Inspection,
  options: RestoreOptions,
  parts: Pick<Work, "signal" | "tempDir" | "index">,
): Work {
  return {
    inspection,
    options,
    ...parts,
    toFile: resolverInRoot(inspection.root),
    failures: [],
    downloads: { files: 0, bytes: 0, proofs: {} },
  };
}

/** Notes that an entry was put at its place. */
export function noteDownload({ downloads, options }: Work, path: string, bytes: number, proof: Proof): void {
  downloads.files++;
  downloads.bytes += bytes;
  downloads.proofs[proof] = (downloads.proofs[proof] ?? 0) + 1;
  options.onPath?.({ kind: "downloaded", path, bytes, proof });
}

/** Notes that an entry could not be restored; the others go on. */
export function noteFailure({ failures, options }: Work, path: string, error: S3PinError): void {
  failures.push({ path, error });
  options.onPath?.({ kind: "failed", path, error });
}

/** The failure of one entry, whatever was thrown. */
export function entryError(error: unknown, path: string): S3PinError {
  if (isS3PinError(error)) return error;
  if (error instanceof Error && error.name === "AbortError")
    return new S3PinError("ABORTED", "Stopped on request", { cause: error });
  return new S3PinError("INTERNAL", `${printable(path)}: ${error instanceof Error ? error.message : String(error)}`, {
    hint: "This is a bug in s3pin; please report it with the output of --debug.",
    cause: error,
  });
}
