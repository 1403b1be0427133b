/**
 * One line of JSON. Control characters that JSON lets pass (DEL, C1, line separators, marks that turn the direction of
 * text) are escaped too, so that the line is safe to look at and still says the same.
 */
export function jsonLine(value: object): string {
  const text = JSON.stringify(value, (_name, item: unknown) => (typeof item === "bigint" ? String(item) : item));
  return text.replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
