import { type ErrorCode, isS3PinError, type S3PinError } from "../errors.ts";

export interface RetryOptions {
  /** Attempts for one piece of work, the first included. @default 8 */
  readonly maxAttempts?: number;
  /** The first wait is at most this long, each further one at most twice the former's bound. @default 100 */
  readonly baseDelayMs?: number;
  /** No wait is longer, but for a longer Retry-After. @default 20000 */
  readonly maxDelayMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of each failure that will be tried again. */
  readonly onRetry?: (error: S3PinError, attempt: number) => void;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default a timer that ends with the signal */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Attempts that each retryable failure is worth; a code that is not here is final. */
const ATTEMPTS: Partial<Record<ErrorCode, number>> = {
  THROTTLED: 8,
  SERVER_ERROR: 8,
  CONNECTION_FAILED: 8,
  TIMEOUT: 8,
  SHORT_BODY: 8,
  // A store that keeps sending other bytes will not be cured by patience, and each try costs the whole object.
  DIGEST_MISMATCH: 4,
  SIZE_MISMATCH: 2,
};

/** A name that does not resolve or a port where nobody listens is rarely cured by waiting a minute. */
const FEW_ATTEMPTS = new Set(["ENOTFOUND", "ECONNREFUSED"]);

/** How often work that failed so may be tried in all; 1 for a failure that trying again cannot cure. */
export function attemptsWorth(error: unknown): number {
  if (!isS3PinError(error) || error.details.permanent === true) return 1;
  const attempts = ATTEMPTS[error.code] ?? 1;
  return FEW_ATTEMPTS.has(String(error.details.cause)) ? Math.min(attempts, 4) : attempts;
}

/**
 * Runs `attempt` until it succeeds, fails for good or is out of tries, with full-jitter backoff between, and never
 * sooner than the store's Retry-After.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function withRetry<T>(attempt: (number: number) => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const {
    maxAttempts = 8,
    baseDelayMs = 100,
    maxDelayMs = 20_000,
    signal,
    onRetry,
    random = Math.random,
    sleep = sleepFor,
  } = options;
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (signal?.aborted || number >= Math.min(maxAttempts, attemptsWorth(error))) throw error;
      onRetry?.(error as S3PinError, number);
      const jittered = random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (number - 1));
      const asked = Number((error as S3PinError).details.retryAfterMs ?? 0);
      await sleep(Math.max(jittered, Math.min(asked, MAX_RETRY_AFTER_MS)), signal);
    }
  }
}

/** A store that asks for more than this is as good as down; a deploy should fail rather than hang. */
const MAX_RETRY_AFTER_MS = 120_000;

function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
