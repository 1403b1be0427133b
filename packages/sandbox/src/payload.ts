import { decodeChunked } from "./aws-chunked.ts";
import { type Body, type BodyStore, bodyBytes } from "./body.ts";
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  createHasher,
  cryptoHasher,
  isChecksumValue,
  parseAlgorithm,
} from "./checksums.ts";
import { invalidRequest, S3Error } from "./errors.ts";
import { header, type S3Request } from "./s3-request.ts";
import type { Identity } from "./sigv4.ts";

/** The body of a request, all that was promised about it checked. */
export interface Payload {
  readonly body: Body;
  readonly md5: Buffer;
  /** the checksum that came with it, proven */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
}

/** A checksum that the client promises: its value stands in a header, or comes in a trailer. */
interface PromisedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  value: string | undefined;
}

/**
 * Takes the body of a request, decoded if it is aws-chunked, and checks length, Content-MD5, x-amz-content-sha256 and x-amz-checksum-*.
 * @throws {S3Error} 400 BadDigest, InvalidDigest, XAmzContentSHA256Mismatch, IncompleteBody, InvalidRequest
 */
export async function receivePayload(request: S3Request, identity: Identity, store: BodyStore): Promise<Payload> {
  const contentMd5 = expectedMd5(request);
  const promised = promisedChecksum(request);
  const sha256 = expectedSha256(request);

  const md5Hasher = cryptoHasher("md5");
  const sha256Hasher = sha256 === undefined ? undefined : cryptoHasher("sha256");
  const checksumHasher = promised && createHasher(promised.algorithm);
  const writer = store.createWriter();
  try {
    for await (const piece of decodedPieces(request, identity, promised)) {
      md5Hasher.update(piece);
      sha256Hasher?.update(piece);
      checksumHasher?.update(piece);
      writer.write(piece);
    }
  } catch (error) {
    writer.abandon();
    throw error;
  }
  const body = writer.finish();

  const md5 = md5Hasher.digest();
  checkLength(request, body);
  if (contentMd5 && !contentMd5.equals(md5)) throw badDigest("Content-MD5");
  if (sha256Hasher && sha256Hasher.digest().toString("hex") !== sha256) {
    throw new S3Error(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  if (!promised || !checksumHasher) return { body, md5, checksum: undefined };
  const value = checksumHasher.digest().toString("base64");
  if (promised.value !== value) throw badDigest(promised.algorithm);
  return { body, md5, checksum: { algorithm: promised.algorithm, value } };
}

/** The body of a request as text, for XML. */
export async function receiveText(request: S3Request, identity: Identity, store: BodyStore): Promise<string> {
  return bodyBytes((await receivePayload(request, identity, store)).body).toString("utf8");
}

export function badDigest(what: string): S3Error {
  return new S3Error(400, "BadDigest", `The ${what} you specified did not match the calculated checksum.`);
}

function decodedPieces(
  request: S3Request,
  identity: Identity,
  promised: PromisedChecksum | undefined,
): AsyncIterable<Uint8Array> {
  const payloadHash = header(request, "x-amz-content-sha256") ?? "";
  if (!payloadHash.startsWith("STREAMING-")) return request.incoming;
  return decodeChunked(request.incoming, {
    identity: payloadHash.startsWith("STREAMING-AWS4-HMAC-SHA256") ? identity : undefined,
    onTrailer(name, value) {
      if (promised && name === checksumHeader(promised.algorithm)) promised.value = value;
    },
  });
}

function expectedMd5(request: S3Request): Buffer | undefined {
  const text = header(request, "content-md5");
  if (text === undefined) return undefined;
  const md5 = Buffer.from(text, "base64");
  if (md5.length === 16) return md5;
  throw new S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", {
    fields: { "Content-MD5": text },
  });
}

function expectedSha256(request: S3Request): string | undefined {
  const text = header(request, "x-amz-content-sha256");
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

function promisedChecksum(request: S3Request): PromisedChecksum | undefined {
  const trailers = (header(request, "x-amz-trailer") ?? "").toLowerCase().split(/\s*,\s*/);
  const found: PromisedChecksum[] = [];
  for (const algorithm of checksumAlgorithms) {
    const name = checksumHeader(algorithm);
    const value = header(request, name);
    if (value === undefined && !trailers.includes(name)) continue;
    if (value !== undefined && !isChecksumValue(algorithm, value)) {
      throw invalidRequest(`Value for ${name} header is invalid.`);
    }
    found.push({ algorithm, value });
  }
  if (found.length > 1)
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");

  const announced = header(request, "x-amz-sdk-checksum-algorithm");
  if (announced !== undefined && found[0]?.algorithm !== parseAlgorithm(announced)) {
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  return found[0];
}

function checkLength(request: S3Request, body: Body): void {
  const promised = header(request, "x-amz-decoded-content-length");
  if (promised === undefined || Number(promised) === body.sizeBytes) return;
  throw new S3Error(
    400,
    "IncompleteBody",
    "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header",
  );
}
