import { type ErrorCode, S3PinError } from "../errors.ts";
import { type HotCall, sendGet } from "./hot-calls.ts";
import { createDirectTransport } from "./http1/direct-transport.ts";
import type { GetDelegation, ObjectStore } from "./object-store.ts";
import { createRequestSigner } from "./sign-request.ts";
import { trustedAuthorities } from "./trusted-authorities.ts";

/** Reads versions by what another thread's store knows: without the SDK, and so without knowing what a refusal means. */
export interface DelegatedStore extends Pick<ObjectStore, "getVersion"> {
  /** Takes over delegations, by bucket; later ones replace earlier ones. */
  accept(delegations: Readonly<Record<string, GetDelegation>>): void;
}

/** @param maxConnections to one origin */
export function createDelegatedStore(maxConnections: number): DelegatedStore {
  const calls = new Map<string, HotCall>();
  let transport: HotCall["transport"] | undefined;
  return {
    accept(delegations) {
      for (const [bucket, { template, credentials, clockOffsetMs, idleTimeoutMs, caBundle }] of Object.entries(
        delegations,
      )) {
        // How to connect is the same for all buckets of a store.
        transport ??= createDirectTransport({ maxConnections, idleTimeoutMs, ca: trustedAuthorities(caBundle) });
        const provider = credentials && (async () => credentials);
        calls.set(bucket, { template, sign: createRequestSigner(template, provider, () => clockOffsetMs), transport });
      }
    },
    async getVersion(request, sink, signal) {
      const call = calls.get(request.bucket);
      if (call === undefined) throw new S3PinError("INTERNAL", `No delegation for ${request.bucket}`);
      const refused = await sendGet(call, request, sink, signal);
      if (refused === undefined) return;
      const { status } = refused.head;
      throw new S3PinError(codeOf(status), `s3://${request.bucket} answered ${status}`, { details: { status } });
    },
  };
}

/** What a status alone says: enough to ask for less. */
function codeOf(status: number): ErrorCode {
  if (status === 503 || status === 429) return "THROTTLED";
  return status >= 500 ? "SERVER_ERROR" : "UNEXPECTED_ANSWER";
}
