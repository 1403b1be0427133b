import { hash } from "node:crypto";

/** What S3 calls the version of an object that was stored while versioning was not enabled. */
export const NULL_VERSION = "null";

/** Ids that follow from a seed and the order in which they were asked for. */
export interface IdSource {
  /** 32 characters of A-Z a-z 1-9 . _ - */
  versionId(): string;
  uploadId(): string;
  requestId(): string;
}

export function createIdSource(seed: number): IdSource {
  let versions = 0;
  let uploads = 0;
  let requests = 0;
  // AWS's ids have dots too, which base64url has not: the digit 0 makes room for them.
  const id = (kind: string, n: number) =>
    hash("sha256", `${seed} ${kind} ${n}`, "base64url").slice(0, 32).replaceAll("0", ".");
  return {
    versionId: () => id("version", ++versions),
    uploadId: () => id("upload", ++uploads),
    requestId: () => (++requests).toString(16).toUpperCase().padStart(16, "0"),
  };
}

/** Whether text could be a version id at all; S3 answers 400 to others and 404 to unknown ones. */
export function isVersionId(text: string): boolean {
  return text === NULL_VERSION || /^[A-Za-z0-9._+-]{32,33}$/.test(text);
}
