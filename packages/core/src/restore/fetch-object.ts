import { type ContentDigest, createContentDigest, type ExpectedContent } from "../digest/content-digest.ts";
import { multipartEtagParts } from "../digest/etag.ts";
import { isS3PinError, printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { ObjectHead } from "../s3/object-store.ts";
import {
  checkHead,
  createTempFile,
  type FetchContext,
  type FetchedFile,
  getRequest,
  judged,
  type ObjectAddress,
  sizeMismatch,
  writeChunk,
} from "./fetch-context.ts";
import { fetchLarge } from "./fetch-large.ts";
import { LARGE_OBJECT_BYTES } from "./fetch-partial.ts";
import { learnExpectation, learnPartSizes } from "./learn-expectation.ts";
import type { TempFile } from "./temp-dir.ts";

/**
 * Fetches one pinned version into a temporary file, hashing it on the way.
 * @throws {S3PinError} of the last attempt; the temporary file is gone then
 */
export async function fetchObject(
  entry: ManifestEntry,
  address: ObjectAddress,
  context: FetchContext,
): Promise<FetchedFile> {
  const isLarge = entry.sizeBytes !== undefined && entry.sizeBytes > LARGE_OBJECT_BYTES;
  // The answer to a GET of the whole says what a large one's ranges do not; only parts it never tells.
  const mustAsk = isLarge || multipartEtagParts(entry.etag) !== undefined;
  const expected = mustAsk
    ? await learnExpectation(entry, address, context)
    : { sizeBytes: entry.sizeBytes, etag: entry.etag };
  try {
    return await fetchExpected(entry, address, expected, context);
  } catch (error) {
    if (!isS3PinError(error) || error.code !== "DIGEST_MISMATCH" || expected.partSizes === undefined) throw error;
    const partSizes = await learnPartSizes(entry, address, context);
    if (partSizes === undefined) throw error;
    return await fetchExpected(entry, address, { ...expected, partSizes }, context);
  }
}

async function fetchExpected(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent,
  context: FetchContext,
): Promise<FetchedFile> {
  const inParallel = await fetchLarge(entry, address, expected, context);
  return inParallel ?? (await withRetry(() => fetchWhole(entry, address, expected, context), context.retry));
}

async function fetchWhole(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent,
  context: FetchContext,
): Promise<FetchedFile> {
  let file: TempFile | undefined;
  let digest: ContentDigest | undefined;
  let lastModifiedMs: number | undefined;
  let received = 0;
  const begin = (running: ContentDigest) => {
    digest = running;
    file = createTempFile(context.tempDir, entry);
  };
  try {
    await context.store.getVersion(
      getRequest(entry, address),
      {
        start(head) {
          checkHead(entry, head);
          const { contentLength } = head;
          if (entry.sizeBytes !== undefined && contentLength !== undefined && contentLength !== entry.sizeBytes)
            throw sizeMismatch(entry, contentLength);
          lastModifiedMs = head.lastModifiedMs;
          const running = createContentDigest(withHead(expected, head));
          if (running instanceof Promise) return running.then(begin);
          begin(running);
          return undefined;
        },
        write(chunk) {
          if (file === undefined || digest === undefined) return undefined;
          received += chunk.length;
          context.onBytes(chunk.length);
          digest.update(chunk);
          writeChunk(file, chunk, undefined, entry);
          return undefined;
        },
      },
      context.signal,
    );
    if (file === undefined || digest === undefined)
      throw new S3PinError("SHORT_BODY", `No body came for ${printable(entry.path)}`);
    return { file, ...judged(entry, digest.finish()), lastModifiedMs };
  } catch (error) {
    file?.discard();
    context.onBytes(-received);
    throw error;
  }
}

/** An expectation with what the answer itself says. */
function withHead(expected: ExpectedContent, head: ObjectHead): ExpectedContent {
  return {
    ...expected,
    sizeBytes: expected.sizeBytes ?? head.contentLength,
    etag: expected.etag ?? head.etag,
    etagMayBeMd5: head.etagMayBeMd5,
    checksums: head.checksums,
  };
}
