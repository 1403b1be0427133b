import { posix, win32 } from "node:path";

import { printable, S3PinError } from "../errors.ts";
import { checkPath, isFolderMarker, type PathPlatform } from "./key-to-path.ts";

/** The rules of the system that this runs on. */
export const HOST_PLATFORM: PathPlatform = process.platform === "win32" ? "win32" : "posix";

/**
 * Makes the one function that turns an entry's path into a path of the file system: it checks the path, joins it to the
 * root, resolves it and checks again that it is strictly inside. Symlinks are not followed, so a writer still has to see
 * that none lies on the way.
 * @param root a directory; it need not exist, and is resolved against the current directory once
 * @returns a function that throws `UNSAFE_PATHS` for a path that {@link checkPath} refuses; a folder marker gives its directory
 * @example
 * const toFile = resolverInRoot("/srv/site");
 * toFile("img/hero.jpg"); // "/srv/site/img/hero.jpg"
 */
export function resolverInRoot(root: string, platform: PathPlatform = HOST_PLATFORM): (path: string) => string {
  const { resolve, normalize, sep } = platform === "win32" ? win32 : posix;
  const resolvedRoot = resolve(root);
  const inside = resolvedRoot.endsWith(sep) ? resolvedRoot : resolvedRoot + sep;

  return (path) => {
    const refused = checkPath(path, platform);
    if (refused !== undefined) throw unsafe(path, refused.message, refused.code);
    const name = isFolderMarker(path) ? path.slice(0, -1) : path;
    const joined = inside + (sep === "/" ? name : name.replaceAll("/", sep));
    // Of an absolute path `normalize` is `resolve`, at a third of its cost.
    if (normalize(joined) !== joined || joined.length <= inside.length) {
      throw unsafe(path, "it leads out of the root", "outside-root");
    }
    return joined;
  };
}

/**
 * Turns one entry's path into a path of the file system; for many entries, make a {@link resolverInRoot} once.
 * @throws {S3PinError} `UNSAFE_PATHS` for a path that {@link checkPath} refuses
 */
export function resolveInRoot(root: string, path: string, platform: PathPlatform = HOST_PLATFORM): string {
  return resolverInRoot(root, platform)(path);
}

function unsafe(path: string, reason: string, code: string): S3PinError {
  return new S3PinError("UNSAFE_PATHS", `"${printable(path)}" cannot be restored: ${reason}`, {
    hint: "Rename the object, or leave this path out with --skip-unsafe.",
    details: { path, reason: code },
  });
}
