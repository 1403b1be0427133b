import { describe, expect, it } from "vitest";

import { createAdaptiveLimit } from "./adaptive-limit.ts";
import { createByteBudget } from "./byte-budget.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("createAdaptiveLimit()", () => {
  it("admits as many as the limit and the next when one is done", async () => {
    const limit = createAdaptiveLimit({ start: 2, max: 4 });
    let admitted = 0;
    for (let i = 0; i < 4; i++) void limit.acquire().then(() => admitted++);
    await settled();
    expect(admitted).toBe(2);
    limit.release();
    await settled();
    expect(admitted).toBe(3);
  });

  it("halves once for the requests that were throttled together, and grows back", async () => {
    const limit = createAdaptiveLimit({ start: 64, max: 64 });
    for (let i = 0; i < 64; i++) void limit.acquire();
    for (let i = 0; i < 64; i++) {
      limit.throttled();
      limit.release();
    }
    expect(limit.limit).toBe(32);
    for (let i = 0; i < 5_000; i++) limit.succeeded(1);
    expect(limit.limit).toBe(64);
  });

  /** A store that answers each request after `latencyMs` and serves `perSecond` at the most; gives the limit in the end. */
  function simulate(store: { latencyMs: number; perSecond: number; throttleAbove?: number }, seconds: number) {
    let clock = 0;
    const limit = createAdaptiveLimit({ start: 32, max: 256, now: () => clock });
    const answers: { at: number; isThrottled: boolean }[] = [];
    let nextFree = 0;
    let done = 0;
    const send = () =>
      void limit.acquire().then(() => {
        nextFree = Math.max(nextFree, clock) + 1_000 / store.perSecond;
        const isThrottled = answers.length >= (store.throttleAbove ?? Number.POSITIVE_INFINITY);
        answers.push({
          at: isThrottled ? clock + store.latencyMs : Math.max(nextFree, clock + store.latencyMs),
          isThrottled,
        });
        answers.sort((a, b) => a.at - b.at);
      });
    for (let i = 0; i < 256; i++) send();
    return (async () => {
      while (clock < seconds * 1_000) {
        await settled();
        const answer = answers.shift();
        if (answer === undefined) break;
        clock = answer.at;
        if (answer.isThrottled) limit.throttled();
        else {
          done++;
          limit.succeeded(30_000);
        }
        limit.release();
        send();
      }
      return { limit: limit.limit, perSecond: done / seconds };
    })();
  }

  it("climbs to its height where latency is what holds the work up", async () => {
    expect(await simulate({ latencyMs: 25, perSecond: 1e6 }, 3)).toMatchObject({ limit: 256 });
  });

  it("stays modest where more in flight brings nothing", async () => {
    const { limit, perSecond } = await simulate({ latencyMs: 1, perSecond: 2_000 }, 2);
    expect(limit).toBeLessThan(128);
    expect(perSecond).toBeGreaterThan(1_900);
  });

  it("converges below what a store throttles", async () => {
    const { limit, perSecond } = await simulate({ latencyMs: 25, perSecond: 1e6, throttleAbove: 100 }, 10);
    expect(limit).toBeGreaterThan(40);
    expect(limit).toBeLessThan(120);
    expect(perSecond).toBeGreaterThan(2_000);
  });

  it("never falls below one", () => {
    const limit = createAdaptiveLimit({ start: 4, max: 4 });
    for (let i = 0; i < 20; i++) limit.throttled();
    expect(limit.limit).toBe(1);
  });
});

describe("createByteBudget()", () => {
  it("holds back what is beyond the budget, in order, and lets a piece larger than the whole pass alone", async () => {
    const budget = createByteBudget(10);
    const admitted: number[] = [];
    for (const bytes of [6, 6, 2, 40]) void budget.take(bytes).then(() => admitted.push(bytes));
    await settled();
    expect(admitted).toEqual([6]);
    budget.give(6);
    await settled();
    expect(admitted).toEqual([6, 6, 2]);
    budget.give(8);
    await settled();
    expect(admitted).toEqual([6, 6, 2, 40]);
  });
});
