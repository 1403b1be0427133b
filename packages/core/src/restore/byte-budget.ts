/** A cap on bytes held in memory at once. */
export interface ByteBudget {
  /** Resolves when `bytes` more may be held, in the order of the calls; more than the whole budget waits until all is free. */
  take(bytes: number): Promise<void>;
  give(bytes: number): void;
}

export function createByteBudget(totalBytes: number): ByteBudget {
  let held = 0;
  const waiting: { readonly bytes: number; readonly admit: () => void }[] = [];
  const admit = () => {
    for (
      let next = waiting[0];
      next !== undefined && (held === 0 || held + next.bytes <= totalBytes);
      next = waiting[0]
    ) {
      waiting.shift();
      held += next.bytes;
      next.admit();
    }
  };
  return {
    take(bytes) {
      return new Promise((resolve) => {
        waiting.push({ bytes, admit: resolve });
        admit();
      });
    },
    give(bytes) {
      held -= bytes;
      admit();
    },
  };
}
