import { type ConnectionOptions, DEFAULT_IDLE_TIMEOUT_MS } from "./connection.ts";
import { createDirectTransport } from "./http1/direct-transport.ts";
import { isProxied } from "./proxies.ts";
import type { Transport } from "./transport.ts";
import { trustedAuthorities } from "./trusted-authorities.ts";
import type { SdkRequest, UndiciTransport } from "./undici-transport.ts";

/** How the requests of one store are sent. */
export interface Transports {
  /** For the hot calls. */
  readonly hot: Transport;
  /** For the SDK's own calls, in the shape of its `requestHandler`: by itself it knows no proxies. */
  readonly sdkRequestHandler: object;
  close(): Promise<void>;
}

/** Hot calls go straight to the store, or by undici where a proxy stands between; undici is loaded when it is needed. */
export async function openTransports(options: ConnectionOptions): Promise<Transports> {
  let loaded: Promise<UndiciTransport> | undefined;
  const undici = () => {
    loaded ??= import("./undici-transport.ts").then(({ createUndiciTransport }) => createUndiciTransport(options));
    return loaded;
  };
  const { maxConnections = 256, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS, caBundle } = options;
  const hot = isProxied()
    ? await undici()
    : createDirectTransport({ maxConnections, idleTimeoutMs, ca: trustedAuthorities(caBundle) });
  return {
    hot,
    sdkRequestHandler: {
      metadata: { handlerProtocol: "http/1.1" },
      async handle(request: SdkRequest, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) {
        return { response: await (await undici()).send(request, abortSignal) };
      },
      destroy() {},
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    },
    async close() {
      await hot.close();
      if (loaded !== undefined && hot !== (await loaded)) await (await loaded).close();
    },
  };
}
