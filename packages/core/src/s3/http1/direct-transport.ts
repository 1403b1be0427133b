import { isS3PinError } from "../../errors.ts";
import { abortedError, onAbort } from "../abort-listeners.ts";
import type { ResponseConsumer, SignedRequest, Transport } from "../transport.ts";
import type { Connection } from "./connection.ts";
import { createConnectionPool, type PoolOptions } from "./connection-pool.ts";

/**
 * HTTP/1.1 straight to the store, for what is asked a million times: a request is a string, an answer is read where the
 * kernel put it, and nothing is made for one request that the next cannot use.
 */
export function createDirectTransport(options: PoolOptions): Transport {
  const pool = createConnectionPool(options);

  const exchangeOver = async (
    connection: Connection,
    request: SignedRequest,
    consumer: ResponseConsumer,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const unlisten = onAbort(signal, () => connection.destroy(abortedError(signal)));
    try {
      if (signal?.aborted) throw abortedError(signal);
      await connection.exchange(request, consumer);
    } finally {
      unlisten();
      pool.release(connection);
    }
  };
  return {
    async exchange(request, consumer, signal) {
      if (signal?.aborted) throw abortedError(signal);
      const connection = await pool.acquire(request.origin);
      const wasUsed = connection.isUsed;
      try {
        return await exchangeOver(connection, request, consumer, signal);
      } catch (error) {
        // A server closes an idle connection when it likes, and the request may have been on its way then.
        const isStale = wasUsed && connection.wasLostInSilence && isS3PinError(error);
        if (!isStale || error.code !== "CONNECTION_FAILED") throw error;
      }
      return exchangeOver(await pool.acquire(request.origin, true), request, consumer, signal);
    },
    async close() {
      pool.close();
    },
  };
}
