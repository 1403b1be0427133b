import type { GetObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";

import { type Query, uriEncode } from "./query.ts";

/** An unsigned request as the SDK would send it: right host, path, query and headers for this client's settings. */
export interface RequestTemplate {
  readonly origin: string;
  readonly path: string;
  readonly query: Query;
  readonly headers: Readonly<Record<string, string>>;
  readonly signingRegion: string;
  readonly signingService: string;
}

/** The hot calls. Their middleware stacks differ in types alone, so both are handled as the first. */
export type HotCommand = GetObjectCommand | ListObjectVersionsCommand;

interface CapturedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Query;
  readonly headers: Record<string, string>;
}

/**
 * Has the SDK build the request for `hotCommand` and stops it before it is signed: virtual hosts, dotted names, dual stack,
 * FIPS, access points, custom endpoints, SSE-C and requester pays stay the SDK's business, asked once for each bucket.
 */
export async function captureRequest(client: S3Client, hotCommand: HotCommand): Promise<RequestTemplate> {
  const command = hotCommand as GetObjectCommand;
  let captured: RequestTemplate | undefined;
  command.middlewareStack.addRelativeTo(
    (_next: unknown, context: Readonly<Record<string, unknown>>) => async (args: { readonly request: unknown }) => {
      const request = (args as { request: CapturedRequest }).request;
      captured = {
        origin: `${request.protocol}//${request.hostname}${request.port === undefined ? "" : `:${request.port}`}`,
        path: request.path,
        query: request.query,
        headers: essentialHeaders(request.headers),
        signingRegion: String(context.signing_region),
        signingService: String(context.signing_service ?? "s3"),
      };
      return { response: undefined, output: { $metadata: {} } };
    },
    { name: "captureRequest", relation: "before", toMiddleware: "httpSigningMiddleware" },
  );
  await client.send(command);
  if (captured === undefined) throw new Error("the SDK built no request");
  return captured;
}

/** Headers that describe one attempt are the SDK's own affair, and each signed header costs time. */
function essentialHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (
      value !== undefined &&
      name !== "amz-sdk-invocation-id" &&
      name !== "amz-sdk-request" &&
      name !== "x-amz-user-agent"
    )
      kept[name] = value;
  }
  return kept;
}

/** An object's key as it stands in a request's path. */
export function encodeKey(key: string): string {
  return /^[\w.~/-]*$/.test(key) ? key : key.split("/").map(uriEncode).join("/");
}
