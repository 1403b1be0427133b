/** Whether `error` came from the operating system, with a code such as `ENOENT`. */
export function isErrno(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && "code" in error && "syscall" in error && typeof error.code === "string";
}
