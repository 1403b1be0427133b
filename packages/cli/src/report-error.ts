import { type ErrorCode, isS3PinError, printable, S3PinError } from "@s3pin/core";

import type { Environment } from "./options/environment.ts";
import { debugText, errorText, redactorFor } from "./render/error-text.ts";
import { jsonLine } from "./render/json.ts";
import type { Output } from "./render/output.ts";

/** Says an error in words on stderr and, with --json, as the last object on stdout. */
export function reportError(thrown: unknown, output: Output, environment: Environment): { readonly code: ErrorCode } {
  const error = isS3PinError(thrown) ? thrown : unexpected(thrown);
  const redact = redactorFor(environment);
  if (output.flags.json) output.raw(redact(`${jsonLine(errorObject(error))}\n`));
  // Who stopped it knows: that is no failure.
  const label =
    error.code === "ABORTED" ? output.paintError("warning", "stopped:") : output.paintError("error", "error:");
  output.error(redact(`${label} ${errorText(error)}`));
  if (output.flags.debug) output.error(redact(debugText(thrown)));
  return { code: error.code };
}

function errorObject({ code, message, hint, details }: S3PinError): object {
  return { type: "error", code, message, hint, details };
}

function unexpected(thrown: unknown): S3PinError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new S3PinError("INTERNAL", `Something unexpected happened: ${printable(message)}`, {
    hint: "This is a bug in s3pin; please report it with the output of --debug.",
    cause: thrown,
  });
}
