import { type IndexChanges, saveIndex } from "../local-index/save-index.ts";
import type { Sealing } from "../local-index/seal.ts";
import type { IndexRow } from "../local-index/types.ts";

/** The index is saved this often during a long run, so that a killed one loses little. */
const CHECKPOINT_MS = 5_000;

/** What a run learns for the index; written when there is something new. */
export interface IndexKeeper {
  remember(row: IndexRow): void;
  forget(path: string): void;
  /** Saves when the last save is long enough ago. */
  checkpoint(): Promise<void>;
  /** @param sealing for a run that has left nothing to do: the next one may see that at a glance */
  save(sealing?: Sealing): Promise<void>;
}

/** @param onFailure told when the index cannot be written: a cache may cost time, never a run */
export function createIndexKeeper(
  indexFile: string,
  learned: IndexChanges,
  onFailure: (error: Error) => void,
): IndexKeeper {
  let changes = new Map(learned);
  let pauseMs = CHECKPOINT_MS;
  let lastSave = Date.now();
  const write = async (sealing?: Sealing) => {
    if (changes.size === 0 && sealing === undefined) return;
    const begun = Date.now();
    const saving = changes;
    changes = new Map();
    try {
      await saveIndex(indexFile, saving, sealing);
    } catch (error) {
      onFailure(error as Error);
    }
    lastSave = Date.now();
    // A large index costs a while to write: never more than a twentieth of the run.
    pauseMs = Math.max(CHECKPOINT_MS, 20 * (lastSave - begun));
  };
  /** One after the other: each begins with what the one before has written. */
  let before: Promise<void> = Promise.resolve();
  const save = (sealing?: Sealing) => {
    before = before.then(() => write(sealing));
    return before;
  };
  return {
    remember: (row) => void changes.set(row.path, row),
    forget: (path) => void changes.set(path, undefined),
    async checkpoint() {
      if (Date.now() - lastSave < pauseMs) return;
      lastSave = Date.now();
      await save();
    },
    save,
  };
}
