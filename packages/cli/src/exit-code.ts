import type { ErrorCode, RestoreReport } from "@s3pin/core";

/** What the process tells its caller; README.md and docs/errors.md name the same numbers. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Usage, or a manifest that cannot be read. */
  usage: 2,
  /** Finished, but something differs or was skipped. */
  differs: 3,
  /** A pinned version is gone. */
  gone: 4,
  /** Refused by a guard. */
  refused: 5,
  interrupted: 130,
  /** What a shell reports of a program whose reader went away, as of `git log | head`. */
  brokenPipe: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Total, so that a new code of core does not compile before it has an exit code. */
export const EXIT_CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  USAGE: EXIT.usage,
  INVALID_URI: EXIT.usage,
  INVALID_TIME: EXIT.usage,
  INVALID_PATTERN: EXIT.usage,
  MANIFEST_NOT_FOUND: EXIT.usage,
  MANIFEST_INVALID: EXIT.usage,
  SOURCE_MISSING: EXIT.usage,
  UNSAFE_PATHS: EXIT.refused,
  PATH_CONFLICTS: EXIT.refused,
  VERSIONING_OFF: EXIT.refused,
  NULL_VERSIONS: EXIT.refused,
  EMPTY_LISTING: EXIT.refused,
  EMPTY_MANIFEST: EXIT.refused,
  TOO_MANY_DELETES: EXIT.refused,
  DANGEROUS_ROOT: EXIT.refused,
  ROOT_LOCKED: EXIT.refused,
  VERSION_GONE: EXIT.gone,
  VERSION_ARCHIVED: EXIT.differs,
  WRONG_VERSION: EXIT.failed,
  DIGEST_MISMATCH: EXIT.failed,
  SIZE_MISMATCH: EXIT.failed,
  SHORT_BODY: EXIT.failed,
  CREDENTIALS_MISSING: EXIT.failed,
  CREDENTIALS_REFUSED: EXIT.failed,
  ACCESS_DENIED: EXIT.failed,
  BUCKET_NOT_FOUND: EXIT.failed,
  WRONG_REGION: EXIT.failed,
  THROTTLED: EXIT.failed,
  SERVER_ERROR: EXIT.failed,
  CONNECTION_FAILED: EXIT.failed,
  TIMEOUT: EXIT.failed,
  UNEXPECTED_ANSWER: EXIT.failed,
  LISTING_STUCK: EXIT.failed,
  VERSIONS_OUT_OF_ORDER: EXIT.failed,
  ROOT_INVALID: EXIT.usage,
  DISK_FULL: EXIT.failed,
  PERMISSION_DENIED: EXIT.failed,
  SYMLINK_IN_ROOT: EXIT.refused,
  FILE_SYSTEM: EXIT.failed,
  ABORTED: EXIT.interrupted,
  INTERNAL: EXIT.failed,
};

/**
 * The exit code of a restore that came to its end:
 *
 * | failures                          | code |
 * |-----------------------------------|------|
 * | one that is neither of the below  | 1    |
 * | else one that is gone             | 4    |
 * | else one that is archived, or a path skipped | 3 |
 * | none                              | 0    |
 *
 * A dry run whose real one would be refused has the code of the refusal.
 */
export function restoreExitCode({
  failures,
  skipped,
  refusal,
}: Pick<RestoreReport, "failures" | "skipped" | "refusal">): ExitCode {
  if (refusal !== undefined) return EXIT_CODES[refusal.code];
  const codes = new Set(failures.map(({ error }) => error.code));
  for (const code of codes) if (code !== "VERSION_GONE" && code !== "VERSION_ARCHIVED") return EXIT.failed;
  if (codes.has("VERSION_GONE")) return EXIT.gone;
  return codes.has("VERSION_ARCHIVED") || skipped.length > 0 ? EXIT.differs : EXIT.done;
}

/** The exit code of a status: 3 for anything to do only when that was asked for. */
export function statusExitCode(report: RestoreReport, tellDifference: boolean): ExitCode {
  if (report.refusal !== undefined) return EXIT_CODES[report.refusal.code];
  const isClean = report.downloaded + report.deleted + report.skipped.length === 0;
  return isClean || !tellDifference ? EXIT.done : EXIT.differs;
}
