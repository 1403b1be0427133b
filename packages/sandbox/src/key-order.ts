/** Compares two keys; negative when `a` comes first. */
export type CompareKeys = (a: string, b: string) => number;

/** UTF-8 byte order, S3's own. */
export const compareUtf8: CompareKeys = (a, b) => {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return utf8Rank(x) - utf8Rank(y);
  }
  return a.length - b.length;
};

/** UTF-16 code unit order, which some servers take. */
export const compareUtf16: CompareKeys = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Surrogates stand for code points above U+FFFF, so they come after U+E000 to U+FFFF. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** The first index of a sorted list for which `isBefore` no longer holds. */
export function lowerBound(sorted: readonly string[], isBefore: (key: string) => boolean, from = 0): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] ?? "")) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Merges two sorted lists of distinct keys. */
export function mergeSorted(a: readonly string[], b: readonly string[], compare: CompareKeys): string[] {
  const merged: string[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const x = a[i];
    const y = b[j];
    if (x === undefined) return merged.concat(b.slice(j));
    if (y === undefined) return merged.concat(a.slice(i));
    if (compare(x, y) < 0) {
      merged.push(x);
      i += 1;
    } else {
      merged.push(y);
      j += 1;
    }
  }
}
