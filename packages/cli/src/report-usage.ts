import { S3PinError } from "@s3pin/core";

import type { Environment } from "./options/environment.ts";
import type { Output } from "./render/output.ts";
import { reportError } from "./report-error.ts";

/** What commander said of a command line it cannot parse, in the words of every other error. */
export function reportUsage(
  { text, helpCommand }: { readonly text: string; readonly helpCommand: string },
  output: Output,
  environment: Environment,
): void {
  const [, message = text, guess] = /^(?:error: )?(.*?)\s*(?:\((Did you mean .*)\))?\s*$/s.exec(text) ?? [];
  const hint = guess ?? `See ${helpCommand} --help.`;
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  reportError(new S3PinError("USAGE", sentence, { hint }), output, environment);
}
