import { anyKey } from "@s3pin/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";

import { flatCopies } from "./flat-copies.ts";

it("flatCopies() gives the same strings, whatever is in them", () => {
  const part = fc.constantFrom(
    '"',
    '","',
    '"],["',
    "\\",
    "\\u0041",
    "x",
    " ",
    ",",
    "[",
    "]",
    '",1,"',
    "\n",
    "{}",
    "null",
  );
  const text = fc.oneof(
    anyKey(),
    fc.array(part, { maxLength: 5 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      expect(flatCopies(a, b, c)).toEqual([a, b, c]);
    }),
    { numRuns: 5000 },
  );
});
