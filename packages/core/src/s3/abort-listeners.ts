import { S3PinError } from "../errors.ts";

const listenersOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when the signal aborts. Hundreds of requests share one signal, and adding and removing a listener of its
 * own for each takes 10 us, so there is one for all of them.
 * @returns what takes the listener off again
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {};
  let listeners = listenersOf.get(signal);
  if (listeners === undefined) {
    const all = new Set<() => void>();
    signal.addEventListener("abort", () => {
      for (const each of all) each();
    });
    listenersOf.set(signal, all);
    listeners = all;
  }
  const added = listeners.add(listener);
  return () => void added.delete(listener);
}

export function abortedError(signal: AbortSignal | undefined): S3PinError {
  return new S3PinError("ABORTED", "Stopped on request", { cause: signal?.reason });
}
