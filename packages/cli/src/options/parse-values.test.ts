import { describe, expect, it } from "vitest";

import { collect, countUpTo, parseBucket, parseEndpointUrl, parseMaxDelete } from "./parse-values.ts";

describe("parseMaxDelete()", () => {
  it.each([
    { text: "0", expected: { files: 0 } },
    { text: "20", expected: { files: 20 } },
    { text: " 25% ", expected: { percent: 25 } },
    { text: "100%", expected: { percent: 100 } },
  ])("reads $text", ({ text, expected }) => expect(parseMaxDelete(text)).toEqual(expected));

  it.each(["", "-1", "1.5", "101%", "%", "20 files", "1e3"])('refuses "%s"', (text) => {
    expect(() => parseMaxDelete(text)).toThrow("as in 25%");
  });
});

describe("countUpTo()", () => {
  it.each(["1", "10"])("reads %s", (text) => expect(countUpTo(10)(text)).toBe(Number(text)));
  it.each(["0", "11", "-1", "1.5", "0x5", "", "ten", "Infinity"])('refuses "%s"', (text) => {
    expect(() => countUpTo(10)(text)).toThrow("from 1 to 10");
  });
});

describe("parseEndpointUrl()", () => {
  it.each(["http://127.0.0.1:9000", "https://s3.example.com"])("takes %s", (text) =>
    expect(parseEndpointUrl(text)).toBe(text),
  );
  it.each(["", "localhost:9000", "ftp://example.com", "//example.com"])('refuses "%s"', (text) => {
    expect(() => parseEndpointUrl(text)).toThrow("http:// or https://");
  });
});

it("parseBucket() takes a name, or a source", () => {
  expect(parseBucket("media")).toBe("s3://media");
  expect(parseBucket("s3://media/site/")).toBe("s3://media/site/");
});

it("collect() adds without changing", () => {
  const first = collect("a", undefined);
  expect(collect("b", first)).toEqual(["a", "b"]);
  expect(first).toEqual(["a"]);
});
