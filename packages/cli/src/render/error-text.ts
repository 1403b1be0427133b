import { isS3PinError, printable, type S3PinError } from "@s3pin/core";

import type { Environment } from "../options/environment.ts";

/** Variables whose values are never shown. */
const SECRET_VARIABLES = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "S3PIN_SSE_C_KEY"];
/** Shorter values would black out ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Takes secrets out of a text: values of variables, signatures in URLs, user names and passwords before hosts. */
export function redactorFor(environment: Environment): (text: string) => string {
  const secrets = SECRET_VARIABLES.map((name) => environment[name] ?? "").filter(
    (value) => value.length >= MIN_SECRET_LENGTH,
  );
  return (text) => {
    let clean = text
      .replace(/((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|Credential)=)[^&\s,"']+/gi, "$1***")
      .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s"']+@/gi, "$1***@");
    for (const secret of secrets) clean = clean.replaceAll(secret, "***");
    return clean;
  };
}

/** An error in words: what failed, and on a line of its own the next step. */
export function errorText({ message, hint }: Pick<S3PinError, "message" | "hint">): string {
  return hint === undefined ? message : `${message}\n${hintText(hint)}`;
}

export function hintText(hint: string): string {
  return `  → ${hint.replaceAll("\n", "\n    ")}`;
}

/** An error's stack and those of its causes, for --debug. */
export function debugText(error: unknown): string {
  const lines: string[] = [];
  for (let at = error; at !== undefined && lines.length < 10; at = at instanceof Error ? at.cause : undefined) {
    const stack = at instanceof Error ? (at.stack ?? at.message) : String(at);
    const code = isS3PinError(at) ? ` [${at.code}]` : "";
    lines.push(`${lines.length === 0 ? "" : "caused by: "}${escapeLines(stack)}${code}`);
  }
  return lines.join("\n");
}

function escapeLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
