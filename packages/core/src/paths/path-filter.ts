import picomatch from "picomatch";

import { printable, S3PinError } from "../errors.ts";

export interface PathFilterOptions {
  /** Globs; a path must match one of them. None means every path. */
  readonly include?: readonly string[] | undefined;
  /** Globs; a path that matches one is left out, also when it is included. */
  readonly exclude?: readonly string[] | undefined;
  /** Regular expressions (JavaScript's, with the `u` flag), found anywhere in the path; a match leaves it out. */
  readonly excludeRegex?: readonly string[] | undefined;
}

/**
 * Makes the test whether a path is wanted. The order of the patterns does not matter: exclude wins.
 *
 * | glob                | matches                                                         |
 * |---------------------|-----------------------------------------------------------------|
 * | `*.psd`             | no `/` in it: by the last name, in every folder                 |
 * | `node_modules`      | no wildcard in the last name: the file or folder of that name, and everything below |
 * | `/robots.txt`       | a leading `/`: only at the root                                 |
 * | `img/*.png`         | a `/` in it: from the root on; `*` stops at `/`                 |
 * | `img/raw`           | the file `img/raw`, or everything below the folder              |
 * | `img/`              | everything below `img`, at the root                             |
 * | `img/**`            | `**` goes through folders: everything below `img`, however deep |
 *
 * Also `?`, `[a-z]`, `{png,jpg}` and `@(a|b)`; `\` makes the next character plain. Names that begin with a dot are matched like
 * all others, and upper and lower case differ, as keys do. A pattern that is the path itself always matches.
 * @throws {S3PinError} `INVALID_PATTERN` for a pattern that cannot be read
 * @see https://github.com/micromatch/picomatch#globbing-features
 * @example
 * const isWanted = pathFilter({ exclude: ["*.psd", "drafts/"] });
 * isWanted("img/hero.psd"); // false
 */
export function pathFilter({
  include = [],
  exclude = [],
  excludeRegex = [],
}: PathFilterOptions): (path: string) => boolean {
  const included = include.map(globTest);
  const excluded = [...exclude.map(globTest), ...excludeRegex.map(regexTest)];
  return (path) =>
    (included.length === 0 || included.some((matches) => matches(path))) && !excluded.some((matches) => matches(path));
}

/** `s` because a key may hold a line feed, and `**` is made of dots. */
const GLOB_OPTIONS = { dot: true, posix: true, windows: false, strictBrackets: true, debug: true, flags: "s" } as const;

function globTest(pattern: string): (path: string) => boolean {
  const globs = expand(pattern).map((glob) => compileGlob(glob, pattern));
  return (path) => {
    if (path === pattern) return true;
    const name = path.endsWith("/") ? path.slice(0, -1) : path;
    return globs.some((glob) => glob.test(path) || glob.test(name));
  };
}

/** A pattern in the words of picomatch, whose globs are always from the root on and match nothing below. */
function expand(pattern: string): string[] {
  if (pattern.startsWith("!") && !pattern.startsWith("!(")) {
    throw invalid(
      pattern,
      "a leading ! has no meaning here",
      "Use --exclude for what is to be left out, or \\! for a name that begins with it.",
    );
  }
  // picomatch would take it for a backslash, and no key with one can be restored.
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(pattern)) {
    throw invalid(pattern, "it ends in \\", "Put a character behind the \\, or leave it out.");
  }
  const isFolder = pattern.endsWith("/");
  const trimmed = pattern.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  if (trimmed === "") throw invalid(pattern, "it names nothing", "Write a glob such as *.psd, img/ or img/*.png.");
  const isAnchored = isFolder || pattern.startsWith("/") || pattern.startsWith("./") || trimmed.includes("/");
  const glob = isAnchored ? trimmed : `**/${trimmed}`;
  if (isFolder) return [`${glob}/**`];
  return hasWildcard(trimmed.slice(trimmed.lastIndexOf("/") + 1)) ? [glob] : [glob, `${glob}/**`];
}

function hasWildcard(name: string): boolean {
  return /[*?[\]{}()|+@!]/.test(name.replaceAll(/\\./g, ""));
}

function compileGlob(glob: string, pattern: string): RegExp {
  try {
    return picomatch.makeRe(glob, GLOB_OPTIONS);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it cannot be read";
    throw invalid(pattern, reason, "Put \\ before a character that is to be taken as it is.", cause);
  }
}

function regexTest(source: string): (path: string) => boolean {
  try {
    const regex = new RegExp(source, "u");
    return (path) => regex.test(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it cannot be read";
    throw invalid(source, reason, "Write a regular expression as JavaScript has them, such as \\.psd$.", cause);
  }
}

function invalid(pattern: string, reason: string, hint: string, cause?: unknown): S3PinError {
  return new S3PinError("INVALID_PATTERN", `"${printable(pattern)}" is not a pattern: ${printable(reason)}`, {
    hint,
    details: { pattern },
    cause,
  });
}
