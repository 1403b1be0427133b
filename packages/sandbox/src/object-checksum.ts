import { readBody } from "./body.ts";
import type { ObjectVersion } from "./bucket-store.ts";
import { checksumHeader, checksumOf, type StoredChecksum } from "./checksums.ts";
import type { Quirks } from "./quirks.ts";
import { element } from "./xml.ts";

const computed = new WeakMap<ObjectVersion, StoredChecksum>();

/** An object's checksum; computed now if nobody has asked for it before, since reading all bodies for it would be wasted on most. */
export function objectChecksum(version: ObjectVersion): StoredChecksum {
  const { checksum } = version;
  if (typeof checksum !== "string") return checksum;
  const known = computed.get(version);
  if (known) return known;
  const value = checksumOf(checksum, readBody(version.body));
  const stored: StoredChecksum = { algorithm: checksum, type: "FULL_OBJECT", value };
  computed.set(version, stored);
  return stored;
}

/** `x-amz-checksum-*` and its type. */
export function checksumHeaders(version: ObjectVersion, quirks: Readonly<Quirks>): Record<string, string> {
  if (quirks.noChecksums) return {};
  const { algorithm, type, value } = objectChecksum(version);
  return { [checksumHeader(algorithm)]: value, "x-amz-checksum-type": type };
}

/** `<ChecksumCRC32>` and its type, as results of copying and completing have them. */
export function checksumElements(version: ObjectVersion, quirks: Readonly<Quirks>): string {
  if (quirks.noChecksums) return "";
  const { algorithm, type, value } = objectChecksum(version);
  return element(`Checksum${algorithm}`, value) + element("ChecksumType", type);
}

/** Algorithm and type without the value, as listings have them. */
export function checksumSummary(version: ObjectVersion, quirks: Readonly<Quirks>): string {
  if (quirks.noChecksums) return "";
  const { checksum } = version;
  const [algorithm, type] =
    typeof checksum === "string" ? [checksum, "FULL_OBJECT"] : [checksum.algorithm, checksum.type];
  return `<ChecksumAlgorithm>${algorithm}</ChecksumAlgorithm><ChecksumType>${type}</ChecksumType>`;
}
