import { type ContentDigest, createContentDigest, type ExpectedContent } from "../digest/content-digest.ts";
import { printable, S3PinError } from "../errors.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { ObjectHead, ObjectStore } from "../s3/object-store.ts";
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
import type { TempFile, TempFiles } from "./temp-dir.ts";

/** What fetching an object as a whole needs. */
export interface WholeContext extends Pick<FetchContext, "signal" | "onBytes"> {
  readonly store: Pick<ObjectStore, "getVersion">;
  readonly tempDir: TempFiles;
}

/**
 * Fetches an object by one GET, once.
 * @throws {S3PinError}; the temporary file is gone then
 */
export async function fetchWhole(
  entry: ManifestEntry,
  address: ObjectAddress,
  expected: ExpectedContent,
  context: WholeContext,
): Promise<FetchedFile> {
  let file: TempFile | undefined;
  let digest: ContentDigest | undefined;
  let lastModifiedMs: number | undefined;
  let received = 0;
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
          digest = createContentDigest(withHead(expected, head));
          file = createTempFile(context.tempDir, entry);
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
