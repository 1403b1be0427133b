import { readFileSync } from "node:fs";

import { type ConnectionOptions, S3PinError } from "@s3pin/core";

import type { Environment } from "./environment.ts";

/** The connection flags as commander gives them. */
export interface ConnectionFlags {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly forcePathStyle?: boolean;
  readonly signRequest?: boolean;
  readonly requestPayer?: boolean;
  readonly sseCKey?: string;
}

/**
 * What reaches the store, from flags and the AWS CLI's variables. The SDK reads most variables itself; passed on are those
 * that decide something here (an endpoint makes path style the default) and those that only the AWS CLI knows.
 */
export function connectionOptions(flags: ConnectionFlags, environment: Environment): ConnectionOptions {
  return {
    profile: flags.profile,
    region: flags.region ?? given(environment.AWS_REGION) ?? given(environment.AWS_DEFAULT_REGION),
    endpointUrl: flags.endpointUrl ?? endpointFrom(environment),
    forcePathStyle: flags.forcePathStyle,
    noSignRequest: flags.signRequest === false,
    requestPayer: flags.requestPayer,
    sseCustomerKey: flags.sseCKey === undefined ? undefined : readSseCustomerKey(flags.sseCKey),
    caBundle: given(environment.AWS_CA_BUNDLE),
  };
}

/** An empty variable is as good as none. */
function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointFrom(environment: Environment): string | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === "true") return undefined;
  return given(environment.AWS_ENDPOINT_URL_S3) ?? given(environment.AWS_ENDPOINT_URL);
}

const SSE_KEY_HINT = "Give 32 bytes in Base64, or fileb://FILE for a file that holds just them.";

/** The key itself is never part of a message. */
function readSseCustomerKey(text: string): Uint8Array {
  const file = /^fileb:\/\/(.*)$/s.exec(text)?.[1];
  let key: Uint8Array;
  if (file === undefined) {
    key = Buffer.from(text, "base64");
  } else {
    try {
      key = readFileSync(file);
    } catch (cause) {
      throw new S3PinError("USAGE", `The file of --sse-c-key cannot be read: ${file}`, { hint: SSE_KEY_HINT, cause });
    }
  }
  if (key.length === 32) return key;
  throw new S3PinError("USAGE", `--sse-c-key holds ${key.length} bytes; expected 32`, { hint: SSE_KEY_HINT });
}
