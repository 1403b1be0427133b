import { printable, S3PinError } from "../errors.ts";
import { flatCopies } from "../manifest/flat-copies.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import type { ObjectVersion } from "../versions/types.ts";

/**
 * The manifest entry of a listed version.
 * @param prefix of the source; the path is the key without it
 * @throws {S3PinError} `UNEXPECTED_ANSWER` when the key does not begin with the prefix that was asked for
 */
export function entryOf(version: ObjectVersion, prefix: string, source: string): ManifestEntry {
  const { key, versionId, sizeBytes, etag, lastModifiedMs } = version;
  if (!key.startsWith(prefix)) {
    throw new S3PinError("UNEXPECTED_ANSWER", `Asked for ${printable(prefix)}, the store lists ${printable(key)}`, {
      hint: "The store changes keys, or does not heed the prefix: it cannot be pinned.",
      details: { expected: prefix, found: key },
    });
  }
  // cut out of a page of XML, they would keep its 400 KB in memory
  const [path, flatVersionId, flatEtag] = flatCopies(key.slice(prefix.length), versionId, etag);
  return {
    path,
    versionId: flatVersionId,
    sizeBytes,
    etag: flatEtag === "" ? undefined : flatEtag,
    lastModifiedMs,
    source,
    extra: undefined,
  };
}
