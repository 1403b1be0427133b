import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, realpathSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * Where the index of a root is by default: in the user's cache directory, under a hash of the root's real path, since a
 * deployed root holds site content and nothing else.
 */
export function defaultIndexFile(
  root: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const name = createHash("sha256").update(realPathOf(root)).digest("hex").slice(0, 32);
  return join(cacheDirectory(environment), `${name}.index`);
}

/** The real path of a root that may not exist yet: that of its nearest ancestor, and the rest as given. */
export function realPathOf(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPathOf(parent), absolute.slice(parent.length));
  }
}

/**
 * The user's cache directory for s3pin, made when it is missing. Where it cannot be written (a container whose user has no
 * home) it is a directory of the user's own below the system's temporary one.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/ for Linux; macOS and Windows have their own places
 */
export function cacheDirectory(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  for (const directory of [usualCacheDirectory(environment), join(tmpdir(), `s3pin-cache-${userId()}`)])
    if (directory !== undefined && isOwnDirectory(directory)) return directory;
  // Nothing can be remembered then; every run looks at every file, and says so.
  return join(tmpdir(), "s3pin-cache-unusable");
}

function usualCacheDirectory({
  XDG_CACHE_HOME,
  LOCALAPPDATA,
}: Readonly<Record<string, string | undefined>>): string | undefined {
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "s3pin");
  const home = homeDirectory();
  if (home === undefined) return undefined;
  if (process.platform === "win32") return join(LOCALAPPDATA ?? join(home, "AppData", "Local"), "s3pin", "Cache");
  if (process.platform === "darwin") return join(home, "Library", "Caches", "s3pin");
  return join(home, ".cache", "s3pin");
}

/** Makes the directory and sees that nobody else can put an index there, which would be believed. */
function isOwnDirectory(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
    return process.getuid === undefined || statSync(directory).uid === process.getuid();
  } catch {
    return false;
  }
}

function userId(): number {
  return process.getuid?.() ?? 0;
}

function homeDirectory(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}
