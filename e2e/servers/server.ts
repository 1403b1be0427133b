/** How a server differs from AWS where a test would see it. A test that meets a gap says what it checks in its place. */
export interface Gaps {
  /** LastModified has whole seconds only. */
  readonly oneSecondGrain: boolean;
  /** `\` in a key becomes `/`. */
  readonly backslashBecomesSlash: boolean;
  /** A key with `\u0001` and the like is listed as another one. */
  readonly losesControlCharacters: boolean;
  /** Keys with `.`, `..` or empty segments are refused or changed. */
  readonly refusesDotSegments: boolean;
}

/** A server at work on 127.0.0.1. */
export interface RunningServer {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly gaps: Gaps;
  /** Ends exactly the processes that were started, and removes their data. */
  stop(): Promise<void>;
}

/** A real S3 server that the tests can install and start. */
export interface ServerKind {
  readonly name: string;
  readonly gaps: Gaps;
  /** Brings the program onto this machine; does nothing when it is there. */
  install(): Promise<void>;
  start(): Promise<RunningServer>;
}
