import type { Body } from "./body.ts";
import type { ChecksumAlgorithm, StoredChecksum } from "./checksums.ts";
import { noSuchBucket, S3Error } from "./errors.ts";
import { type CompareKeys, compareUtf8, mergeSorted } from "./key-order.ts";
import { NULL_VERSION } from "./version-id.ts";

export type VersioningStatus = "Enabled" | "Suspended" | "Off";

/** One part of an object that came by multipart upload. */
export interface ObjectPart {
  readonly number: number;
  readonly sizeBytes: number;
  /** base64 */
  readonly checksum?: string | undefined;
}

/** How an object is said to be encrypted; the bytes are kept plain. */
export type Encryption =
  | { readonly kind: "AES256" }
  | { readonly kind: "aws:kms"; readonly keyId: string }
  | { readonly kind: "customer"; readonly keyMd5: string };

/** One version of an object. */
export interface ObjectVersion {
  readonly kind: "object";
  readonly key: string;
  readonly versionId: string;
  /** grows with each version made in the bucket: the order within a key */
  readonly sequence: number;
  /** milliseconds since 1970 */
  readonly lastModifiedMs: number;
  readonly body: Body;
  /** without quotes */
  readonly etag: string;
  readonly storageClass: string;
  /** Content-Type and the like, and `x-amz-meta-*`, as they are sent back */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  /** An algorithm alone means: the full object's, computed when first asked for. */
  readonly checksum: StoredChecksum | ChecksumAlgorithm;
  readonly parts?: readonly ObjectPart[] | undefined;
}

/** The version that says that a key is gone. */
interface DeleteMarker {
  readonly kind: "marker";
  readonly key: string;
  readonly versionId: string;
  readonly sequence: number;
  readonly lastModifiedMs: number;
}

export type Version = ObjectVersion | DeleteMarker;

/** A version before the bucket has given it its id and its place. */
export type NewVersion = Omit<ObjectVersion, "versionId" | "sequence"> | Omit<DeleteMarker, "versionId" | "sequence">;

export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly createdMs: number;
  versioning: VersioningStatus;
  /** as it was put */
  lifecycleXml: string | undefined;
  /** Versions by key, oldest first. A key stays, with no versions, when its last one goes. */
  readonly keys: Map<string, Version[]>;
  readonly index: KeyIndex;
  sequence: number;
  /** The sequences of removed versions, so that a listing can go on from a marker that is gone. */
  readonly removed: Map<string, number>;
}

/** The keys of a bucket in order; sorted when asked for, not when added. */
interface KeyIndex {
  compare: CompareKeys;
  sorted: string[];
  added: string[];
}

export function createBucket(name: string, region: string, createdMs: number): Bucket {
  return {
    name,
    region,
    createdMs,
    versioning: "Off",
    lifecycleXml: undefined,
    keys: new Map(),
    index: { compare: compareUtf8, sorted: [], added: [] },
    sequence: 0,
    removed: new Map(),
  };
}

/** @throws {S3Error} 404 NoSuchBucket */
export function requireBucket(buckets: ReadonlyMap<string, Bucket>, name: string): Bucket {
  const bucket = buckets.get(name);
  if (!bucket) throw noSuchBucket(name);
  return bucket;
}

/** S3's rules for bucket names that matter here: 3 to 63 of a-z 0-9 . - with a letter or digit at both ends. */
export function requireBucketName(name: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return;
  throw new S3Error(400, "InvalidBucketName", "The specified bucket is not valid.", { fields: { BucketName: name } });
}

/** The versions of a key, oldest first. */
export function versionsOf(bucket: Bucket, key: string): readonly Version[] {
  return bucket.keys.get(key) ?? [];
}

export function isEmpty(bucket: Bucket): boolean {
  for (const versions of bucket.keys.values()) if (versions.length > 0) return false;
  return true;
}

/** Adds a version as the newest of its key. Unless versioning is enabled it is the `null` version and replaces the one there. */
export function addVersion(bucket: Bucket, version: NewVersion, newVersionId: () => string): Version {
  const versionId = bucket.versioning === "Enabled" ? newVersionId() : NULL_VERSION;
  if (versionId === NULL_VERSION) removeVersion(bucket, version.key, NULL_VERSION);
  bucket.sequence += 1;
  const added: Version = { ...version, versionId, sequence: bucket.sequence };
  const versions = bucket.keys.get(version.key);
  if (versions) {
    versions.push(added);
  } else {
    bucket.keys.set(version.key, [added]);
    bucket.index.added.push(version.key);
  }
  return added;
}

/** Removes one version for good and gives it back, or undefined when there is none. */
export function removeVersion(bucket: Bucket, key: string, versionId: string): Version | undefined {
  const versions = bucket.keys.get(key);
  const position = versions?.findIndex((version) => version.versionId === versionId) ?? -1;
  if (!versions || position < 0) return undefined;
  const [removed] = versions.splice(position, 1);
  if (removed) bucket.removed.set(removedName(key, versionId), removed.sequence);
  return removed;
}

/** Deletes a key as S3 does without a version id: with a marker, or for good where versioning was never enabled. */
export function deleteKey(
  bucket: Bucket,
  key: string,
  lastModifiedMs: number,
  newVersionId: () => string,
): Version | undefined {
  if (bucket.versioning === "Off") {
    removeVersion(bucket, key, NULL_VERSION);
    return undefined;
  }
  return addVersion(bucket, { kind: "marker", key, lastModifiedMs }, newVersionId);
}

/** The sequence that a removed version had, or undefined. */
export function removedSequence(bucket: Bucket, key: string, versionId: string): number | undefined {
  return bucket.removed.get(removedName(key, versionId));
}

/** All keys in order, those without versions among them. */
export function sortedKeys(bucket: Bucket, compare: CompareKeys): readonly string[] {
  const { index } = bucket;
  if (index.compare !== compare) {
    index.added = [...index.sorted, ...index.added];
    index.sorted = [];
    index.compare = compare;
  }
  if (index.added.length > 0) {
    index.sorted = mergeSorted(index.sorted, index.added.sort(compare), compare);
    index.added = [];
  }
  return index.sorted;
}

function removedName(key: string, versionId: string): string {
  return `${versionId} ${key}`;
}
