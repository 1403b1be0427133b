import type { S3PinError } from "@s3pin/core";

import type { Output } from "./output.ts";

/** Tells of retries with --debug; undefined without it. */
export function retryNote(output: Output): (error: S3PinError, attempt: number) => void {
  return (error, attempt) => {
    if (output.flags.debug) output.error(`retry: attempt ${attempt} failed with ${error.code}: ${error.message}`);
  };
}
