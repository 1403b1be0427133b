import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { IndexRow } from "./types.ts";

/** Goes through an index side by side with something else that is sorted by path. */
export interface IndexCursor {
  /** The row of `path`, if there is one. Paths are asked for in UTF-8 order. */
  find(path: string): IndexRow | undefined;
  /** Passes over the rest. */
  finish(): void;
}

/**
 * @param rows sorted by path in UTF-8 order
 * @param onPassed told of each row that nobody asked for
 */
export function createIndexCursor(rows: Iterable<IndexRow>, onPassed: (row: IndexRow) => void = () => {}): IndexCursor {
  const iterator = rows[Symbol.iterator]();
  let current = iterator.next();
  return {
    find(path) {
      for (; !current.done; current = iterator.next()) {
        if (current.value.path === path) {
          const found = current.value;
          current = iterator.next();
          return found;
        }
        if (compareUtf8(current.value.path, path) > 0) return undefined;
        onPassed(current.value);
      }
      return undefined;
    },
    finish() {
      for (; !current.done; current = iterator.next()) onPassed(current.value);
    },
  };
}
