/** A limit on work in flight: it grows while that brings more throughput, falls when the store throttles, and recovers. */
export interface AdaptiveLimit {
  /** Resolves when one more may be in flight. */
  acquire(): Promise<void>;
  release(): void;
  /** Told of a throttled request or a broken connection: halves the limit, once for the requests in flight together. */
  throttled(): void;
  /** Told of a success of `bytes`. */
  succeeded(bytes: number): void;
  readonly limit: number;
}

export interface AdaptiveLimitOptions {
  /** Work in flight at the beginning. */
  readonly start: number;
  /** Work in flight at the most. */
  readonly max: number;
  /** Milliseconds on a clock that does not jump. @default performance.now */
  readonly now?: () => number;
}

/** A measurement is over after so long, and after each place was used once. */
const WINDOW_MS = 100;

/** A request costs as much as so many bytes, for the measure of throughput. */
const REQUEST_BYTES = 64 * 1024;

/** How much more is in flight after a window that brought more throughput, and how much more that must be. */
const GROWTH = 1.5;
const WORTH_GROWING = 1.05;

/** After so many windows without growth it is tried again: the network or the objects may have changed. */
const WINDOWS_UNTIL_NEXT_TRY = 20;

/**
 * While nothing was throttled the limit climbs: after each window it grows by half if the window before, with less in
 * flight, was slower. Once throttled it does as TCP does: half as much at once, then one more for each round of successes.
 */
export function createAdaptiveLimit({
  start,
  max,
  now = () => performance.now(),
}: AdaptiveLimitOptions): AdaptiveLimit {
  let limit = Math.min(start, max);
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  const admit = () => {
    while (inFlight < limit) {
      const next = waiting.shift();
      if (next === undefined) return;
      inFlight++;
      next();
    }
  };

  let wasThrottled = false;
  /** Throttled answers to ignore: their requests were sent before the last fall. */
  let stale = 0;
  let successes = 0;
  let window = { begun: now(), bytes: 0 };
  let slowerRate = 0;
  let idleWindows = 0;

  const climb = (bytes: number) => {
    window.bytes += bytes + REQUEST_BYTES;
    const elapsed = now() - window.begun;
    if (elapsed < WINDOW_MS || successes < limit) return;
    const rate = window.bytes / elapsed;
    // Places that nobody waits for say nothing about the next ones.
    const mayGrow = waiting.length > 0 && limit < max;
    const isWorthIt = rate > slowerRate * WORTH_GROWING || ++idleWindows >= WINDOWS_UNTIL_NEXT_TRY;
    if (mayGrow && isWorthIt) {
      slowerRate = rate;
      idleWindows = 0;
      limit = Math.min(max, Math.ceil(limit * GROWTH));
    }
    successes = 0;
    window = { begun: now(), bytes: 0 };
  };
  const recover = () => {
    if (successes < limit || limit >= max) return;
    successes = 0;
    limit++;
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
      wasThrottled = true;
      successes = 0;
      if (stale > 0) {
        stale--;
        return;
      }
      limit = Math.max(1, Math.floor(limit / 2));
      stale = Math.max(0, inFlight - 1);
    },
    succeeded(bytes) {
      if (stale > 0) stale--;
      successes++;
      if (wasThrottled) recover();
      else climb(bytes);
      admit();
    },
    get limit() {
      return limit;
    },
  };
}
