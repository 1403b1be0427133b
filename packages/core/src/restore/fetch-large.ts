import type { ExpectedContent } from "../digest/content-digest.ts";
import { planPieces } from "../digest/piece-digest.ts";
import { isS3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { FetchContext, FetchedFile, ObjectAddress } from "./fetch-context.ts";
import { fetchInPieces } from "./fetch-in-pieces.ts";
import { fetchInRanges } from "./fetch-in-ranges.ts";
import { EarlierPiecesUnproven, EtagIsNoMd5, RangesIgnored } from "./fetch-partial.ts";
import { learnExpectation } from "./learn-expectation.ts";

/**
 * Fetches a large object in parallel; undefined when the store ignores ranges.
 * @throws {S3PinError} of the last attempt; the temporary file is gone then
 */
export async function fetchLarge(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent,
  context: FetchContext,
): Promise<FetchedFile | undefined> {
  const { sizeBytes } = expected;
  if (sizeBytes === undefined) return undefined;
  let known: ExpectedContent & { readonly sizeBytes: number } = { ...expected, sizeBytes };
  for (let isSecond = false; ; isSecond = true) {
    try {
      const proof = planPieces(known);
      return await (proof === undefined
        ? fetchInRanges(entry, address, known, context)
        : fetchInPieces(entry, address, proof, context));
    } catch (error) {
      if (error instanceof RangesIgnored) return undefined;
      if (error instanceof EtagIsNoMd5)
        known = { ...(await learnExpectation(entry, address, context)), sizeBytes, etagMayBeMd5: false };
      else if (error instanceof EarlierPiecesUnproven) continue;
      // Each piece has its own retries, so only a wrong digest of the whole is worth a second round.
      else if (isSecond || !isS3PinError(error) || error.code !== "DIGEST_MISMATCH") throw error;
    }
  }
}
