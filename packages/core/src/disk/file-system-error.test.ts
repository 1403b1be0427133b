import { describe, expect, it } from "vitest";

import { fileSystemError } from "./file-system-error.ts";

const errno = (code: string) => Object.assign(new Error(`${code}: words`), { code, syscall: "open" });

describe("fileSystemError()", () => {
  it.each([
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["EACCES", "PERMISSION_DENIED"],
    ["EPERM", "PERMISSION_DENIED"],
    ["EROFS", "PERMISSION_DENIED"],
    ["ENOENT", "FILE_SYSTEM"],
    ["ENAMETOOLONG", "FILE_SYSTEM"],
    ["EIO", "FILE_SYSTEM"],
  ])("turns %s into %s, with the path, the cause and control characters escaped", (code, expected) => {
    const cause = errno(code);
    expect(fileSystemError(cause, "/srv/a\u001b[2J")).toMatchObject({
      code: expected,
      message: expect.stringContaining("/srv/a\\u{1b}[2J"),
      details: { path: "/srv/a\u001b[2J", errno: code },
      cause,
    });
  });

  it("gives back what did not come from the operating system", () => {
    const error = new TypeError("mine");
    expect(fileSystemError(error, "/srv")).toBe(error);
    expect(fileSystemError(undefined, "/srv")).toBeUndefined();
  });
});
