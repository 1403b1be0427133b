import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { invalidRequest, S3Error } from "./errors.ts";
import { header, type S3Request } from "./s3-request.ts";

/** How far a request's date may be from the real time: S3's 15 minutes. */
const MAX_SKEW_MS = 15 * 60 * 1000;

const ALGORITHM = "AWS4-HMAC-SHA256";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Who asks, and how to check what follows. */
export interface Identity {
  readonly isAnonymous: boolean;
  /** the region the request was signed for */
  readonly region?: string;
  /** signs the chunks of a signed aws-chunked body; the signature goes on from the one before */
  readonly signChunk?: (previous: string, kind: "PAYLOAD" | "TRAILER", hashes: readonly string[]) => string;
  /** the request's own signature */
  readonly signature?: string;
}

/** What a signature says about itself, in the Authorization header or in the query. */
interface Claim {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly payloadHash: string;
  readonly isPresigned: boolean;
}

/**
 * Checks the signature of a request, in its header or its query (presigned).
 * @param realNowMs the real clock, not the sandbox's settable one: clients sign with theirs
 * @throws {S3Error} 403 AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed; 400 for what cannot be read
 */
export function authenticate(
  request: S3Request,
  credentials: Credentials,
  allowAnonymous: boolean,
  realNowMs: number,
): Identity {
  const claim = readClaim(request);
  if (!claim) {
    if (allowAnonymous) return { isAnonymous: true };
    throw new S3Error(403, "AccessDenied", "Access Denied");
  }
  if (claim.accessKeyId !== credentials.accessKeyId) {
    throw new S3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
      fields: { AWSAccessKeyId: claim.accessKeyId },
    });
  }
  checkTime(request, claim, realNowMs);

  const scope = `${claim.day}/${claim.region}/s3/aws4_request`;
  const key = signingKey(credentials.secretAccessKey, claim.day, claim.region);
  const canonical = canonicalRequest(request, claim);
  const stringToSign = `${ALGORITHM}\n${claim.date}\n${scope}\n${sha256(canonical)}`;
  const expected = hmac(key, stringToSign).toString("hex");
  if (!isSame(expected, claim.signature)) {
    throw new S3Error(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { fields: { AWSAccessKeyId: claim.accessKeyId, StringToSign: stringToSign, CanonicalRequest: canonical } },
    );
  }
  return {
    isAnonymous: false,
    region: claim.region,
    signature: expected,
    signChunk(previous, kind, hashes) {
      const text = [`${ALGORITHM}-${kind}`, claim.date, scope, previous, ...hashes].join("\n");
      return hmac(key, text).toString("hex");
    },
  };
}

/** RFC 3986, as SigV4 wants it: only A-Z a-z 0-9 - . _ ~ stay. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function readClaim(request: S3Request): Claim | undefined {
  const authorization = header(request, "authorization");
  if (authorization !== undefined) return headerClaim(request, authorization);
  return request.query.has("X-Amz-Signature") ? queryClaim(request) : undefined;
}

function headerClaim(request: S3Request, authorization: string): Claim {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw invalidRequest(`The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`);
  }
  const field = (name: string) => new RegExp(`[ ,]${name}=([^, ]+)`).exec(authorization)?.[1];
  const payloadHash = header(request, "x-amz-content-sha256");
  if (payloadHash === undefined) throw invalidRequest("Missing required header for this request: x-amz-content-sha256");
  return {
    ...readScope(field("Credential")),
    signedHeaders: (field("SignedHeaders") ?? "").split(";"),
    signature: field("Signature") ?? "",
    date: header(request, "x-amz-date") ?? "",
    payloadHash,
    isPresigned: false,
  };
}

function queryClaim(request: S3Request): Claim {
  const field = (name: string) => request.query.get(`X-Amz-${name}`) ?? "";
  return {
    ...readScope(field("Credential")),
    signedHeaders: field("SignedHeaders").split(";"),
    signature: field("Signature"),
    date: field("Date"),
    payloadHash:
      request.query.get("X-Amz-Content-Sha256") ?? header(request, "x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD",
    isPresigned: true,
  };
}

function readScope(credential: string | undefined): Pick<Claim, "accessKeyId" | "day" | "region"> {
  const [accessKeyId, day, region, service, end] = credential?.split("/") ?? [];
  if (!accessKeyId || !day || !region || service !== "s3" || end !== "aws4_request") {
    throw new S3Error(
      400,
      "AuthorizationHeaderMalformed",
      "The authorization header is malformed; the Credential is mal-formed.",
    );
  }
  return { accessKeyId, day, region };
}

function checkTime(request: S3Request, claim: Claim, realNowMs: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.date);
  if (!match) throw new S3Error(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
  const [, year, month, day, hours, minutes, seconds] = match;
  const signedMs = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  if (claim.isPresigned) {
    const expiresMs = signedMs + Number(request.query.get("X-Amz-Expires") ?? "0") * 1000;
    if (realNowMs > expiresMs) throw new S3Error(403, "AccessDenied", "Request has expired");
    return;
  }
  if (Math.abs(realNowMs - signedMs) <= MAX_SKEW_MS) return;
  throw new S3Error(
    403,
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    {
      fields: {
        RequestTime: claim.date,
        ServerTime: new Date(realNowMs).toISOString(),
        MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
      },
    },
  );
}

function canonicalRequest(request: S3Request, claim: Claim): string {
  const query = [...request.query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .sort();
  const headers = claim.signedHeaders.map((name) => {
    const value = header(request, name) ?? "";
    return `${name}:${value.trim().replace(/ {2,}/g, " ")}\n`;
  });
  return [
    request.method,
    canonicalPath(request.rawPath),
    query.join("&"),
    headers.join(""),
    claim.signedHeaders.join(";"),
    claim.payloadHash,
  ].join("\n");
}

/** The path with one agreed encoding, whatever the client left unencoded. */
function canonicalPath(rawPath: string): string {
  if (/^[A-Za-z0-9\-._~/]*$/.test(rawPath)) return rawPath;
  return rawPath
    .split("/")
    .map((segment) => encodeRfc3986(decodeURIComponent(segment)))
    .join("/");
}

const signingKeys = new Map<string, Buffer>();

function signingKey(secret: string, day: string, region: string): Buffer {
  const name = `${day} ${region} ${secret}`;
  const known = signingKeys.get(name);
  if (known) return known;
  const key = ["s3", "aws4_request"].reduce(hmac, hmac(hmac(Buffer.from(`AWS4${secret}`), day), region));
  signingKeys.set(name, key);
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Node gives header bytes as Latin-1, all else here is ASCII: so the bytes are those that the client signed. */
function sha256(text: string): string {
  return createHash("sha256").update(text, "latin1").digest("hex");
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
