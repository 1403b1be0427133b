import { readFileSync } from "node:fs";
import * as tls from "node:tls";

import { S3PinError } from "../errors.ts";

/**
 * The certificate authorities to trust when a bundle is named besides Node's own; undefined for just Node's own.
 * @throws {S3PinError} `USAGE`
 */
export function trustedAuthorities(caBundle: string | undefined): string[] | undefined {
  if (caBundle === undefined) return undefined;
  try {
    return [...nodesOwn(), readFileSync(caBundle, "utf8")];
  } catch (cause) {
    throw new S3PinError("USAGE", `The CA bundle ${caBundle} cannot be read`, {
      hint: "AWS_CA_BUNDLE must name a readable PEM file.",
      cause,
    });
  }
}

/** With those of NODE_EXTRA_CA_CERTS, which Node tells since 22.15. */
function nodesOwn(): readonly string[] {
  return tls.getCACertificates?.("default") ?? tls.rootCertificates;
}
