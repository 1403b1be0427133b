/** Where temporary files wait below the root, on the same file system as their targets; no entry may lie there. */
export const TEMP_DIR_NAME = ".s3pin-tmp";

/** Bytes, or UTF-16 units on Windows, of one name: ext4, XFS and APFS, and NTFS. */
const MAX_SEGMENT_LENGTH = 255;
/** Bytes. Linux takes 4,096 with the root, the final NUL and the temporary name. */
const MAX_PATH_LENGTH = 4000;

/** Whose rules for names hold; every system that is not Windows has POSIX's. */
export type PathPlatform = "posix" | "win32";

export type PathProblemCode =
  | "empty"
  | "absolute"
  | "unc"
  | "drive"
  | "backslash"
  | "nul"
  | "empty-segment"
  | "dot-segment"
  | "parent-segment"
  | "segment-too-long"
  | "path-too-long"
  | "not-unicode"
  | "reserved-by-s3pin"
  | "folder-with-bytes"
  | "windows-character"
  | "windows-trailing"
  | "windows-reserved";

/** Why a path cannot become a file. */
export interface PathProblem {
  readonly code: PathProblemCode;
  /** Words that go on from the path: `img/../x: it holds a ".." segment`. */
  readonly message: string;
}

/**
 * Checks an entry's path before anything on disk is named after it. A path that ends in `/` is a folder marker and stands
 * for an empty directory, unless it has bytes.
 *
 * | refused                                                        | where   | code                                |
 * |----------------------------------------------------------------|---------|-------------------------------------|
 * | nothing at all                                                 | always  | `empty`                             |
 * | leading `/`; leading `//` or `\\`                              | always  | `absolute`; `unc`                   |
 * | `C:` at the start                                              | always  | `drive`                             |
 * | `\`; NUL                                                       | always  | `backslash`; `nul`                  |
 * | segments that are empty, `.` or `..`                           | always  | `empty-segment`, `dot-segment`, `parent-segment` |
 * | a segment over 255 bytes (Windows: UTF-16 units)               | always  | `segment-too-long`                  |
 * | over 4,000 bytes                                               | always  | `path-too-long`                     |
 * | half of a surrogate pair                                       | always  | `not-unicode`                       |
 * | the first segment is {@link TEMP_DIR_NAME}, however it is spelled | always | `reserved-by-s3pin`                |
 * | ends in `/` and has bytes                                      | always  | `folder-with-bytes`                 |
 * | `<>:"\|?*` and control characters                              | Windows | `windows-character`                 |
 * | a segment that ends in a dot or a blank                        | Windows | `windows-trailing`                  |
 * | CON, PRN, AUX, NUL, COM1…, LPT1…, CONIN$, CONOUT$, with any extension | Windows | `windows-reserved`           |
 *
 * @param sizeBytes of the object; undefined when the manifest does not say, and then a final `/` is taken for a marker
 * @returns undefined when the path is fine
 * @see https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
 * @example
 * checkPath("../etc/passwd", "posix")?.code; // "parent-segment"
 */
export function checkPath(path: string, platform: PathPlatform, sizeBytes?: number): PathProblem | undefined {
  if (path === "") return problem("empty", "it is empty");
  if (path.startsWith("//") || path.startsWith("\\\\")) return problem("unc", "it names a network share");
  if (path.startsWith("/")) return problem("absolute", "it is absolute");
  if (/^[A-Za-z]:/.test(path)) return problem("drive", "it names a drive");
  if (isFolderMarker(path) && sizeBytes !== undefined && sizeBytes > 0) {
    return problem("folder-with-bytes", "it is a folder marker with bytes: its name ends in / and its size is not 0");
  }
  return checkSegments(path, platform) ?? checkTempDir(path, platform);
}

/** Whether the path stands for an empty directory: it ends in `/`. */
export function isFolderMarker(path: string): boolean {
  return path.endsWith("/");
}

