import { closeSync, constants, openSync, writeSync } from "node:fs";

import { type Piece, startPieceDigest } from "../digest/piece-digest.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import { checkHead, getRequest, type ObjectAddress, sizeMismatch } from "./fetch-context.ts";
import { RangesIgnored } from "./fetch-partial.ts";

/** A piece of an object, to be fetched to its place in a file: plain data, that another thread can do as well. */
export interface PieceJob {
  readonly entry: ManifestEntry;
  readonly address: ObjectAddress;
  readonly piece: Piece;
  /** See `startPieceDigest`. */
  readonly algorithm: string;
  /** Path of the file, which is there. */
  readonly file: string;
}

export interface FetchedPiece {
  readonly digest: string;
  readonly lastModifiedMs: number | undefined;
}

export interface PieceOptions {
  readonly signal: AbortSignal;
  /** Told of what has come, and with a negative number of what is thrown away. */
  readonly onBytes: (bytes: number) => void;
}

/** Fetches pieces, here or elsewhere. */
export interface PieceFetcher {
  /** @throws {S3PinError} of this attempt */
  fetch(job: PieceJob, options: PieceOptions): Promise<FetchedPiece>;
}

/** Fetches one piece, in this thread, hashed while it is written. */
export async function fetchPiece(
  { entry, address, piece, algorithm, file }: PieceJob,
  store: Pick<ObjectStore, "getVersion">,
  { signal, onBytes }: PieceOptions,
): Promise<FetchedPiece> {
  const { first, length } = piece;
  const digest = startPieceDigest(algorithm);
  const fd = openForPiece(file, entry);
  let filled = 0;
  let lastModifiedMs: number | undefined;
  try {
    await store.getVersion(
      { ...getRequest(entry, address), range: [first, first + length - 1], ifMatch: entry.etag },
      {
        start(head) {
          if (head.status === 200) throw new RangesIgnored();
          checkHead(entry, head);
          if (head.contentLength !== undefined && head.contentLength !== length)
            throw sizeMismatch(entry, head.contentLength, length);
          lastModifiedMs = head.lastModifiedMs;
          return undefined;
        },
        write(chunk) {
          if (filled + chunk.length > length) throw sizeMismatch(entry, filled + chunk.length, length);
          digest.update(chunk);
          writeAt(fd, chunk, first + filled, entry);
          filled += chunk.length;
          onBytes(chunk.length);
          return undefined;
        },
      },
      signal,
    );
    if (filled !== length)
      throw new S3PinError("SHORT_BODY", `${printable(entry.path)}: ${filled} of ${length} bytes came`);
    return { digest: digest.finish(), lastModifiedMs };
  } catch (error) {
    onBytes(-filled);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function openForPiece(file: string, entry: ManifestEntry): number {
  try {
    return openSync(file, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}

function writeAt(fd: number, chunk: Uint8Array, offset: number, entry: ManifestEntry): void {
  try {
    for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at, chunk.length - at, offset + at);
  } catch (error) {
    throw fileSystemError(error, entry.path);
  }
}
