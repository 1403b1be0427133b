/** An answer's head: header names are lower-case. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that is ready to be sent. */
export interface SignedRequest {
  /** `https://host:port` */
  readonly origin: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where the body of an answer goes; see {@link ObjectSink}. */
export interface ResponseConsumer {
  /** The body waits for a promise; throwing or rejecting refuses it and rejects the exchange. */
  start(head: ResponseHead): Promise<void> | undefined;
  /** @param chunk only good until this returns */
  write(chunk: Uint8Array): Promise<void> | undefined;
}

/** Sends GET requests over connections that it keeps. */
export interface Transport {
  /**
   * Sends a GET and pushes its answer into `consumer`; resolves after the last byte.
   * @throws {S3PinError} `CONNECTION_FAILED`, `TIMEOUT`, `SHORT_BODY`, `ABORTED`, and what the consumer throws
   */
  exchange(request: SignedRequest, consumer: ResponseConsumer, signal?: AbortSignal): Promise<void>;
  /** Closes the connections; what is under way fails. */
  close(): Promise<void>;
}
