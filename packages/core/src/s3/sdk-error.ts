import { type ErrorCode, isS3PinError, printable, S3PinError } from "../errors.ts";

/** What a request was about, for the words of its error. */
export interface RequestSubject {
  readonly bucket: string;
  readonly key?: string | undefined;
  readonly versionId?: string | undefined;
  /** The IAM actions it needs, for the hint of a 403. */
  readonly permission: string;
}

/** The part of an SDK error that s3pin reads. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly Code?: string;
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * The meaning of an SDK error, told by its code and status.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function sdkErrorToS3PinError(error: unknown, subject: RequestSubject): S3PinError {
  if (isS3PinError(error)) return error;
  const { name = "Error", message = "", Code, $metadata, $response, Region } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  const s3Code = Code ?? name;
  const headers = $response?.headers ?? {};
  const what =
    subject.key === undefined
      ? `s3://${subject.bucket}`
      : `s3://${subject.bucket}/${printable(subject.key)}${subject.versionId === undefined ? "" : ` (version ${printable(subject.versionId)})`}`;
  const make = (code: ErrorCode, text: string, hint?: string, details: Record<string, unknown> = {}) =>
    new S3PinError(code, text, {
      ...(hint === undefined ? {} : { hint }),
      details: {
        bucket: subject.bucket,
        key: subject.key,
        versionId: subject.versionId,
        status,
        s3Code,
        requestId: $metadata?.requestId,
        ...details,
      },
      cause: error,
    });
  const answer = `${status ?? ""} ${s3Code}`.trim();

  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return make(
      "CREDENTIALS_MISSING",
      `No AWS credentials were found: ${printable(message)}`,
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or pass --no-sign-request for a public bucket.",
    );
  if (name === "AbortError") return new S3PinError("ABORTED", "Stopped on request", { cause: error });

  switch (s3Code) {
    case "NoSuchBucket":
      return make(
        "BUCKET_NOT_FOUND",
        `There is no bucket ${subject.bucket}`,
        "Check the name, and the endpoint if it is not AWS.",
      );
    case "NoSuchVersion":
      return gone(`${what} is gone (${answer})`);
    case "NoSuchKey":
    case "NotFound":
      if (subject.key !== undefined) return gone(`${what} is gone (${answer})`);
      break;
    case "MethodNotAllowed":
      if (subject.key !== undefined) return gone(`${what} is a delete marker (${answer})`);
      break;
    case "InvalidArgument":
      if (subject.versionId !== undefined && status === 400)
        return gone(`${what} is not known to the store (${answer})`);
      break;
    case "InvalidObjectState":
      return make(
        "VERSION_ARCHIVED",
        `${what} is archived and cannot be read (${answer})`,
        "Restore it from the archive first (aws s3api restore-object with --version-id), or pin a version in another storage class.",
      );
    case "PreconditionFailed":
      return make(
        "WRONG_VERSION",
        `${what} no longer has the pinned ETag (${answer})`,
        "A null version was overwritten. Pin again, and enable versioning on the bucket.",
      );
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "InvalidToken":
    case "TokenRefreshRequired":
      return make(
        "CREDENTIALS_REFUSED",
        `The store refused the credentials (${answer})`,
        s3Code.startsWith("Expired")
          ? "They have expired: sign in again, or have the job assume its role shortly before."
          : "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile.",
      );
    case "RequestTimeTooSkewed":
      return make(
        "CREDENTIALS_REFUSED",
        `This machine's clock differs too much from the store's (${answer})`,
        "Set the clock.",
        {
          clockSkew: true,
        },
      );
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
    case "IllegalLocationConstraintException": {
      const region = headers["x-amz-bucket-region"] ?? Region;
      return make(
        "WRONG_REGION",
        `The bucket ${subject.bucket} is not in the region that was asked${region ? ` but in ${region}` : ""} (${answer})`,
        region ? `Pass --region ${region}.` : "Pass the bucket's region with --region.",
        { region },
      );
    }
    case "RequestTimeout":
      return make("TIMEOUT", `The store waited in vain for the request (${answer})`);
    default:
  }

  if (status === 429 || status === 503 || s3Code === "SlowDown" || /throttl|RequestLimitExceeded/i.test(s3Code))
    return make("THROTTLED", `The store asks for fewer requests (${answer})`, undefined, {
      retryAfterMs: retryAfterMs(headers["retry-after"]),
    });
  if (status !== undefined && status >= 500 && status !== 501)
    return make("SERVER_ERROR", `The store failed (${answer})`, undefined, {
      retryAfterMs: retryAfterMs(headers["retry-after"]),
    });
  if (status === 403)
    return make(
      "ACCESS_DENIED",
      `Access to ${what} is denied (${answer})`,
      `The credentials need ${subject.permission}.${subject.key === undefined ? "" : " (Without s3:ListBucket S3 says so of a missing version, too.)"}`,
    );
  if (status === 404 && subject.key !== undefined) return gone(`${what} is gone (${answer})`);
  return make(
    "UNEXPECTED_ANSWER",
    `An answer that s3pin does not understand, for ${what}: ${answer} ${printable(message).slice(0, 300)}`.trim(),
    s3Code === "InvalidRequest" && subject.key !== undefined
      ? "If the object is encrypted with a customer's key (SSE-C), pass it with --sse-c-key."
      : undefined,
  );

  function gone(text: string): S3PinError {
    return make(
      "VERSION_GONE",
      text,
      "Somebody or a lifecycle rule removed it: pin again, or look at the bucket's lifecycle rules.",
    );
  }
}

/**
 * Retry-After in milliseconds: seconds, or an HTTP date.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(value: string | undefined, nowMs: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
