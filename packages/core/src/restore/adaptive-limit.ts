/** A limit on work in flight that falls when the store throttles and recovers as work succeeds. */
export interface AdaptiveLimit {
  /** Resolves when one more may be in flight. */
  acquire(): Promise<void>;
  release(): void;
  /** Told of a throttled request: halves the limit, once for the requests that were in flight together. */
  throttled(): void;
  /** Told of a success: after as many successes as the limit is high, it grows by one. */
  succeeded(): void;
  readonly limit: number;
}

/**
 * Additive increase, multiplicative decrease, as TCP does it.
 * @param start work in flight at the beginning
 * @param max work in flight at the most
 */
export function createAdaptiveLimit(start: number, max: number): AdaptiveLimit {
  let limit = Math.min(start, max);
  let inFlight = 0;
  let successes = 0;
  /** Throttled answers to ignore: their requests were sent before the last fall. */
  let stale = 0;
  const waiting: (() => void)[] = [];
  const admit = () => {
    while (inFlight < limit) {
      const next = waiting.shift();
      if (next === undefined) return;
      inFlight++;
      next();
    }
  };
  return {
    acquire() {
      return new Promise((resolve) => {
        waiting.push(resolve);
        admit();
      });
    },
    release() {
      inFlight--;
      admit();
    },
    throttled() {
      successes = 0;
      if (stale > 0) {
        stale--;
        return;
      }
      limit = Math.max(1, Math.floor(limit / 2));
      stale = Math.max(0, inFlight - 1);
    },
    succeeded() {
      if (stale > 0) stale--;
      if (++successes < limit || limit >= max) return;
      successes = 0;
      limit++;
      admit();
    },
    get limit() {
      return limit;
    },
  };
}
