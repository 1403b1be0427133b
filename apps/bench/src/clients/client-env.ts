import { accessKeyId, region, secretAccessKey } from "../server/s3-server.ts";
import type { Job } from "./contender.ts";

/** The environment of every client: the server's credentials, an empty home, and nothing of the caller's settings. */
export function clientEnv({ endpoint, home }: Pick<Job, "endpoint" | "home">): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    LANG: "C.UTF-8",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
