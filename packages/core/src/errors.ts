/** Every code an {@link S3PinError} can carry; `docs/errors.md` explains each one. */
export type ErrorCode =
  // what the user gave
  | "USAGE"
  | "INVALID_URI"
  | "INVALID_TIME"
  | "INVALID_PATTERN"
  | "MANIFEST_NOT_FOUND"
  | "MANIFEST_INVALID"
  | "SOURCE_MISSING"
  // refused by a guard
  | "UNSAFE_PATHS"
  | "PATH_CONFLICTS"
  | "VERSIONING_OFF"
  | "NULL_VERSIONS"
  | "EMPTY_LISTING"
  | "EMPTY_MANIFEST"
  | "TOO_MANY_DELETES"
  | "DANGEROUS_ROOT"
  | "ROOT_LOCKED"
  // one object
  | "VERSION_GONE"
  | "VERSION_ARCHIVED"
  | "WRONG_VERSION"
  | "DIGEST_MISMATCH"
  | "SIZE_MISMATCH"
  | "SHORT_BODY"
  // the store as a whole
  | "CREDENTIALS_MISSING"
  | "CREDENTIALS_REFUSED"
  | "ACCESS_DENIED"
  | "BUCKET_NOT_FOUND"
  | "WRONG_REGION"
  | "THROTTLED"
  | "SERVER_ERROR"
  | "CONNECTION_FAILED"
  | "TIMEOUT"
  | "UNEXPECTED_ANSWER"
  | "LISTING_STUCK"
  | "VERSIONS_OUT_OF_ORDER"
  // the disk
  | "ROOT_INVALID"
  | "DISK_FULL"
  | "PERMISSION_DENIED"
  | "SYMLINK_IN_ROOT"
  | "FILE_SYSTEM"
  // the run as a whole
  | "ABORTED"
  | "INTERNAL";

/** What an {@link S3PinError} may carry beside its code and message. */
export interface S3PinErrorOptions {
  /** The next step, as a sentence to a person. */
  readonly hint?: string;
  /** The facts of the message as fields, for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error that s3pin throws on purpose: a stable code for programs, a message (what failed, on what, expected and
 * found) and a hint (the next step) for people.
 */
export class S3PinError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: S3PinErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "S3PinError";
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
    Object.defineProperty(this, mark, { value: true });
  }
}

/** Two copies of this module (a bundle's and a caller's) may meet, so `instanceof` cannot tell. */
const mark = Symbol.for("s3pin.error");

/** Whether `error` is an {@link S3PinError}, of this or of another copy of the library. */
export function isS3PinError(error: unknown): error is S3PinError {
  return typeof error === "object" && error !== null && mark in error;
}

/** Text from outside (keys, server bodies) with control characters escaped, fit to be shown on a terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === "\n"
      ? "\\n"
      : character === "\r"
        ? "\\r"
        : character === "\t"
          ? "\\t"
          : `\\u{${character.charCodeAt(0).toString(16).padStart(2, "0")}}`,
  );
}