/** One pass over the characters, as this runs for every entry: 0.1 s for a million paths. */
function checkSegments(path: string, platform: PathPlatform): PathProblem | undefined {
  const end = isFolderMarker(path) ? path.length - 1 : path.length;
  let segmentStart = 0;
  let segmentBytes = 0;
  let pathBytes = 0;
  for (let index = 0; index <= end; index++) {
    const unit = index === end ? 0x2f : path.charCodeAt(index);
    if (unit === 0x2f) {
      const found = checkSegment(path, segmentStart, index, segmentBytes, platform);
      if (found !== undefined) return found;
      pathBytes += segmentBytes + 1;
      if (pathBytes - 1 > MAX_PATH_LENGTH)
        return problem("path-too-long", `it is longer than ${MAX_PATH_LENGTH} bytes`);
      segmentStart = index + 1;
      segmentBytes = 0;
    } else if (unit < 0x80) {
      if (unit === 0) return problem("nul", "it holds a NUL character");
      if (unit === 0x5c) return problem("backslash", "it holds a backslash");
      segmentBytes++;
    } else if (unit < 0x800) {
      segmentBytes += 2;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      segmentBytes += 3;
    } else {
      const next = path.charCodeAt(index + 1);
      if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) {
        return problem("not-unicode", "it holds half of a surrogate pair");
      }
      segmentBytes += 4;
      index++;
    }
  }
  return undefined;
}

function checkSegment(
  path: string,
  start: number,
  end: number,
  bytes: number,
  platform: PathPlatform,
): PathProblem | undefined {
  const length = end - start;
  if (length === 0) return problem("empty-segment", "it holds an empty segment (//)");
  if (length <= 2 && path.charCodeAt(start) === 0x2e) {
    if (length === 1) return problem("dot-segment", 'it holds a "." segment');
    if (path.charCodeAt(start + 1) === 0x2e) return problem("parent-segment", 'it holds a ".." segment');
  }
  if (platform === "posix") {
    return bytes > MAX_SEGMENT_LENGTH
      ? problem("segment-too-long", `it holds a name longer than ${MAX_SEGMENT_LENGTH} bytes`)
      : undefined;
  }
  if (length > MAX_SEGMENT_LENGTH) {
    return problem("segment-too-long", `it holds a name longer than ${MAX_SEGMENT_LENGTH} characters`);
  }
  return checkWindowsName(path.slice(start, end));
}

const WINDOWS_CHARACTER = /[<>:"|?*\u0001-\u001f]/;
/** The device is the name up to the first dot, blanks behind it aside; the raised digits count as digits. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i;

function checkWindowsName(name: string): PathProblem | undefined {
  if (WINDOWS_CHARACTER.test(name)) {
    return problem(
      "windows-character",
      'it holds a character that Windows forbids in names (<>:"|?* or a control character)',
    );
  }
  if (name.endsWith(".") || name.endsWith(" ")) {
    return problem("windows-trailing", "it holds a name that ends in a dot or a blank, which Windows drops");
  }
  if (WINDOWS_DEVICE.test(name)) {
    return problem("windows-reserved", "it holds a name that Windows keeps for a device");
  }
  return undefined;
}

/** Characters that HFS+ drops when it compares names. */
const IGNORED_BY_HFS = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** File systems that fold names would give `.S3PIN-TMP` or `.ſ3pin-tmp` the same directory, and Windows a short name. */
function checkTempDir(path: string, platform: PathPlatform): PathProblem | undefined {
  const isDotted = path.charCodeAt(0) === 0x2e || path.charCodeAt(0) > 0x7f;
  if (!isDotted && platform === "posix") return undefined;
  const first = path.split("/", 1)[0] ?? "";
  const folded = first.normalize("NFKD").replace(IGNORED_BY_HFS, "").toUpperCase();
  const isShortName = platform === "win32" && /^S3PIN-~\d+$/.test(folded);
  if (folded !== TEMP_DIR_NAME.toUpperCase() && !isShortName) return undefined;
  return problem("reserved-by-s3pin", `it lies in ${TEMP_DIR_NAME}, where s3pin keeps temporary files`);
}

function problem(code: PathProblemCode, message: string): PathProblem {
  return { code, message };
}
