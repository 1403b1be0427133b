import { anyKey, siteKey } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { pathFilter } from "./path-filter.ts";

const PATHS = [
  ".htaccess",
  "README.md",
  "drafts/a.psd",
  "img/",
  "img/a.png",
  "img/a.psd",
  "img/raw/b.png",
  "img/raw/deep/c.png",
  "node_modules/x/y.js",
  "robots.txt",
  "sub/node_modules/z.js",
  "sub/raw/d.png",
  "sub/robots.txt",
];

const kept = (pattern: string) => PATHS.filter(pathFilter({ include: [pattern] }));

describe("pathFilter()", () => {
  it.each([
    ["*.psd", ["drafts/a.psd", "img/a.psd"]],
    ["/*.md", ["README.md"]],
    ["*", PATHS],
    ["**", PATHS],
    ["node_modules", ["node_modules/x/y.js", "sub/node_modules/z.js"]],
    ["/node_modules", ["node_modules/x/y.js"]],
    ["robots.txt", ["robots.txt", "sub/robots.txt"]],
    ["/robots.txt", ["robots.txt"]],
    ["./robots.txt", ["robots.txt"]],
    ["img/*.png", ["img/a.png"]],
    ["img/**/*.png", ["img/a.png", "img/raw/b.png", "img/raw/deep/c.png"]],
    ["img/raw", ["img/raw/b.png", "img/raw/deep/c.png"]],
    ["raw/", []],
    ["img/", ["img/", "img/a.png", "img/a.psd", "img/raw/b.png", "img/raw/deep/c.png"]],
    ["**/raw/**", ["img/raw/b.png", "img/raw/deep/c.png", "sub/raw/d.png"]],
    ["**/raw", ["img/raw/b.png", "img/raw/deep/c.png", "sub/raw/d.png"]],
    ["img/a.{png,psd}", ["img/a.png", "img/a.psd"]],
    ["img/[ab].png", ["img/a.png"]],
    ["img/[!b].png", ["img/a.png"]],
    ["?obots.txt", ["robots.txt", "sub/robots.txt"]],
    [".ht*", [".htaccess"]],
    ["*ACCESS", []],
    ["img", ["img/", "img/a.png", "img/a.psd", "img/raw/b.png", "img/raw/deep/c.png"]],
    ["@(drafts|img)/*.psd", ["drafts/a.psd", "img/a.psd"]],
  ])("takes with %s", (pattern, expected) => {
    expect(kept(pattern)).toEqual(expected);
    expect(PATHS.filter(pathFilter({ exclude: [pattern] }))).toEqual(PATHS.filter((path) => !expected.includes(path)));
  });

  it("lets exclude win, in whatever order", () => {
    const isWanted = pathFilter({ include: ["img/", "*.md"], exclude: ["*.psd", "img/raw"], excludeRegex: ["READ"] });
    expect(PATHS.filter(isWanted)).toEqual(["img/", "img/a.png"]);
  });

  it("takes everything without patterns", () => {
    expect(PATHS.filter(pathFilter({}))).toEqual(PATHS);
  });

  it("finds a regular expression anywhere in the path", () => {
    expect(PATHS.filter(pathFilter({ excludeRegex: ["^(?!.*\\.png$)"] }))).toEqual([
      "img/a.png",
      "img/raw/b.png",
      "img/raw/deep/c.png",
      "sub/raw/d.png",
    ]);
  });

  it.each(["photo [1].jpg", "a(b).txt", "img/{x}.png", "100%+?.txt"])(
    "takes the path itself for a pattern: %s",
    (path) => {
      expect(pathFilter({ include: [path] })(path)).toBe(true);
    },
  );

  it("goes through line feeds in names", () => {
    expect(pathFilter({ include: ["img/**"] })("img/a\nb/c\n.png")).toBe(true);
    expect(pathFilter({ include: ["*.png"] })("img/a\nb/c\n.png")).toBe(true);
  });

  it.each(["", "/", "!*.psd", "a[", "(a", "{a", "[z-a]", "a\\"])("refuses the glob %j", (pattern) => {
    expect(() => pathFilter({ exclude: [pattern] })).toThrow(expect.objectContaining({ code: "INVALID_PATTERN" }));
  });

  it.each(["(", "[z-a]", "*", "\\_"])("refuses the regular expression %j", (source) => {
    expect(() => pathFilter({ excludeRegex: [source] })).toThrow(expect.objectContaining({ code: "INVALID_PATTERN" }));
  });

  it("takes any path with **, and with its own folder", () => {
    fc.assert(
      fc.property(fc.oneof(anyKey(), siteKey()), (path) => {
        fc.pre(!path.split("/").some((segment) => segment === "." || segment === ".."));
        expect(pathFilter({ include: ["**"] })(path)).toBe(true);
        expect(pathFilter({ include: ["img/"] })(`img/${path}`)).toBe(true);
      }),
    );
  });
});
