import { printable, S3PinError } from "../errors.ts";
import { isErrno } from "./errno.ts";

/** What a code means, and what to do about it. */
const REASONS: Readonly<Record<string, { readonly reason: string; readonly hint: string }>> = {
  ENOENT: { reason: "its folder does not exist", hint: "Make the folder first, or check the name." },
  ENOTDIR: { reason: "a file stands where a folder should be", hint: "Check the name." },
  EISDIR: { reason: "it is a directory", hint: "Name a file, or move the directory away." },
  ELOOP: { reason: "its symlinks lead in a circle", hint: "Remove the symlink, or name its target." },
  ENAMETOOLONG: { reason: "the name is too long for this file system", hint: "Choose a shorter path for the root." },
  EXDEV: {
    reason: "it is on another file system than its root, so a file cannot be moved there in one step",
    hint: "Restore each mounted directory as a root of its own.",
  },
  EMFILE: { reason: "too many files are open", hint: "Raise the limit (ulimit -n), or lower --concurrency." },
};

/**
 * Puts a failure of the file system into words: what failed, on what path, and what to do. An error that did not come from
 * the operating system is given back as it is.
 */
export function fileSystemError(error: unknown, path: string): unknown {
  if (!isErrno(error)) return error;
  const { code, syscall } = error;
  const where = printable(path);
  const options = { details: { path, errno: code, syscall }, cause: error };
  if (code === "ENOSPC" || code === "EDQUOT") {
    const hint = "Free some space and run again; what is done already is kept.";
    return new S3PinError("DISK_FULL", `The disk is full: ${where}`, { ...options, hint });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    const reason = code === "EROFS" ? "The file system is read-only" : "Permission denied";
    const hint = "Give this user the right to read and write there, or choose another place.";
    return new S3PinError("PERMISSION_DENIED", `${reason}: ${where} (${syscall})`, { ...options, hint });
  }
  const known = REASONS[code];
  const message = `${where} failed at ${syscall}: ${known?.reason ?? printable(error.message)}`;
  return new S3PinError("FILE_SYSTEM", message, known === undefined ? options : { ...options, hint: known.hint });
}
