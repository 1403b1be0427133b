import { chooseChecksum } from "../digest/checksum.ts";
import type { ExpectedContent } from "../digest/content-digest.ts";
import { multipartEtagParts } from "../digest/etag.ts";
import { type ErrorCode, isS3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { ObjectHead } from "../s3/object-store.ts";
import { checkHead, type FetchContext, type ObjectAddress } from "./fetch-context.ts";

/** Failures of a HEAD that the GET will share, so that it need not be sent. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  "ABORTED",
  "CREDENTIALS_MISSING",
  "CREDENTIALS_REFUSED",
  "WRONG_VERSION",
]);

/**
 * Asks the store by what an object's bytes can be told when its ETag is no plain MD5: a checksum over the whole, or else
 * the size of its first part, which is that of all but the last for every usual client. What the store does not say (some
 * know neither) is left out, and the GET that follows finds out what else may be wrong.
 */
export async function learnExpectation(
  entry: ManifestEntry,
  address: ObjectAddress,
  context: FetchContext,
): Promise<ExpectedContent> {
  const { etag } = entry;
  const head = await tryHead(entry, address, undefined, context);
  const sizeBytes = entry.sizeBytes ?? head?.contentLength;
  const known = { sizeBytes, etag: etag ?? head?.etag, etagMayBeMd5: head?.etagMayBeMd5, checksums: head?.checksums };
  const parts = multipartEtagParts(known.etag);
  if (parts === undefined || sizeBytes === undefined || chooseChecksum(head?.checksums ?? {}) !== undefined)
    return known;
  const first = (await tryHead(entry, address, 1, context))?.contentLength;
  // A store that does not know part numbers fails, or answers with the whole.
  if (first === undefined || first === 0 || (first === sizeBytes && parts > 1)) return known;
  if (Math.ceil(sizeBytes / first) === parts) return { ...known, partSizes: first };
  return { ...known, partSizes: await learnPartSizes(entry, address, context) };
}

/**
 * Asks for the size of every part, after a multipart ETag did not match with equal ones: parts of different sizes are
 * unusual, but legal.
 * @returns undefined when the parts turn out to be equal, or the store does not say
 */
export async function learnPartSizes(
  entry: ManifestEntry,
  address: ObjectAddress,
  context: FetchContext,
): Promise<readonly number[] | undefined> {
  const parts = multipartEtagParts(entry.etag);
  if (parts === undefined || entry.sizeBytes === undefined) return undefined;
  const sizes: number[] = [];
  for (let number = 1; number <= parts; number++) {
    const size = (await tryHead(entry, address, number, context))?.contentLength;
    if (size === undefined) return undefined;
    sizes.push(size);
  }
  const isWhole = sizes.reduce((sum, size) => sum + size, 0) === entry.sizeBytes;
  return isWhole && sizes.slice(1, -1).some((size) => size !== sizes[0]) ? sizes : undefined;
}

async function tryHead(
  entry: ManifestEntry,
  address: ObjectAddress,
  partNumber: number | undefined,
  { store, retry, signal }: FetchContext,
): Promise<ObjectHead | undefined> {
  try {
    const request = { ...address, versionId: entry.versionId, partNumber };
    const head = await withRetry(() => store.headVersion(request, signal), retry);
    checkHead(entry, head);
    return head;
  } catch (error) {
    if (signal.aborted || !isS3PinError(error) || FINAL.has(error.code)) throw error;
    return undefined;
  }
}
