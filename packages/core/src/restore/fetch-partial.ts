import { createHash } from "node:crypto";

import type { Piece } from "../digest/piece-digest.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { isS3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { FetchContext } from "./fetch-context.ts";
import type { PartialFile } from "./temp-dir.ts";

/** Above this an object comes in parallel pieces: one connection gives only a share of the line. */
const LARGE_OBJECT_BYTES = 32 * 1024 * 1024;

export function isLarge({ sizeBytes = 0 }: Pick<ManifestEntry, "sizeBytes">): boolean {
  return sizeBytes > LARGE_OBJECT_BYTES;
}

/**
 * The name of the file that an entry's pieces go into, by which a later run finds it again; undefined for an entry that
 * does not come in pieces.
 */
export function partialName(entry: ManifestEntry): string | undefined {
  if (!isLarge(entry)) return undefined;
  const { source, path, versionId, etag, sizeBytes } = entry;
  const identity = JSON.stringify([source, path, versionId, etag, sizeBytes]);
  return `partial-${createHash("sha256").update(identity).digest("hex").slice(0, 32)}`;
}

/** A 200 to a Range request: legal, and the object then starts over as a whole. */
export class RangesIgnored extends Error {}

/** The ETag looks like an MD5 and is none, so another proof must be asked for. */
export class EtagIsNoMd5 extends Error {}

/** What an earlier run left cannot be proven, so it has to be fetched again. */
export class EarlierPiecesUnproven extends Error {}

/** How the pieces of an object are got and put together. */
export interface PieceWork<T> {
  readonly pieces: readonly Piece[];
  /** Fetches one, or takes what is there of it. The signal aborts when another piece has failed. */
  take(number: number, piece: Piece, file: PartialFile, signal: AbortSignal): Promise<void>;
  finish(file: PartialFile): T;
}

/**
 * Gets all pieces of an object into a file that a later run can go on with.
 * @throws what `take` or `finish` threw first; the file is gone then
 */
export async function fetchPartial<T>(entry: ManifestEntry, work: PieceWork<T>, context: FetchContext): Promise<T> {
  const { pieces } = work;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const file = openPartial(context, entry);
  let next = 0;
  const worker = async () => {
    while (next < pieces.length && !signal.aborted) {
      const number = next++;
      try {
        await work.take(number, pieces[number] as Piece, file, signal);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    }
  };
  try {
    const outcomes = await Promise.allSettled(Array.from({ length: context.piecesInFlight }, worker));
    const failure = outcomes
      .map((outcome) => (outcome.status === "rejected" ? outcome.reason : undefined))
      .find(isFirstCause);
    if (failure !== undefined) throw failure;
    context.signal.throwIfAborted();
    return work.finish(file);
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** The failure that stopped the other pieces, not their having been stopped. */
function isFirstCause(reason: unknown): boolean {
  return reason !== undefined && !(isS3PinError(reason) && reason.code === "ABORTED");
}

function openPartial({ tempDir }: FetchContext, entry: ManifestEntry): PartialFile {
  try {
    return tempDir.createPartial(partialName(entry) ?? "", entry.sizeBytes ?? 0);
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}
