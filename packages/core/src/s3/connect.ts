import type { ConnectionOptions } from "./connection.ts";
import type { ObjectStore } from "./object-store.ts";

/** Connects to S3. The SDK is loaded here and not before: a run that needs no request does not pay for it. */
export async function connect(options: ConnectionOptions = {}): Promise<ObjectStore> {
  const { createAwsObjectStore } = await import("./aws-object-store.ts");
  return createAwsObjectStore(options);
}
