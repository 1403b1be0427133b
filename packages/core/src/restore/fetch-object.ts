import type { ExpectedContent } from "../digest/content-digest.ts";
import { multipartEtagParts } from "../digest/etag.ts";
import { isS3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { FetchContext, FetchedFile, ObjectAddress } from "./fetch-context.ts";
import { fetchLarge } from "./fetch-large.ts";
import { isLarge } from "./fetch-partial.ts";
import { fetchWhole } from "./fetch-whole.ts";
import { learnExpectation, learnPartSizes } from "./learn-expectation.ts";

/**
 * Fetches one pinned version into a temporary file, hashing it on the way.
 * @throws {S3PinError} of the last attempt; the temporary file is gone then
 */
export async function fetchObject(
  entry: ManifestEntry,
  address: ObjectAddress,
  context: FetchContext,
): Promise<FetchedFile> {
  const expected = isPlain(entry)
    ? { sizeBytes: entry.sizeBytes, etag: entry.etag }
    : await learnExpectation(entry, address, context);
  try {
    return await fetchExpected(entry, address, expected, context);
  } catch (error) {
    if (!isS3PinError(error) || error.code !== "DIGEST_MISMATCH" || expected.partSizes === undefined) throw error;
    const partSizes = await learnPartSizes(entry, address, context);
    if (partSizes === undefined) throw error;
    return await fetchExpected(entry, address, { ...expected, partSizes }, context);
  }
}

/**
 * Whether the answer to one GET says all that is to be known of an object: not of a large one, which comes in pieces, and
 * not of one in parts, whose sizes it never tells.
 */
export function isPlain(entry: ManifestEntry): boolean {
  return !isLarge(entry) && multipartEtagParts(entry.etag) === undefined;
}

async function fetchExpected(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent,
  context: FetchContext,
): Promise<FetchedFile> {
  const inParallel = isLarge(expected) ? await fetchLarge(entry, address, expected, context) : undefined;
  return inParallel ?? (await withRetry(() => fetchWhole(entry, address, expected, context), context.retry));
}
