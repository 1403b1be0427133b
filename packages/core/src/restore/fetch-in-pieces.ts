import { type PieceProof, startPieceDigest } from "../digest/piece-digest.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { withRetry } from "../retry/with-retry.ts";
import { type FetchContext, type FetchedFile, judged, type ObjectAddress } from "./fetch-context.ts";
import { EarlierPiecesUnproven, fetchPartial } from "./fetch-partial.ts";
import type { PartialFile } from "./temp-dir.ts";

/** What is read at once of a piece that is there already. */
const READ_BYTES = 1024 * 1024;

/**
 * Fetches a large object whose pieces prove it one by one: each streams to its place in the file and is hashed on the way,
 * in whatever order and thread, and nothing waits in memory.
 * @throws {S3PinError} of the last attempt; what {@link fetchPartial} says
 */
export async function fetchInPieces(
  entry: ManifestEntry,
  address: ObjectAddress,
  proof: PieceProof,
  context: FetchContext,
): Promise<FetchedFile> {
  const { algorithm, pieces } = proof;
  const digests: string[] = [];
  let lastModifiedMs: number | undefined;
  let received = 0;
  const count = (bytes: number) => {
    received += bytes;
    context.onBytes(bytes);
  };
  try {
    return await fetchPartial(
      entry,
      {
        pieces,
        async take(number, piece, file, signal) {
          if (file.isEarlier(piece)) {
            digests[number] = await digestEarlier(file, piece, algorithm, signal);
            count(piece.length);
            return;
          }
          const job = { entry, address, piece, algorithm, file: file.path };
          const fetchIt = () => context.pieces.fetch(job, { signal, onBytes: count });
          const fetched = await withRetry(fetchIt, { ...context.retry, signal });
          digests[number] = fetched.digest;
          lastModifiedMs = fetched.lastModifiedMs;
          file.mark(piece);
        },
        finish(file) {
          const outcome = proof.judge(digests);
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

async function digestEarlier(
  file: PartialFile,
  { first, length }: PieceProof["pieces"][number],
  algorithm: string,
  signal: AbortSignal,
): Promise<string> {
  const digest = startPieceDigest(algorithm);
  for (let at = 0; at < length; at += READ_BYTES) {
    signal.throwIfAborted();
    digest.update(file.read(first + at, Math.min(READ_BYTES, length - at)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return digest.finish();
}
