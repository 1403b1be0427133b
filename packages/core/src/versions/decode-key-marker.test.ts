import { describe, expect, it } from "vitest";
import { decodeKeyMarker } from "./decode-key-marker.ts";

describe("decodeKeyMarker()", () => {
  it.each<[name: string, text: string, keys: string[], expected: string | undefined]>([
    ["nothing to decode", "a", ["b"], "a"],
    ["an encoded last key", "a+b%2Bc", ["a b+c"], "a b+c"],
    ["a plain last key", "a+b", ["a+b"], "a+b"],
    ["a plain last key that looks encoded", "%41", ["%41"], "%41"],
    ["a plain last key that cannot be encoded", "100%", ["100%"], "100%"],
    ["a plain last key beside what it decodes to", "a+b", ["a b", "a+b"], "a+b"],
    ["an encoded last key beside what it looks like", "a+b", ["a+b", "a b"], "a b"],
    ["an encoded key that is not the last", "a+b", ["a b", "a"], "a b"],
    ["a plain key that is not the last", "a+b", ["a+b", "a"], "a+b"],
    ["an encoded key with more behind it", "a%2B[cache:v2,return:]", ["a+"], "a+[cache:v2,return:]"],
    ["a plain key with more behind it", "a+[cache:v2,return:]", ["a+"], "a+[cache:v2,return:]"],
    ["no key of the page", "a%2Bz", ["a"], "a+z"],
    ["no keys at all", "a+b", [], "a b"],
    ["what can be neither", "100%", ["a"], undefined],
  ])("reads a marker that is %s", (_, text, keys, expected) => {
    expect(decodeKeyMarker(text, keys)).toBe(expected);
  });
});
