import { Agent, type IncomingHttpHeaders, request } from "node:http";

import { encode, type Signer, sign } from "./sign.ts";

/** Requests that one client has under way at most. */
const CONNECTIONS = 32;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The few calls that fill a bucket: quick, and made without any line of what is tested. */
export interface BucketClient {
  readonly bucket: string;
  /** Makes the bucket and enables versioning. */
  create(): Promise<void>;
  /** @returns the version's id */
  put(key: string, body: Uint8Array): Promise<string>;
  /** Makes a delete marker. */
  remove(key: string): Promise<void>;
  /** Removes one version for good. */
  removeVersion(key: string, versionId: string): Promise<void>;
  /** Puts an object in parts of the given bodies. @returns the version's id */
  putInParts(key: string, parts: readonly Uint8Array[]): Promise<string>;
  close(): void;
}

export function bucketClient(server: Signer & { readonly endpoint: string }, bucket: string): BucketClient {
  const { hostname, port, host } = new URL(server.endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  async function call(
    method: string,
    key: string,
    query: readonly (readonly [string, string])[] = [],
    body?: Uint8Array,
  ): Promise<Answer> {
    const path = `/${bucket}${key === "" ? "" : `/${key.split("/").map(encode).join("/")}`}`;
    const signed = sign(server, { method, host, path, query });
    const answer = await new Promise<Answer>((resolve, reject) => {
      const outgoing = request(
        {
          ...{ agent, hostname, port, method, path: signed.query === "" ? path : `${path}?${signed.query}` },
          headers: { ...signed.headers, "content-length": body?.length ?? 0 },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString().slice(0, 500)}`);
    return answer;
  }

  return {
    bucket,
    async create() {
      await call("PUT", "");
      const versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
      await call("PUT", "", [["versioning", ""]], Buffer.from(versioning));
    },
    async put(key, body) {
      return versionIdOf(await call("PUT", key, [], body));
    },
    async remove(key) {
      await call("DELETE", key);
    },
    async removeVersion(key, versionId) {
      await call("DELETE", key, [["versionId", versionId]]);
    },
    async putInParts(key, parts) {
      const started = await call("POST", key, [["uploads", ""]]);
      const uploadId = /<UploadId>([^<]+)</.exec(started.body.toString())?.[1] ?? "";
      const lines: string[] = [];
      for (const [index, part] of parts.entries()) {
        const number = String(index + 1);
        const { headers } = await call(
          "PUT",
          key,
          [
            ["partNumber", number],
            ["uploadId", uploadId],
          ],
          part,
        );
        lines.push(`<Part><PartNumber>${number}</PartNumber><ETag>${headers.etag}</ETag></Part>`);
      }
      const list = `<CompleteMultipartUpload>${lines.join("")}</CompleteMultipartUpload>`;
      return versionIdOf(await call("POST", key, [["uploadId", uploadId]], Buffer.from(list)));
    },
    close: () => agent.destroy(),
  };
}

function versionIdOf({ headers }: Answer): string {
  return String(headers["x-amz-version-id"] ?? "");
}
