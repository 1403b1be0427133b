import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;

/**
 * Waits until `url` answers anything.
 * @throws when a process behind it ends, or after `timeoutMs`
 */
export async function waitForHttp(
  url: string,
  { timeoutMs, hasEnded }: { readonly timeoutMs: number; readonly hasEnded: () => boolean },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (hasEnded()) throw new Error(`The server behind ${url} ended while it was starting`);
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      return;
    } catch {
      await sleep(POLL_MS);
    }
  }
  throw new Error(`Nothing answered at ${url} within ${timeoutMs} ms`);
}
