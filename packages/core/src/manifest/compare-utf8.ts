/** The first UTF-16 unit of a surrogate pair; units below it are in the order of their UTF-8 bytes. */
const FIRST_SURROGATE = 0xd800;
/** The first unit above the surrogates; such a character takes three bytes in UTF-8, a surrogate pair four. */
const AFTER_SURROGATES = 0xe000;

/**
 * Compares two strings by the order of their UTF-8 bytes, which is the order of a manifest and of S3's listings, without
 * encoding them. JavaScript's own `<` differs: it puts U+10000 and above before U+E000 to U+FFFF.
 * @returns below 0 when `a` comes first, above 0 when `b` does, 0 when they are the same text
 * @example
 * paths.sort(compareUtf8);
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA === unitB) continue;
    return unitA < FIRST_SURROGATE || unitB < FIRST_SURROGATE ? unitA - unitB : rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** Moves the surrogates above all other units. */
function rank(unit: number): number {
  return unit >= AFTER_SURROGATES ? unit : unit + 0x10000;
}
