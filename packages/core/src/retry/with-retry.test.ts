import { describe, expect, it } from "vitest";

import { type ErrorCode, S3PinError } from "../errors.ts";
import { withRetry } from "./with-retry.ts";

async function attemptsOf(code: ErrorCode, details: Record<string, unknown> = {}, maxAttempts?: number) {
  const waits: number[] = [];
  let attempts = 0;
  const failing = withRetry(
    async () => {
      attempts++;
      throw new S3PinError(code, code, { details });
    },
    {
      random: () => 1,
      sleep: async (ms) => void waits.push(ms),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
    },
  );
  await expect(failing).rejects.toMatchObject({ code });
  return { attempts, waits };
}

describe("withRetry()", () => {
  it.each([
    ["THROTTLED", {}, 8],
    ["SERVER_ERROR", {}, 8],
    ["TIMEOUT", {}, 8],
    ["SHORT_BODY", {}, 8],
    ["CONNECTION_FAILED", {}, 8],
    ["CONNECTION_FAILED", { cause: "ECONNREFUSED" }, 4],
    ["CONNECTION_FAILED", { cause: "ENOTFOUND" }, 4],
    ["CONNECTION_FAILED", { permanent: true }, 1],
    ["DIGEST_MISMATCH", {}, 4],
    ["VERSION_GONE", {}, 1],
    ["ACCESS_DENIED", {}, 1],
    ["WRONG_VERSION", {}, 1],
  ] as const)("tries %s (%j) %i times", async (code, details, expected) => {
    expect((await attemptsOf(code, details)).attempts).toBe(expected);
  });

  it("doubles the bound of its waits up to the longest", async () => {
    expect((await attemptsOf("THROTTLED")).waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400]);
  });

  it("waits no shorter than Retry-After, but not for ever", async () => {
    expect((await attemptsOf("THROTTLED", { retryAfterMs: 1_000 }, 3)).waits).toEqual([1_000, 1_000]);
    expect((await attemptsOf("THROTTLED", { retryAfterMs: 1e9 }, 2)).waits).toEqual([120_000]);
  });

  it("gives what the first good attempt gives", async () => {
    let attempts = 0;
    const result = await withRetry(
      async (number) => {
        if (++attempts < 3) throw new S3PinError("THROTTLED", "wait");
        return number;
      },
      { sleep: async () => {} },
    );
    expect(result).toBe(3);
  });

  it("stops when the signal says so, and does not hide other errors", async () => {
    const stop = new AbortController();
    let attempts = 0;
    const stopped = withRetry(
      async () => {
        attempts++;
        stop.abort();
        throw new S3PinError("THROTTLED", "wait");
      },
      { signal: stop.signal },
    );
    await expect(stopped).rejects.toMatchObject({ code: "THROTTLED" });
    expect(attempts).toBe(1);
    await expect(withRetry(async () => Promise.reject(new TypeError("a bug")))).rejects.toThrow(TypeError);
  });
});
