import { createHash } from "node:crypto";

import { createContentDigest, type ExpectedContent } from "../digest/content-digest.ts";
import { isMd5Etag } from "../digest/etag.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { isS3PinError, printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { ObjectHead } from "../s3/object-store.ts";
import {
  checkHead,
  type FetchContext,
  type FetchedFile,
  getRequest,
  type ObjectAddress,
  sizeMismatch,
  verified,
  writeChunk,
} from "./fetch-context.ts";
import { learnExpectation } from "./learn-expectation.ts";
import type { PartialFile, TempDir } from "./temp-dir.ts";

/** Above this an object comes in parallel ranges: one connection gives only a share of the line. */
export const LARGE_OBJECT_BYTES = 32 * 1024 * 1024;

/** S3's guide advises ranges of 8 to 16 MiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html */
const RANGE_BYTES = 8 * 1024 * 1024;

/** Ranges of one object under way at once. */
const RANGES_IN_FLIGHT = 8;

/**
 * The name of the file that an entry's ranges go into, by which a later run finds it again; undefined for an entry that
 * does not come in ranges.
 */
export function partialName({ source, path, versionId, etag, sizeBytes }: ManifestEntry): string | undefined {
  if (sizeBytes === undefined || sizeBytes <= LARGE_OBJECT_BYTES) return undefined;
  const identity = JSON.stringify([source, path, versionId, etag, sizeBytes, RANGE_BYTES]);
  return `partial-${createHash("sha256").update(identity).digest("hex").slice(0, 32)}`;
}

/** What an earlier run left cannot be proven, so it has to be fetched again. */
class EarlierRangesUnproven extends Error {}

/** A 200 to a Range request: legal, and the object then starts over as a whole. */
class RangesIgnored extends Error {}

/** The ETag looks like an MD5 and is none, so another proof must be asked for. */
class EtagIsNoMd5 extends Error {}

/**
 * Fetches a large object in parallel ranges; undefined for one that is not large, and when the store ignores ranges.
 * @throws {S3PinError} of the last attempt; the temporary file is gone then
 */
export async function fetchInRanges(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent,
  context: FetchContext,
): Promise<FetchedFile | undefined> {
  const { sizeBytes } = expected;
  if (sizeBytes === undefined || sizeBytes <= LARGE_OBJECT_BYTES) return undefined;
  let known: ExpectedContent & { readonly sizeBytes: number } = { ...expected, sizeBytes };
  for (let isSecond = false; ; isSecond = true) {
    try {
      return await fetchOnce(entry, address, known, context);
    } catch (error) {
      if (error instanceof RangesIgnored) return undefined;
      if (error instanceof EtagIsNoMd5)
        known = { ...(await learnExpectation(entry, address, context)), sizeBytes, etagMayBeMd5: false };
      else if (error instanceof EarlierRangesUnproven) continue;
      // Each range has its own retries, so only a wrong digest of the whole is worth a second round.
      else if (isSecond || !isS3PinError(error) || error.code !== "DIGEST_MISMATCH") throw error;
    }
  }
}

/**
 * Ranges that a killed run wrote are read from its file, the others from the store. Each waits in memory until all before
 * it were hashed, so the digest runs in order and no byte is read again; the budget bounds what waits.
 */
async function fetchOnce(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent & { readonly sizeBytes: number },
  context: FetchContext,
): Promise<FetchedFile> {
  const { sizeBytes } = expected;
  const count = Math.ceil(sizeBytes / RANGE_BYTES);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const digest = await createContentDigest(expected);
  const file = openPartial(context.tempDir, { ...entry, sizeBytes });
  let lastModifiedMs: number | undefined;
  let received = 0;
  let hashed: Promise<void> = Promise.resolve();
  let next = 0;

  const onHead = (head: ObjectHead) => {
    if (!head.etagMayBeMd5 && expected.etagMayBeMd5 !== false && isMd5Etag(expected.etag)) throw new EtagIsNoMd5();
    lastModifiedMs = head.lastModifiedMs;
  };
  const readOnce = async (first: number, length: number): Promise<Buffer> => {
    const bytes = await readRange(entry, address, [first, first + length - 1], { ...context, signal }, onHead);
    context.onBytes(bytes.length);
    received += bytes.length;
    return bytes;
  };
  const readEarlier = (first: number, length: number): Buffer => {
    context.onBytes(length);
    received += length;
    return file.read(first, length);
  };
  const fetchBytes = async (number: number, first: number, length: number): Promise<Buffer> => {
    const bytes = await withRetry(() => readOnce(first, length), { ...context.retry, signal });
    writeChunk(file, bytes, first, entry);
    file.mark(number);
    return bytes;
  };
  const fetchRange = async (number: number): Promise<void> => {
    const first = number * RANGE_BYTES;
    const length = Math.min(RANGE_BYTES, sizeBytes - first);
    const before = hashed;
    let turnDone: () => void = () => {};
    hashed = new Promise((resolve) => {
      turnDone = resolve;
    });
    // In order, so that the range whose turn it is never waits for memory that later ones hold.
    await context.budget.take(length);
    try {
      const bytes = file.earlier.has(number) ? readEarlier(first, length) : await fetchBytes(number, first, length);
      await before;
      if (!signal.aborted) digest.update(bytes);
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      context.budget.give(length);
      turnDone();
    }
  };
  const worker = async () => {
    while (next < count && !signal.aborted) await fetchRange(next++);
  };

  try {
    const outcomes = await Promise.allSettled(Array.from({ length: Math.min(RANGES_IN_FLIGHT, count) }, worker));
    const failure = outcomes
      .map((outcome) => (outcome.status === "rejected" ? outcome.reason : undefined))
      .find(isFirstCause);
    if (failure !== undefined) throw failure;
    context.signal.throwIfAborted();
    const outcome = verified(entry, digest);
    // A power failure may have taken bytes of which only the list was kept.
    if (file.earlier.size > 0 && outcome.digest.proof === undefined) throw new EarlierRangesUnproven();
    return { file, ...outcome, lastModifiedMs };
  } catch (error) {
    file.discard();
    context.onBytes(-received);
    throw error;
  }
}

/** The failure that stopped the other ranges, not their having been stopped. */
function isFirstCause(reason: unknown): boolean {
  return reason !== undefined && !(isS3PinError(reason) && reason.code === "ABORTED");
}

function openPartial(tempDir: TempDir, entry: ManifestEntry): PartialFile {
  try {
    return tempDir.createPartial(partialName(entry) ?? "");
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}

async function readRange(
  entry: ManifestEntry,
  address: ObjectAddress,
  range: readonly [number, number],
  { store, signal }: FetchContext,
  onHead: (head: ObjectHead) => void,
): Promise<Buffer> {
  const length = range[1] - range[0] + 1;
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  await store.getVersion(
    { ...getRequest(entry, address), range, ifMatch: entry.etag },
    {
      start(head) {
        if (head.status === 200) throw new RangesIgnored();
        checkHead(entry, head);
        if (head.contentLength !== undefined && head.contentLength !== length)
          throw sizeMismatch(entry, head.contentLength, length);
        onHead(head);
        return undefined;
      },
      write(chunk) {
        if (filled + chunk.length > length) throw sizeMismatch(entry, filled + chunk.length, length);
        bytes.set(chunk, filled);
        filled += chunk.length;
        return undefined;
      },
    },
    signal,
  );
  if (filled !== length)
    throw new S3PinError("SHORT_BODY", `${printable(entry.path)}: ${filled} of ${length} bytes came`);
  return bytes;
}
