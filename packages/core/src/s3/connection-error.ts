import { isS3PinError, S3PinError } from "../errors.ts";

/** Node's and OpenSSL's codes for a certificate that no known authority signed. */
const UNTRUSTED_CERTIFICATE = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_ISSUER_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

/**
 * What a failed connection means, from the code that Node, undici or our own transport gives it.
 * @param bodyStarted whether the answer's head had come: then the body broke off, which is a matter of this one request
 */
export function connectionError(error: Error, origin: string, bodyStarted = false): S3PinError {
  if (isS3PinError(error)) return error;
  if (error.name === "AbortError") return new S3PinError("ABORTED", "Stopped on request", { cause: error });
  const code = errorCode(error);
  const details = { origin, cause: code };
  if (bodyStarted && !code.endsWith("TIMEOUT") && code !== "ETIMEDOUT")
    return new S3PinError("SHORT_BODY", `${origin} broke off in the middle of a body (${code})`, {
      details,
      cause: error,
    });
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
    case "ETIMEDOUT":
      return new S3PinError("TIMEOUT", `No answer from ${origin} in time (${code})`, { details, cause: error });
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new S3PinError("CONNECTION_FAILED", `The name in ${origin} does not resolve (${code})`, {
        hint: "Check --endpoint-url, --region and the bucket's name, and that this machine has DNS.",
        details,
        cause: error,
      });
    case "ECONNREFUSED":
      return new S3PinError("CONNECTION_FAILED", `Nothing listens at ${origin} (${code})`, {
        hint: "Check --endpoint-url, and HTTPS_PROXY/HTTP_PROXY/NO_PROXY if a proxy stands between.",
        details,
        cause: error,
      });
    default:
      if (UNTRUSTED_CERTIFICATE.has(code))
        return new S3PinError(
          "CONNECTION_FAILED",
          `The certificate of ${origin} is not signed by a known authority (${code})`,
          {
            hint: "Set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to the PEM file of your own authority.",
            details: { ...details, permanent: true },
            cause: error,
          },
        );
      return new S3PinError("CONNECTION_FAILED", `The connection to ${origin} failed: ${error.message} (${code})`, {
        details,
        cause: error,
      });
  }
}

function errorCode(error: Error): string {
  const own = (error as NodeJS.ErrnoException).code;
  if (own !== undefined && own !== "UND_ERR_SOCKET") return own;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  if (cause?.code !== undefined) return cause.code;
  // A name that resolves to several addresses fails with one error for each.
  const first = (error as AggregateError).errors?.[0] as NodeJS.ErrnoException | undefined;
  return first?.code ?? own ?? error.name;
}
