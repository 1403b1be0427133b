import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory for one test file, and the environment that keeps the CLI's cache in it. */
export interface WorkDir {
  readonly path: string;
  /** A path in it. */
  at(...names: string[]): string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

export function workDir(name: string): WorkDir {
  const path = mkdtempSync(join(tmpdir(), `s3pin-${name}-`));
  return {
    path,
    at: (...names) => join(path, ...names),
    env: { XDG_CACHE_HOME: join(path, "cache"), HOME: join(path, "home"), USERPROFILE: join(path, "home") },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The environment that reaches a server. */
export function serverEnv(server: {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    AWS_REGION: server.region,
    AWS_ENDPOINT_URL: server.endpoint,
  };
}
