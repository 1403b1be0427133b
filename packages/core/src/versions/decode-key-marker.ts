import { decodeUrl } from "./decode-url.ts";

/**
 * The key marker of an answer whose keys are url encoded, fit to be given back. Most stores encode it as well; radosgw
 * writes it plainly, and decoding that would leave out every key between `%41` and `A`. So the keys of the page decide:
 * the marker is one of them, or begins with one.
 *
 * | the marker | is |
 * |---|---|
 * | decoded, the last key, or else any key | encoded |
 * | as it is, the last key, or else any key | plain |
 * | decoded or else as it is, begins with the last key (MinIO) | encoded, plain |
 * | none of these | encoded, as S3 documents it |
 * @param keys decoded, in the order of the page
 * @returns undefined when it can be neither
 */
export function decodeKeyMarker(text: string, keys: readonly string[]): string | undefined {
  const decoded = decodeUrl(text);
  if (decoded === text) return decoded;
  const last = keys.at(-1);
  if (decoded === last) return decoded;
  if (text === last) return text;
  if (decoded !== undefined && keys.includes(decoded)) return decoded;
  if (keys.includes(text)) return text;
  if (last !== undefined && !decoded?.startsWith(last) && text.startsWith(last)) return text;
  return decoded;
}
