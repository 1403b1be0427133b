import { createHash, hash } from "node:crypto";
import type { Bucket, Encryption, ObjectVersion } from "./bucket-store.ts";
import { invalidArgument, invalidRequest, S3Error } from "./errors.ts";
import { definedHeaders } from "./reply.ts";
import { header, type S3Request } from "./s3-request.ts";

/** What a write says about an object besides its bytes. */
export interface ObjectAttributes {
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption: Encryption;
}

export const DEFAULT_CONTENT_TYPE = "binary/octet-stream";

const storageClasses = [
  ...["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE"],
  ...["OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP"],
];

/** Headers that are kept and sent back as they are. */
const keptHeaders = [
  "cache-control",
  "content-disposition",
  "content-language",
  "expires",
  "x-amz-website-redirect-location",
];

/** @throws {S3Error} 400 for a storage class or an encryption that S3 does not have */
export function readAttributes(request: S3Request, region: string): ObjectAttributes {
  const storageClass = header(request, "x-amz-storage-class") ?? "STANDARD";
  if (!storageClasses.includes(storageClass)) {
    throw new S3Error(400, "InvalidStorageClass", "The storage class you specified is not valid", {
      fields: { StorageClassRequested: storageClass },
    });
  }
  return { headers: readKeptHeaders(request), storageClass, encryption: readEncryption(request, region) };
}

/** The ETag of an object in one piece: its MD5, but not when a key of KMS or of the customer encrypts it. */
export function singlePartEtag(md5: Buffer, encryption: Encryption): string {
  const hex = md5.toString("hex");
  return encryption.kind === "AES256" ? hex : hash("md5", `${encryption.kind} ${hex}`);
}

export function encryptionHeaders(encryption: Encryption): Record<string, string> {
  switch (encryption.kind) {
    case "AES256":
      return { "x-amz-server-side-encryption": "AES256" };
    case "aws:kms":
      return {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": encryption.keyId,
      };
    case "customer":
      return {
        "x-amz-server-side-encryption-customer-algorithm": "AES256",
        "x-amz-server-side-encryption-customer-key-MD5": encryption.keyMd5,
      };
  }
}

/** Where versioning was never enabled, S3 does not speak of version ids. */
export function versionIdHeader(bucket: Bucket, versionId: string): Record<string, string> {
  return bucket.versioning === "Off" ? {} : { "x-amz-version-id": versionId };
}

/**
 * Refuses to read an object encrypted with a customer's key unless the request brings that key.
 * @param prefix before `server-side-encryption-customer-…`; of a copy's source `x-amz-copy-source-`
 */
export function requireCustomerKey(request: S3Request, version: ObjectVersion, prefix = "x-amz-"): void {
  const keyMd5 = readCustomerKeyMd5(request, prefix);
  if (version.encryption.kind !== "customer") {
    if (keyMd5 === undefined) return;
    throw invalidRequest("The encryption parameters are not applicable to this object.");
  }
  if (keyMd5 === undefined) {
    throw invalidRequest(
      "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    );
  }
  if (keyMd5 !== version.encryption.keyMd5) throw new S3Error(403, "AccessDenied", "Access Denied");
}

export function kmsKeyId(region: string): string {
  return `arn:aws:kms:${region}:000000000000:key/00000000-0000-4000-8000-000000000000`;
}

function readKeptHeaders(request: S3Request): Record<string, string> {
  const headers: Record<string, string | undefined> = {
    "content-type": header(request, "content-type") || DEFAULT_CONTENT_TYPE,
  };
  for (const name of keptHeaders) headers[name] = header(request, name);
  const encodings = (header(request, "content-encoding") ?? "").split(/\s*,\s*/);
  headers["content-encoding"] = encodings.filter((encoding) => encoding !== "aws-chunked").join(",") || undefined;
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith("x-amz-meta-")) headers[name] = header(request, name);
  }
  return definedHeaders(headers);
}

function readEncryption(request: S3Request, region: string): Encryption {
  const keyMd5 = readCustomerKeyMd5(request, "x-amz-");
  if (keyMd5 !== undefined) return { kind: "customer", keyMd5 };
  const kind = header(request, "x-amz-server-side-encryption");
  switch (kind) {
    case undefined:
    case "AES256":
      return { kind: "AES256" };
    case "aws:kms":
      return { kind, keyId: header(request, "x-amz-server-side-encryption-aws-kms-key-id") ?? kmsKeyId(region) };
    default:
      throw invalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", kind);
  }
}

/** The digest of the customer's key in a request, the key itself checked against it; undefined without one. */
function readCustomerKeyMd5(request: S3Request, prefix: string): string | undefined {
  const name = `${prefix}server-side-encryption-customer-`;
  const algorithm = header(request, `${name}algorithm`);
  const key = header(request, `${name}key`);
  const keyMd5 = header(request, `${name}key-md5`);
  if (algorithm === undefined && key === undefined && keyMd5 === undefined) return undefined;
  const bytes = Buffer.from(key ?? "", "base64");
  if (algorithm !== "AES256" || bytes.length !== 32) {
    throw invalidArgument("The secret key was invalid for the specified algorithm.", `${name}key`, "null");
  }
  const computed = createHash("md5").update(bytes).digest("base64");
  if (keyMd5 !== undefined && keyMd5 !== computed) {
    throw invalidArgument(
      "The calculated MD5 hash of the key did not match the hash that was provided.",
      `${name}key-MD5`,
      keyMd5,
    );
  }
  return computed;
}
