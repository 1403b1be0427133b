export const id = 587;
export const ids = [587];
export const modules = {

/***/ 9587:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   createUndiciTransport: () => (/* binding */ createUndiciTransport)
/* harmony export */ });
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7275);
/* harmony import */ var _abort_listeners_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(7149);
/* harmony import */ var _connection_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8923);
/* harmony import */ var _connection_error_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6896);
/* harmony import */ var _proxies_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(383);
/* harmony import */ var _query_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(3951);
/* harmony import */ var _trusted_authorities_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4788);







/** One pool of connections: proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, CAs by AWS_CA_BUNDLE. */
function createUndiciTransport(options) {
    const { maxConnections = 256, idleTimeoutMs = _connection_js__WEBPACK_IMPORTED_MODULE_1__/* .DEFAULT_IDLE_TIMEOUT_MS */ .C } = options;
    const ca = (0,_trusted_authorities_js__WEBPACK_IMPORTED_MODULE_2__/* .trustedAuthorities */ .D)(options.caBundle);
    const agentOptions = {
        connections: maxConnections,
        pipelining: 1,
        keepAliveTimeout: 20_000,
        headersTimeout: idleTimeoutMs,
        bodyTimeout: idleTimeoutMs,
        connect: { timeout: 10_000, ...(ca === undefined ? {} : { ca }) },
    };
    const dispatcher = (0,_proxies_js__WEBPACK_IMPORTED_MODULE_3__/* .isProxied */ .S)() ? new undici__WEBPACK_IMPORTED_MODULE_0__/* .EnvHttpProxyAgent */ .J2(agentOptions) : new undici__WEBPACK_IMPORTED_MODULE_0__/* .Agent */ .g6(agentOptions);
    return {
        exchange: (request, consumer, signal) => exchange(dispatcher, request, consumer, signal),
        send: (request, signal) => send(dispatcher, request, signal),
        close: () => dispatcher.destroy(),
    };
}
function exchange(dispatcher, request, consumer, signal) {
    return new Promise((resolve, reject) => {
        if (signal?.aborted) {
            reject((0,_abort_listeners_js__WEBPACK_IMPORTED_MODULE_4__/* .abortedError */ .i)(signal));
            return;
        }
        let abort;
        const unlisten = (0,_abort_listeners_js__WEBPACK_IMPORTED_MODULE_4__/* .onAbort */ .u)(signal, () => abort?.((0,_abort_listeners_js__WEBPACK_IMPORTED_MODULE_4__/* .abortedError */ .i)(signal)));
        const settle = (act) => {
            unlisten();
            act();
        };
        /** What held the sender back last: the end may not overtake it. */
        let writing;
        let started = false;
        /** What the consumer threw, which undici would hand back as a failure of the connection. */
        let refusal;
        const refuse = (controller, error) => {
            refusal ??= { error };
            controller.abort(error instanceof Error ? error : new Error("refused"));
        };
        /** Runs what the consumer does; the sender waits when that takes a while. */
        const holdBack = (controller, act) => {
            try {
                const pending = act();
                if (pending === undefined)
                    return;
                controller.pause();
                writing = pending;
                pending.then(() => controller.resume(), (error) => refuse(controller, error));
            }
            catch (error) {
                refuse(controller, error);
            }
        };
        dispatcher.dispatch({ origin: request.origin, path: request.path, method: "GET", headers: request.headers }, {
            onRequestStart(controller) {
                abort = (reason) => controller.abort(reason);
                if (signal?.aborted)
                    controller.abort((0,_abort_listeners_js__WEBPACK_IMPORTED_MODULE_4__/* .abortedError */ .i)(signal));
            },
            onResponseStart(controller, status, headers) {
                if (status < 200)
                    return;
                started = true;
                holdBack(controller, () => consumer.start({ status, headers: flatHeaders(headers) }));
            },
            onResponseData(controller, chunk) {
                holdBack(controller, () => consumer.write(chunk));
            },
            onResponseEnd() {
                if (writing === undefined)
                    settle(resolve);
                else
                    writing.then(() => settle(resolve), (error) => settle(() => reject(error)));
            },
            onResponseError(_controller, error) {
                settle(() => reject(refusal === undefined ? (0,_connection_error_js__WEBPACK_IMPORTED_MODULE_5__/* .connectionError */ .$)(error, request.origin, started) : refusal.error));
            },
        });
    });
}
function flatHeaders(headers) {
    const flat = {};
    for (const name in headers) {
        const value = headers[name];
        if (value !== undefined)
            flat[name.toLowerCase()] = typeof value === "string" ? value : value.join(", ");
    }
    return flat;
}
async function send(dispatcher, { protocol, hostname, port, path, method, query, headers, body }, signal) {
    const origin = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
    const search = (0,_query_js__WEBPACK_IMPORTED_MODULE_6__/* .queryString */ ._)(query ?? {});
    try {
        const answer = await (0,undici__WEBPACK_IMPORTED_MODULE_0__/* .request */ .Em)(origin + path + (search && `?${search}`), {
            dispatcher,
            method: method,
            headers,
            body: body ?? null,
            signal: signal ?? null,
        });
        return { statusCode: answer.statusCode, headers: flatHeaders(answer.headers), body: answer.body };
    }
    catch (error) {
        throw (0,_connection_error_js__WEBPACK_IMPORTED_MODULE_5__/* .connectionError */ .$)(error, origin);
    }
}
//# sourceMappingURL=undici-transport.js.map

/***/ })

};
