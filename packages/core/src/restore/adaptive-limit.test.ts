import { describe, expect, it } from "vitest";

import { createAdaptiveLimit } from "./adaptive-limit.ts";
import { createByteBudget } from "./byte-budget.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("createAdaptiveLimit()", () => {
  it("admits as many as the limit and the next when one is done", async () => {
    const limit = createAdaptiveLimit(2, 4);
    let admitted = 0;
    for (let i = 0; i < 4; i++) void limit.acquire().then(() => admitted++);
    await settled();
    expect(admitted).toBe(2);
    limit.release();
    await settled();
    expect(admitted).toBe(3);
  });

  it("halves once for the requests that were throttled together, and grows back", async () => {
    const limit = createAdaptiveLimit(64, 64);
    for (let i = 0; i < 64; i++) void limit.acquire();
    for (let i = 0; i < 64; i++) {
      limit.throttled();
      limit.release();
    }
    expect(limit.limit).toBe(32);
    for (let i = 0; i < 5_000; i++) limit.succeeded();
    expect(limit.limit).toBe(64);
  });

  it("never falls below one", () => {
    const limit = createAdaptiveLimit(4, 4);
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
