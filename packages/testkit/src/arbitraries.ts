import fc from "fast-check";

/** Text that has broken a parser, a file system or a URL somewhere. */
const ODD_PARTS = [
  ",",
  '"',
  '""',
  "\\",
  "\\\\",
  "'",
  "\n",
  "\r",
  "\r\n",
  "\t",
  "\u0000",
  "\u007f",
  "\u2028",
  " ",
  "+",
  "%",
  "%2F",
  "=",
  "@",
  "-",
  "#",
  "?",
  "&",
  ":",
  "/",
  "//",
  ".",
  "..",
  "../",
  "\ufeff",
  "\ufffd",
  "é",
  "e\u0301",
  "ß",
  "İ",
  "日本",
  "\ue000",
  "\uffff",
  "😀",
  "\u{10ffff}",
];

const FILE_NAMES = ["index.html", "hero.jpg", "main.css", "app.min.js", "photo (1).png", "Übersicht.pdf", "a+b c.txt"];
const FOLDER_NAMES = ["img", "css", "2026", "wp-content", "uploads", "fonts", "a b", ".well-known"];

/** Any key that S3 takes: valid Unicode, not empty; most hold something odd. */
export function anyKey(): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ODD_PARTS) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
    { weight: 2, arbitrary: fc.string({ maxLength: 6 }) },
  );
  return fc
    .array(part, { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(""))
    .filter((key) => key !== "");
}

/** A key as websites have them: some folders and a file. */
export function siteKey(): fc.Arbitrary<string> {
  const folders = fc.array(fc.constantFrom(...FOLDER_NAMES), { maxLength: 3 });
  return fc.tuple(folders, fileName()).map(([names, file]) => [...names, file].join("/"));
}

/** A path that every file system takes, Windows' too; short names, so that many of them collide or nest. */
export function safePath(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom("a", "b", "A", "a-b", "a.b", "aa", "é", "e\u0301", "日本"), { minLength: 1, maxLength: 4 })
    .map((segments) => segments.join("/"));
}

/** A version id as AWS makes them, as MinIO does, or `null`. */
export function versionId(): fc.Arbitrary<string> {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._".split("");
  const aws = fc.string({ unit: fc.constantFrom(...letters), minLength: 32, maxLength: 32 });
  return fc.oneof(
    { weight: 6, arbitrary: aws },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constant("null") },
  );
}

/** The pieces of a list, cut anywhere, some of them empty. */
export function cutAnywhere<T extends string | Uint8Array>(whole: T): fc.Arbitrary<T[]> {
  return fc.array(fc.nat(whole.length), { maxLength: 12 }).map((cuts) => {
    const ends = [...cuts.sort((a, b) => a - b), whole.length];
    return ends.map((end, index) => whole.slice(ends[index - 1] ?? 0, end) as T);
  });
}

function fileName(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(...FILE_NAMES),
    fc.nat(9999).map((number) => `image-${String(number).padStart(4, "0")}.jpg`),
  );
}
