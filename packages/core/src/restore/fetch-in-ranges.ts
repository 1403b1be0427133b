import { createContentDigest, type ExpectedContent } from "../digest/content-digest.ts";
import { isMd5Etag } from "../digest/etag.ts";
import { cutIntoRanges, type Piece } from "../digest/piece-digest.ts";
import { printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { ObjectHead } from "../s3/object-store.ts";
import {
  checkHead,
  type FetchContext,
  type FetchedFile,
  getRequest,
  judged,
  type ObjectAddress,
  sizeMismatch,
  writeChunk,
} from "./fetch-context.ts";
import { EarlierPiecesUnproven, EtagIsNoMd5, fetchPartial, RangesIgnored } from "./fetch-partial.ts";

/**
 * Fetches a large object of which only a digest of the whole is known. Each range waits in memory until all before it were
 * hashed, so the digest runs in order and no byte is read again; the budget bounds what waits. Ranges that a killed run
 * wrote are read from its file.
 * @throws {S3PinError} of the last attempt; what {@link fetchPartial} says
 */
export async function fetchInRanges(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent & { readonly sizeBytes: number },
  context: FetchContext,
): Promise<FetchedFile> {
  const digest = createContentDigest(expected);
  let lastModifiedMs: number | undefined;
  let received = 0;
  let hashed: Promise<void> = Promise.resolve();
  const onHead = (head: ObjectHead) => {
    if (!head.etagMayBeMd5 && expected.etagMayBeMd5 !== false && isMd5Etag(expected.etag)) throw new EtagIsNoMd5();
    lastModifiedMs = head.lastModifiedMs;
  };
  try {
    return await fetchPartial(
      entry,
      {
        pieces: cutIntoRanges(expected.sizeBytes),
        async take(_number, piece, file, signal) {
          const { first, length } = piece;
          const before = hashed;
          const { promise, resolve: turnDone } = Promise.withResolvers<void>();
          hashed = promise;
          // In order, so that the range whose turn it is never waits for memory that later ones hold.
          await context.budget.take(length);
          try {
            let bytes: Buffer;
            if (file.isEarlier(piece)) bytes = file.read(first, length);
            else {
              const fetchIt = () => readRange(entry, address, piece, { ...context, signal }, onHead);
              bytes = await withRetry(fetchIt, { ...context.retry, signal });
              writeChunk(file, bytes, first, entry);
              file.mark(piece);
            }
            context.onBytes(length);
            received += length;
            await before;
            if (!signal.aborted) digest.update(bytes);
          } finally {
            context.budget.give(length);
            turnDone();
          }
        },
        finish(file) {
          const outcome = digest.finish();
          // A power failure may have taken bytes of which only the list was kept.
          if (file.hasEarlier && outcome.proof === undefined) throw new EarlierPiecesUnproven();
          return { file, ...judged(entry, outcome), lastModifiedMs };
        },
      },
      context,
    );
  } catch (error) {
    context.onBytes(-received);
    throw error;
  }
}

async function readRange(
  entry: ManifestEntry,
  address: ObjectAddress,
  { first, length }: Piece,
  { store, signal }: FetchContext,
  onHead: (head: ObjectHead) => void,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  await store.getVersion(
    { ...getRequest(entry, address), range: [first, first + length - 1], ifMatch: entry.etag },
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
