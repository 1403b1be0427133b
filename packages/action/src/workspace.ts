import { isAbsolute, relative, resolve, sep } from "node:path";

import { S3PinError } from "@s3pin/core";

/** Directories that belong to the job: a step has no business elsewhere on a runner. */
const JOB_DIRECTORIES = ["GITHUB_WORKSPACE", "RUNNER_TEMP", "RUNNER_TOOL_CACHE"];

/**
 * Makes a path absolute, counted from the workspace.
 * @throws {S3PinError} `USAGE` when it leads out of the workspace, RUNNER_TEMP and RUNNER_TOOL_CACHE
 */
export function insideWorkspace(
  input: string,
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const absolute = resolve(environment.GITHUB_WORKSPACE ?? ".", path);
  const allowed = JOB_DIRECTORIES.flatMap((name) => environment[name] ?? []);
  if (allowed.length === 0 || allowed.some((directory) => isInside(resolve(directory), absolute))) return absolute;
  throw new S3PinError("USAGE", `The input ${input} leads out of the workspace: ${JSON.stringify(path)}`, {
    hint: "Give a path below the workspace, RUNNER_TEMP or RUNNER_TOOL_CACHE.",
  });
}

function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
