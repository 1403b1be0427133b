export const id = 358;
export const ids = [358];
export const modules = {

/***/ 6358:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createAwsObjectStore: () => (/* binding */ createAwsObjectStore)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: ../../node_modules/.pnpm/@aws-sdk+client-s3@3.1169.0/node_modules/@aws-sdk/client-s3/dist-cjs/index.js
var dist_cjs = __webpack_require__(9003);
// EXTERNAL MODULE: ../core/dist/errors.js
var errors = __webpack_require__(4713);
// EXTERNAL MODULE: ../core/dist/manifest/timestamp.js
var timestamp = __webpack_require__(1996);
;// CONCATENATED MODULE: ../core/dist/versions/decode-url.js
/**
 * Undoes S3's `encoding-type=url`: `+` stands for a blank, and percent-encoding for UTF-8.
 * @returns undefined when `text` cannot be so encoded
 */
function decodeUrl(text) {
    const blanked = text.includes("+") ? text.replaceAll("+", " ") : text;
    if (!blanked.includes("%"))
        return blanked;
    try {
        return decodeURIComponent(blanked);
    }
    catch (error) {
        if (!(error instanceof URIError))
            throw error;
        return undefined;
    }
}
//# sourceMappingURL=decode-url.js.map
;// CONCATENATED MODULE: ../core/dist/versions/decode-key-marker.js

/**
 * The key marker of an answer whose keys are url encoded, fit to be given back. Most stores encode it as well; radosgw
 * writes it plainly, and decoding that would leave out every key between `%41` and `A`. So the keys of the page decide:
 * the marker is one of them, or begins with one.
 *
 * | the marker | is |
 * |---|---|
 * | decoded, the last key, or else any key | encoded |
 * | as it is, the last key, or else any key | plain |
 * | decoded or else as it is, begins with the last key (MinIO) | encoded, plain |
 * | none of these | encoded, as S3 documents it |
 * @param keys decoded, in the order of the page
 * @returns undefined when it can be neither
 */
function decodeKeyMarker(text, keys) {
    const decoded = decodeUrl(text);
    if (decoded === text)
        return decoded;
    const last = keys.at(-1);
    if (decoded === last)
        return decoded;
    if (text === last)
        return text;
    if (decoded !== undefined && keys.includes(decoded))
        return decoded;
    if (keys.includes(text))
        return text;
    if (last !== undefined && !decoded?.startsWith(last) && text.startsWith(last))
        return text;
    return decoded;
}
//# sourceMappingURL=decode-key-marker.js.map
;// CONCATENATED MODULE: ../core/dist/versions/xml-cursor.js

const SLASH = 0x2f;
const GREATER = 0x3e;
const BANG = 0x21;
const QUESTION = 0x3f;
const COLON = 0x3a;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
/**
 * Walks the elements of a small XML document in order, without building a tree: `nextChild()` enters elements, `text()`
 * and `skip()` leave them. Knows what S3 servers send (attributes, namespace prefixes, comments, CDATA, entities);
 * refuses what they never do and attackers like (DOCTYPE, own entities). Every method throws `UNEXPECTED_ANSWER` when
 * the document is not well-formed where it is read.
 */
class XmlCursor {
    /** Local name of the element entered last, without its namespace prefix. */
    name = "";
    #xml;
    #at = 0;
    /** Full names of the elements entered and not yet left. */
    #open = [];
    /** Whether the element entered last was written `<Name/>`. */
    #isSelfClosed = false;
    constructor(xml) {
        this.#xml = xml;
    }
    /** Enters the document's root element. */
    enterRoot() {
        const first = this.#xml.indexOf("<");
        const before = this.#xml.slice(0, first < 0 ? 64 : first);
        if (first < 0 || !/^\uFEFF?\s*$/.test(before))
            throw this.refuse("it is not XML");
        if (!this.nextChild())
            throw this.refuse("it has no root element");
    }
    /** Enters the next child of the element that is open, or leaves that element and says false. Text is passed over. */
    nextChild() {
        if (this.#isSelfClosed) {
            this.#isSelfClosed = false;
            this.#open.pop();
            return false;
        }
        for (;;) {
            const tagAt = this.#xml.indexOf("<", this.#at);
            if (tagAt < 0)
                throw this.refuse("it ends too early");
            const mark = this.#xml.charCodeAt(tagAt + 1);
            if (mark === SLASH) {
                this.#leave(tagAt);
                return false;
            }
            if (mark !== BANG && mark !== QUESTION) {
                this.#enter(tagAt);
                return true;
            }
            this.#passMarkup(tagAt);
        }
    }
    /** The text of the element entered last, entities decoded, and leaves it. */
    text() {
        if (this.#isSelfClosed) {
            this.nextChild();
            return "";
        }
        let text = "";
        for (;;) {
            const tagAt = this.#xml.indexOf("<", this.#at);
            if (tagAt < 0)
                throw this.refuse("it ends too early");
            const raw = this.#xml.slice(this.#at, tagAt);
            const part = raw.includes("&") ? this.#decodeEntities(raw) : raw;
            // adding to "" would make a copy of every text in the document
            text = text === "" ? part : text + part;
            const mark = this.#xml.charCodeAt(tagAt + 1);
            if (mark === SLASH) {
                this.#leave(tagAt);
                return text;
            }
            if (mark !== BANG && mark !== QUESTION)
                throw this.refuse(`<${this.name}> holds elements where text belongs`);
            text += this.#passMarkup(tagAt);
        }
    }
    /** Leaves the element entered last, with all that it holds. */
    skip() {
        const depth = this.#open.length;
        while (this.#open.length >= depth)
            this.nextChild();
    }
    /** Checks that nothing but blanks and comments follows the root element. */
    end() {
        for (;;) {
            const tagAt = this.#xml.indexOf("<", this.#at);
            const between = this.#xml.slice(this.#at, tagAt < 0 ? undefined : tagAt);
            if (between.trim() !== "")
                throw this.refuse("something follows its end");
            if (tagAt < 0)
                return;
            const mark = this.#xml.charCodeAt(tagAt + 1);
            if (mark !== BANG && mark !== QUESTION)
                throw this.refuse("something follows its end");
            if (this.#passMarkup(tagAt) !== "")
                throw this.refuse("something follows its end");
        }
    }
    /** The error for a document that cannot be what was asked for. */
    refuse(problem) {
        const start = this.#xml.slice(0, 120);
        const shown = problem.length > 300 ? `${problem.slice(0, 300)}…` : problem;
        return new errors/* S3PinError */.Oc("UNEXPECTED_ANSWER", `The store's list of versions cannot be read: ${shown}`, {
            hint: `Check the endpoint: is it an S3 API, with no proxy or login page before it? The answer begins: ${(0,errors/* printable */.g$)(start)}`,
            details: { offset: this.#at, found: start },
        });
    }
    #enter(tagAt) {
        const xml = this.#xml;
        let nameAt = tagAt + 1;
        let end = nameAt;
        let code = xml.charCodeAt(end);
        while (isNameCode(code)) {
            end++;
            if (code === COLON)
                nameAt = end;
            code = xml.charCodeAt(end);
        }
        if (nameAt === end)
            throw this.refuse("a tag has no name");
        this.name = xml.slice(nameAt, end);
        this.#open.push(nameAt === tagAt + 1 ? this.name : xml.slice(tagAt + 1, end));
        this.#at = code === GREATER ? end + 1 : this.#passAttributes(end);
        // no attribute can end in this slash: its value would end in a quote
        this.#isSelfClosed = code !== GREATER && xml.charCodeAt(this.#at - 2) === SLASH;
    }
    #passAttributes(from) {
        const first = this.#xml.charCodeAt(from);
        if (first !== SLASH && !isBlank(first))
            throw this.refuse("a tag is not well-formed");
        for (let at = from; at < this.#xml.length; at++) {
            const code = this.#xml.charCodeAt(at);
            if (code === GREATER)
                return at + 1;
            if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
                at = this.#xml.indexOf(code === DOUBLE_QUOTE ? '"' : "'", at + 1);
                if (at < 0)
                    break;
            }
        }
        throw this.refuse("it ends too early");
    }
    #leave(tagAt) {
        const name = this.#open.pop();
        if (name === undefined || !this.#xml.startsWith(name, tagAt + 2)) {
            throw this.refuse(`<${name ?? ""}> is not closed where it should be`);
        }
        let at = tagAt + 2 + name.length;
        while (isBlank(this.#xml.charCodeAt(at)))
            at++;
        if (this.#xml.charCodeAt(at) !== GREATER)
            throw this.refuse(`<${name}> is not closed where it should be`);
        this.#at = at + 1;
    }
    /** Passes over a comment, a processing instruction or CDATA, and gives the text of the last. */
    #passMarkup(tagAt) {
        const xml = this.#xml;
        if (xml.startsWith("<!--", tagAt)) {
            this.#at = this.#after("-->", tagAt + 4);
            return "";
        }
        if (xml.startsWith("<![CDATA[", tagAt)) {
            this.#at = this.#after("]]>", tagAt + 9);
            return xml.slice(tagAt + 9, this.#at - 3);
        }
        if (xml.startsWith("<?", tagAt)) {
            this.#at = this.#after("?>", tagAt + 2);
            return "";
        }
        throw this.refuse("it declares a document type, which S3 never does");
    }
    #after(end, from) {
        const at = this.#xml.indexOf(end, from);
        if (at < 0)
            throw this.refuse("it ends too early");
        return at + end.length;
    }
    #decodeEntities(raw) {
        // most entities of a listing are the quotes around ETags: together with the times, a third of a page's cost
        const isQuoted = raw.startsWith("&quot;") && raw.indexOf("&", 6) === raw.length - 6 && raw.endsWith("&quot;");
        if (isQuoted)
            return `"${raw.slice(6, -6)}"`;
        return raw.replace(/&(?:#x([0-9a-f]{1,8})|#([0-9]{1,8})|([a-z]+));|&/gi, (found, hex, decimal, named) => {
            const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : -1;
            const isCharacter = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
            const character = isCharacter ? String.fromCodePoint(code) : ENTITIES.get(named);
            if (character === undefined)
                throw this.refuse(`${(0,errors/* printable */.g$)(found)} is no character`);
            return character;
        });
    }
}
const ENTITIES = new Map([
    ["amp", "&"],
    ["lt", "<"],
    ["gt", ">"],
    ["quot", '"'],
    ["apos", "'"],
]);
function isBlank(code) {
    return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
/** Letters, digits and `:-._`: all that element names of S3 answers are made of. */
function isNameCode(code) {
    return ((code >= 0x61 && code <= 0x7a) ||
        (code >= 0x41 && code <= 0x5a) ||
        (code >= 0x30 && code <= 0x3a) ||
        code === 0x2d ||
        code === 0x2e ||
        code === 0x5f);
}
//# sourceMappingURL=xml-cursor.js.map
;// CONCATENATED MODULE: ../core/dist/versions/scan-versions-page.js





/** The second is what a few servers call it. */
const ROOTS = ["ListVersionsResult", "ListBucketVersionsResult"];
/**
 * Reads the XML of a ListObjectVersions answer in one pass. Versions and delete markers stay in document order, which
 * breaks ties between rows of one second and which parsers into objects lose.
 *
 * - Keys and the key marker are decoded (`+` as a blank, then percent) only if the answer says `EncodingType` `url`:
 *   many stores ignore the wish, and a key may hold a literal `%41`. The marker is given back in a next request as it
 *   comes out here; {@link decodeKeyMarker} sees to stores that encode keys, but not the marker.
 * - A row without `VersionId` is the `null` version; without `IsTruncated`, a page with a next marker is truncated.
 * - Unlike an XML parser, it does not turn a raw `\r` in a key into `\n`: some servers forget to write `&#13;`.
 * @param xml the body, as text
 * @throws {S3PinError} `UNEXPECTED_ANSWER` when it is an `<Error>`, HTML, cut off, or anything but such an answer;
 * `LISTING_STUCK` when the marker is a key that the store could not write down
 * @example
 * ```ts
 * const { rows, isTruncated, nextKeyMarker } = scanVersionsPage(await response.text());
 * ```
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
function scanVersionsPage(xml) {
    const cursor = new XmlCursor(xml);
    cursor.enterRoot();
    if (!ROOTS.includes(cursor.name))
        throw otherDocument(cursor);
    const rows = [];
    let encodingType = "";
    let isTruncated;
    let nextKeyMarker = "";
    let nextVersionIdMarker = "";
    while (cursor.nextChild()) {
        switch (cursor.name) {
            case "Version":
                rows.push(scanRow(cursor, false));
                break;
            case "DeleteMarker":
                rows.push(scanRow(cursor, true));
                break;
            case "EncodingType":
                encodingType = cursor.text().trim();
                break;
            case "IsTruncated":
                isTruncated = toBoolean(cursor);
                break;
            case "NextKeyMarker":
                nextKeyMarker = cursor.text();
                break;
            case "NextVersionIdMarker":
                nextVersionIdMarker = cursor.text();
                break;
            default:
                cursor.skip();
        }
    }
    cursor.end();
    const hasNext = isTruncated ?? nextKeyMarker !== "";
    if (isUrlEncoded(encodingType, cursor)) {
        for (const row of rows)
            row.key = decodeUrl(row.key) ?? refuseEncoding(row.key, cursor);
        const keys = rows.map(({ key }) => key);
        nextKeyMarker = decodeKeyMarker(nextKeyMarker, keys) ?? refuseEncoding(nextKeyMarker, cursor);
    }
    else if (hasNext && nextKeyMarker.includes("\uFFFD")) {
        throw unrepresentableMarker(nextKeyMarker);
    }
    return {
        rows,
        isTruncated: hasNext,
        nextKeyMarker: nextKeyMarker === "" ? undefined : nextKeyMarker,
        nextVersionIdMarker: nextVersionIdMarker === "" ? undefined : nextVersionIdMarker,
    };
}
function otherDocument(cursor) {
    if (cursor.name === "Error")
        return storeError(cursor);
    return cursor.refuse(`it is a <${(0,errors/* printable */.g$)(cursor.name)}>, not a <ListVersionsResult>`);
}
/** Some stores find out that they cannot answer after they have said 200. */
function storeError(cursor) {
    let code = "";
    let message = "";
    while (cursor.nextChild()) {
        if (cursor.name === "Code")
            code = cursor.text();
        else if (cursor.name === "Message")
            message = cursor.text();
        else
            cursor.skip();
    }
    return cursor.refuse(`it is the error ${(0,errors/* printable */.g$)(code)}: ${(0,errors/* printable */.g$)(message)}`);
}
function scanRow(cursor, isDeleteMarker) {
    let key;
    let versionId = "";
    let isLatest = false;
    let lastModifiedMs;
    let sizeBytes;
    let etag = "";
    while (cursor.nextChild()) {
        switch (cursor.name) {
            case "Key":
                key = cursor.text();
                break;
            case "VersionId":
                versionId = cursor.text();
                break;
            case "IsLatest":
                isLatest = toBoolean(cursor) ?? false;
                break;
            case "LastModified":
                lastModifiedMs = toTime(cursor);
                break;
            case "ETag":
                etag = withoutQuotes(cursor.text());
                break;
            case "Size":
                sizeBytes = toSize(cursor);
                break;
            default:
                cursor.skip();
        }
    }
    if (key === undefined || key === "")
        throw cursor.refuse("a row has no <Key>");
    if (lastModifiedMs === undefined)
        throw cursor.refuse(`${(0,errors/* printable */.g$)(key)} has no <LastModified>`);
    if (isDeleteMarker)
        return { key, versionId: versionId || "null", isDeleteMarker, isLatest, lastModifiedMs, sizeBytes: 0, etag: "" };
    if (sizeBytes === undefined)
        throw cursor.refuse(`${(0,errors/* printable */.g$)(key)} has no <Size>`);
    return { key, versionId: versionId || "null", isDeleteMarker, isLatest, lastModifiedMs, sizeBytes, etag };
}
function toBoolean(cursor) {
    const { name } = cursor;
    const text = cursor.text();
    if (text === "false")
        return false;
    if (text === "true")
        return true;
    const trimmed = text.trim().toLowerCase();
    if (trimmed === "")
        return undefined;
    if (trimmed !== "true" && trimmed !== "false")
        throw cursor.refuse(`<${name}> is "${(0,errors/* printable */.g$)(text)}", not true or false`);
    return trimmed === "true";
}
function toTime(cursor) {
    const text = cursor.text();
    // AWS always writes `.000Z`, and a time without it takes a faster path
    const timeMs = (0,timestamp/* parseTimestamp */.l)(text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text.trim());
    if (timeMs === undefined)
        throw cursor.refuse(`<LastModified> is "${(0,errors/* printable */.g$)(text)}", not as 2026-11-02T10:00:00.000Z`);
    return timeMs;
}
function toSize(cursor) {
    const text = cursor.text();
    const size = /^\s*\d{1,16}\s*$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(size))
        throw cursor.refuse(`<Size> is "${(0,errors/* printable */.g$)(text)}", not a number of bytes`);
    return size;
}
function withoutQuotes(text) {
    return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
function isUrlEncoded(encodingType, cursor) {
    if (encodingType === "")
        return false;
    if (encodingType.toLowerCase() === "url")
        return true;
    throw cursor.refuse(`<EncodingType> is "${(0,errors/* printable */.g$)(encodingType)}", and only url is known`);
}
function refuseEncoding(text, cursor) {
    throw cursor.refuse(`it claims EncodingType url, but "${(0,errors/* printable */.g$)(text)}" is not percent-encoded UTF-8`);
}
/** SeaweedFS goes on behind U+FFFD then, and so leaves out nearly all keys that follow, without a word. */
function unrepresentableMarker(marker) {
    return new errors/* S3PinError */.Oc("LISTING_STUCK", `The store cannot say where its list goes on: a page ends at ${(0,errors/* printable */.g$)(marker)}, which stands for a key with characters that XML cannot hold`, {
        hint: "Rename or remove the object whose key has control characters, or pin a longer prefix without it.",
        details: { nextKeyMarker: marker },
    });
}
//# sourceMappingURL=scan-versions-page.js.map
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
// EXTERNAL MODULE: ../../node_modules/.pnpm/undici@7.30.2/node_modules/undici/index.js
var undici = __webpack_require__(7275);
;// CONCATENATED MODULE: ../core/dist/s3/connection-error.js

/** Node's and OpenSSL's codes for a certificate that no known authority signed. */
const UNTRUSTED_CERTIFICATE = new Set([
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_GET_ISSUER_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
]);
/**
 * What a failed connection means, from the code that undici or Node gives it.
 * @param bodyStarted whether the answer's head had come: then the body broke off, which is a matter of this one request
 */
function connectionError(error, origin, bodyStarted = false) {
    if ((0,errors/* isS3PinError */.eq)(error))
        return error;
    if (error.name === "AbortError")
        return new errors/* S3PinError */.Oc("ABORTED", "Stopped on request", { cause: error });
    const code = errorCode(error);
    const details = { origin, cause: code };
    if (bodyStarted && !code.endsWith("TIMEOUT"))
        return new errors/* S3PinError */.Oc("SHORT_BODY", `${origin} broke off in the middle of a body (${code})`, {
            details,
            cause: error,
        });
    switch (code) {
        case "UND_ERR_CONNECT_TIMEOUT":
        case "UND_ERR_HEADERS_TIMEOUT":
        case "UND_ERR_BODY_TIMEOUT":
        case "ETIMEDOUT":
            return new errors/* S3PinError */.Oc("TIMEOUT", `No answer from ${origin} in time (${code})`, { details, cause: error });
        case "ENOTFOUND":
        case "EAI_AGAIN":
            return new errors/* S3PinError */.Oc("CONNECTION_FAILED", `The name in ${origin} does not resolve (${code})`, {
                hint: "Check --endpoint-url, --region and the bucket's name, and that this machine has DNS.",
                details,
                cause: error,
            });
        case "ECONNREFUSED":
            return new errors/* S3PinError */.Oc("CONNECTION_FAILED", `Nothing listens at ${origin} (${code})`, {
                hint: "Check --endpoint-url, and HTTPS_PROXY/HTTP_PROXY/NO_PROXY if a proxy stands between.",
                details,
                cause: error,
            });
        default:
            if (UNTRUSTED_CERTIFICATE.has(code))
                return new errors/* S3PinError */.Oc("CONNECTION_FAILED", `The certificate of ${origin} is not signed by a known authority (${code})`, {
                    hint: "Set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to the PEM file of your own authority.",
                    details: { ...details, permanent: true },
                    cause: error,
                });
            return new errors/* S3PinError */.Oc("CONNECTION_FAILED", `The connection to ${origin} failed: ${error.message} (${code})`, {
                details,
                cause: error,
            });
    }
}
function errorCode(error) {
    const own = error.code;
    if (own !== undefined && own !== "UND_ERR_SOCKET")
        return own;
    const cause = error.cause;
    if (cause?.code !== undefined)
        return cause.code;
    // A name that resolves to several addresses fails with one error for each.
    const first = error.errors?.[0];
    return first?.code ?? own ?? error.name;
}
//# sourceMappingURL=connection-error.js.map
;// CONCATENATED MODULE: ../core/dist/s3/http-transport.js





/** One pool of connections for all requests: proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, CAs by AWS_CA_BUNDLE. */
function createDispatcher(options) {
    const { maxConnections = 256, idleTimeoutMs = 60_000, caBundle } = options;
    const agentOptions = {
        connections: maxConnections,
        pipelining: 1,
        keepAliveTimeout: 20_000,
        headersTimeout: idleTimeoutMs,
        bodyTimeout: idleTimeoutMs,
        connect: {
            timeout: 10_000,
            ...(caBundle === undefined ? {} : { ca: [...external_node_tls_.rootCertificates, readCaBundle(caBundle)] }),
        },
    };
    // Asking for each request whether a proxy stands between takes a fiftieth of the time of all.
    return PROXY_VARIABLES.some((name) => process.env[name])
        ? new undici/* EnvHttpProxyAgent */.J2(agentOptions)
        : new undici/* Agent */.g6(agentOptions);
}
const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
function readCaBundle(file) {
    try {
        return (0,external_node_fs_.readFileSync)(file, "utf8");
    }
    catch (cause) {
        throw new errors/* S3PinError */.Oc("USAGE", `The CA bundle ${file} cannot be read`, {
            hint: "AWS_CA_BUNDLE must name a readable PEM file.",
            cause,
        });
    }
}
/**
 * Sends a GET and pushes its answer into `consumer`; resolves after the last byte.
 * @throws {S3PinError} `CONNECTION_FAILED`, `TIMEOUT`, `SHORT_BODY`, `ABORTED`, and what `consumer.start` throws
 */
function exchange(dispatcher, request, consumer, signal) {
    return new Promise((resolve, reject) => {
        if (signal?.aborted) {
            reject(abortedError(signal));
            return;
        }
        let abort;
        const onAbort = () => abort?.(abortedError(signal));
        const listeners = signal && abortListeners(signal);
        listeners?.add(onAbort);
        const settle = (act) => {
            listeners?.delete(onAbort);
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
                    controller.abort(abortedError(signal));
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
                settle(() => reject(refusal === undefined ? connectionError(error, request.origin, started) : refusal.error));
            },
        });
    });
}
const listenersOf = new WeakMap();
/**
 * What to call when a signal aborts. Hundreds of requests share one signal, and adding and removing a listener of its own
 * for each takes 10 us, so there is one for all of them.
 */
function abortListeners(signal) {
    let listeners = listenersOf.get(signal);
    if (listeners === undefined) {
        const all = new Set();
        signal.addEventListener("abort", () => {
            for (const listener of all)
                listener();
        });
        listenersOf.set(signal, all);
        listeners = all;
    }
    return listeners;
}
function abortedError(signal) {
    return new errors/* S3PinError */.Oc("ABORTED", "Stopped on request", { cause: signal?.reason });
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
/** The SDK's own calls over the same pool, so that proxies and CAs hold for them too (the SDK ignores proxies). */
function sdkRequestHandler(dispatcher) {
    return {
        metadata: { handlerProtocol: "http/1.1" },
        async handle(request, options = {}) {
            const origin = `${request.protocol}//${request.hostname}${request.port === undefined ? "" : `:${request.port}`}`;
            const query = queryString(request.query ?? {});
            try {
                const { statusCode, headers, body } = await (0,undici/* request */.Em)(origin + request.path + (query && `?${query}`), {
                    dispatcher,
                    method: request.method,
                    headers: request.headers,
                    body: request.body ?? null,
                    signal: options.abortSignal ?? null,
                });
                return { response: { statusCode, headers: flatHeaders(headers), body } };
            }
            catch (error) {
                throw connectionError(error, origin);
            }
        },
        destroy() { },
        updateHttpClientConfig() { },
        httpHandlerConfigs: () => ({}),
    };
}
/** A query in the order and encoding that SigV4 signs. */
function queryString(query) {
    const parts = [];
    for (const name of Object.keys(query).sort()) {
        const value = query[name];
        if (value === undefined)
            continue;
        if (value === null)
            parts.push(uriEncode(name));
        else if (typeof value === "string")
            parts.push(`${uriEncode(name)}=${uriEncode(value)}`);
        else
            for (const one of value)
                parts.push(`${uriEncode(name)}=${uriEncode(one)}`);
    }
    return parts.join("&");
}
/**
 * Percent-encoding as AWS wants it: all but unreserved characters.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html "UriEncode()"
 */
function uriEncode(text) {
    return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
//# sourceMappingURL=http-transport.js.map
;// CONCATENATED MODULE: ../core/dist/s3/request-template.js

/**
 * Has the SDK build the request for `hotCommand` and stops it before it is signed: virtual hosts, dotted names, dual stack,
 * FIPS, access points, custom endpoints, SSE-C and requester pays stay the SDK's business, asked once for each bucket.
 */
async function captureRequest(client, hotCommand) {
    const command = hotCommand;
    let captured;
    command.middlewareStack.addRelativeTo((_next, context) => async (args) => {
        const request = args.request;
        captured = {
            origin: `${request.protocol}//${request.hostname}${request.port === undefined ? "" : `:${request.port}`}`,
            path: request.path,
            query: request.query,
            headers: essentialHeaders(request.headers),
            signingRegion: String(context.signing_region),
            signingService: String(context.signing_service ?? "s3"),
        };
        return { response: undefined, output: { $metadata: {} } };
    }, { name: "captureRequest", relation: "before", toMiddleware: "httpSigningMiddleware" });
    await client.send(command);
    if (captured === undefined)
        throw new Error("the SDK built no request");
    return captured;
}
/** Headers that describe one attempt are the SDK's own affair, and each signed header costs time. */
function essentialHeaders(headers) {
    const kept = {};
    for (const name in headers) {
        const value = headers[name];
        if (value !== undefined &&
            name !== "amz-sdk-invocation-id" &&
            name !== "amz-sdk-request" &&
            name !== "x-amz-user-agent")
            kept[name] = value;
    }
    return kept;
}
/** An object's key as it stands in a request's path. */
function encodeKey(key) {
    return key.split("/").map(uriEncode).join("/");
}
//# sourceMappingURL=request-template.js.map
;// CONCATENATED MODULE: ../core/dist/s3/sdk-error.js

/**
 * The meaning of an SDK error, told by its code and status.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
function sdkErrorToS3PinError(error, subject) {
    if ((0,errors/* isS3PinError */.eq)(error))
        return error;
    const { name = "Error", message = "", Code, $metadata, $response, Region } = error;
    const status = $metadata?.httpStatusCode;
    const s3Code = Code ?? name;
    const headers = $response?.headers ?? {};
    const what = subject.key === undefined
        ? `s3://${subject.bucket}`
        : `s3://${subject.bucket}/${(0,errors/* printable */.g$)(subject.key)}${subject.versionId === undefined ? "" : ` (version ${(0,errors/* printable */.g$)(subject.versionId)})`}`;
    const make = (code, text, hint, details = {}) => new errors/* S3PinError */.Oc(code, text, {
        ...(hint === undefined ? {} : { hint }),
        details: {
            bucket: subject.bucket,
            key: subject.key,
            versionId: subject.versionId,
            status,
            s3Code,
            requestId: $metadata?.requestId,
            ...details,
        },
        cause: error,
    });
    const answer = `${status ?? ""} ${s3Code}`.trim();
    if (name === "CredentialsProviderError" || name === "TokenProviderError")
        return make("CREDENTIALS_MISSING", `No AWS credentials were found: ${(0,errors/* printable */.g$)(message)}`, "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or pass --no-sign-request for a public bucket.");
    if (name === "AbortError")
        return new errors/* S3PinError */.Oc("ABORTED", "Stopped on request", { cause: error });
    switch (s3Code) {
        case "NoSuchBucket":
            return make("BUCKET_NOT_FOUND", `There is no bucket ${subject.bucket}`, "Check the name, and the endpoint if it is not AWS.");
        case "NoSuchVersion":
            return gone(`${what} is gone (${answer})`);
        case "NoSuchKey":
        case "NotFound":
            if (subject.key !== undefined)
                return gone(`${what} is gone (${answer})`);
            break;
        case "MethodNotAllowed":
            if (subject.key !== undefined)
                return gone(`${what} is a delete marker (${answer})`);
            break;
        case "InvalidArgument":
            if (subject.versionId !== undefined && status === 400)
                return gone(`${what} is not known to the store (${answer})`);
            break;
        case "InvalidObjectState":
            return make("VERSION_ARCHIVED", `${what} is archived and cannot be read (${answer})`, "Restore it from the archive first (aws s3api restore-object with --version-id), or pin a version in another storage class.");
        case "PreconditionFailed":
            return make("WRONG_VERSION", `${what} no longer has the pinned ETag (${answer})`, "A null version was overwritten. Pin again, and enable versioning on the bucket.");
        case "InvalidAccessKeyId":
        case "SignatureDoesNotMatch":
        case "ExpiredToken":
        case "ExpiredTokenException":
        case "InvalidToken":
        case "TokenRefreshRequired":
            return make("CREDENTIALS_REFUSED", `The store refused the credentials (${answer})`, s3Code.startsWith("Expired")
                ? "They have expired: sign in again, or have the job assume its role shortly before."
                : "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile.");
        case "RequestTimeTooSkewed":
            return make("CREDENTIALS_REFUSED", `This machine's clock differs too much from the store's (${answer})`, "Set the clock.", {
                clockSkew: true,
            });
        case "PermanentRedirect":
        case "AuthorizationHeaderMalformed":
        case "IllegalLocationConstraintException": {
            const region = headers["x-amz-bucket-region"] ?? Region;
            return make("WRONG_REGION", `The bucket ${subject.bucket} is not in the region that was asked${region ? ` but in ${region}` : ""} (${answer})`, region ? `Pass --region ${region}.` : "Pass the bucket's region with --region.", { region });
        }
        case "RequestTimeout":
            return make("TIMEOUT", `The store waited in vain for the request (${answer})`);
        default:
    }
    if (status === 429 || status === 503 || s3Code === "SlowDown" || /throttl|RequestLimitExceeded/i.test(s3Code))
        return make("THROTTLED", `The store asks for fewer requests (${answer})`, undefined, {
            retryAfterMs: retryAfterMs(headers["retry-after"]),
        });
    if (status !== undefined && status >= 500 && status !== 501)
        return make("SERVER_ERROR", `The store failed (${answer})`, undefined, {
            retryAfterMs: retryAfterMs(headers["retry-after"]),
        });
    if (status === 403)
        return make("ACCESS_DENIED", `Access to ${what} is denied (${answer})`, `The credentials need ${subject.permission}.${subject.key === undefined ? "" : " (Without s3:ListBucket S3 says so of a missing version, too.)"}`);
    if (status === 404 && subject.key !== undefined)
        return gone(`${what} is gone (${answer})`);
    return make("UNEXPECTED_ANSWER", `An answer that s3pin does not understand, for ${what}: ${answer} ${(0,errors/* printable */.g$)(message).slice(0, 300)}`.trim(), s3Code === "InvalidRequest" && subject.key !== undefined
        ? "If the object is encrypted with a customer's key (SSE-C), pass it with --sse-c-key."
        : undefined);
    function gone(text) {
        return make("VERSION_GONE", text, "Somebody or a lifecycle rule removed it: pin again, or look at the bucket's lifecycle rules.");
    }
}
/**
 * Retry-After in milliseconds: seconds, or an HTTP date.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
function retryAfterMs(value, nowMs = Date.now()) {
    if (value === undefined)
        return undefined;
    if (/^\s*\d+\s*$/.test(value))
        return Number(value) * 1000;
    const at = Date.parse(value);
    return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
//# sourceMappingURL=sdk-error.js.map
// EXTERNAL MODULE: ../../node_modules/.pnpm/@smithy+signature-v4@5.7.5/node_modules/@smithy/signature-v4/dist-cjs/index.js
var signature_v4_dist_cjs = __webpack_require__(7112);
;// CONCATENATED MODULE: ../core/dist/s3/sign-request.js



/** The SHA-256 of no bytes: none of our requests has a body. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/**
 * @param credentials the SDK's memoized provider, which renews them before they expire; undefined sends unsigned requests
 * @param clockOffsetMs what the SDK has learned about the store's clock
 */
function createRequestSigner(template, credentials, clockOffsetMs) {
    const host = new URL(template.origin);
    const signer = credentials &&
        new signature_v4_dist_cjs.SignatureV4({
            service: template.signingService,
            region: template.signingRegion,
            credentials,
            sha256: NodeSha256,
            uriEscapePath: false,
            applyChecksum: false,
        });
    return async ({ path, query, headers: added }) => {
        const headers = { ...template.headers, ...added };
        const query_ = queryString(query);
        const target = query_ === "" ? path : `${path}?${query_}`;
        if (signer === undefined)
            return { origin: template.origin, path: target, headers };
        headers["x-amz-content-sha256"] = EMPTY_SHA256;
        const signed = await signer.sign({
            method: "GET",
            protocol: host.protocol,
            hostname: host.hostname,
            path,
            query: query,
            headers,
        }, { signingDate: new Date(Date.now() + clockOffsetMs()) });
        return { origin: template.origin, path: target, headers: signed.headers };
    };
}
/**
 * SHA-256 and HMAC-SHA-256 by node:crypto in the shape that the signer wants. The signer comes with the same day's key
 * each time, as bytes; turning them into a key object costs 15 of a signature's 35 us, so that is done once.
 */
class NodeSha256 {
    #hash;
    constructor(secret) {
        this.#hash = secret === undefined ? (0,external_node_crypto_.createHash)("sha256") : (0,external_node_crypto_.createHmac)("sha256", keyOf(secret));
    }
    update(data) {
        this.#hash.update(data);
    }
    async digest() {
        return this.#hash.digest();
    }
    reset() { }
}
const keys = new WeakMap();
function keyOf(secret) {
    if (typeof secret === "string")
        return secret;
    let key = keys.get(secret);
    if (key === undefined) {
        key = (0,external_node_crypto_.createSecretKey)(secret);
        keys.set(secret, key);
    }
    return key;
}
//# sourceMappingURL=sign-request.js.map
;// CONCATENATED MODULE: ../core/dist/s3/aws-object-store.js









/** Stands for the key in the template, and is cut from its end. */
const PLACEHOLDER = "s3pin-key";
/** An error document is a few hundred bytes; what comes beyond is not one. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;
/** A page of 1,000 rows is under a megabyte; keys of 1,024 bytes, percent-encoded, make it four. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
/**
 * Connects to S3, or to a server that speaks its protocol. The SDK resolves credentials, regions and endpoints and gives
 * every error its meaning; the two hot calls (the GET of a version, a page of versions) are built from a template that it
 * made, and sent by undici: a fifth of the CPU time of `client.send`.
 */
async function createAwsObjectStore(options = {}) {
    const dispatcher = createDispatcher(options);
    const region = await resolveRegion(options);
    const buckets = new Map();
    const requestsFor = (bucket) => {
        const known = buckets.get(bucket);
        if (known !== undefined)
            return known;
        const made = prepareBucket(options, dispatcher, region, bucket);
        buckets.set(bucket, made);
        return made;
    };
    /** Runs `act`; when the store says that the bucket lives in another region, once more there. */
    const inRightRegion = async (bucket, act) => {
        const used = await requestsFor(bucket);
        try {
            return await act(used);
        }
        catch (error) {
            const found = (0,errors/* isS3PinError */.eq)(error) && error.code === "WRONG_REGION" ? error.details.region : undefined;
            if (typeof found !== "string" || found === used.get.signingRegion)
                throw error;
            // Requests that were under way together learn it together: only the first replaces the template.
            const current = await requestsFor(bucket);
            if (current.get.signingRegion !== found)
                buckets.set(bucket, prepareBucket(options, dispatcher, found, bucket));
            return await act(await requestsFor(bucket));
        }
    };
    return {
        async listVersionsPage(request, signal) {
            return inRightRegion(request.bucket, (requests) => listPage(dispatcher, requests, request, signal));
        },
        async getVersion(request, sink, signal) {
            return inRightRegion(request.bucket, (requests) => getObject(dispatcher, requests, request, sink, signal));
        },
        async headVersion(request, signal) {
            return inRightRegion(request.bucket, ({ client }) => headObject(client, options, request, signal));
        },
        async getVersioning(bucket, signal) {
            const subject = { bucket, permission: "s3:GetBucketVersioning" };
            return inRightRegion(bucket, async ({ client }) => {
                try {
                    const answer = await client.send(new dist_cjs/* GetBucketVersioningCommand */._rj({ Bucket: bucket }), abortOption(signal));
                    return answer.Status ?? "Off";
                }
                catch (error) {
                    throw sdkErrorToS3PinError(error, subject);
                }
            });
        },
        async close() {
            for (const made of buckets.values())
                await made.then(({ client }) => client.destroy()).catch(() => { });
            await dispatcher.destroy();
        },
    };
}
function abortOption(signal) {
    return signal === undefined ? {} : { abortSignal: signal };
}
async function resolveRegion(options) {
    if (options.region !== undefined)
        return options.region;
    const probe = new dist_cjs/* S3Client */.YxF(options.profile === undefined ? {} : { profile: options.profile });
    try {
        return await probe.config.region();
    }
    catch {
        // S3 answers a request for another region with the right one, so any will do to begin with.
        return "us-east-1";
    }
    finally {
        probe.destroy();
    }
}
function createClient(options, dispatcher, region) {
    const { endpointUrl, forcePathStyle = endpointUrl !== undefined, profile, noSignRequest } = options;
    const config = {
        region,
        forcePathStyle,
        requestHandler: sdkRequestHandler(dispatcher),
        // One retry loop, and it includes the digest check: see restore/.
        maxAttempts: 1,
        // Bodies are checked by us; the SDK would warn about composite checksums that it cannot check.
        responseChecksumValidation: "WHEN_REQUIRED",
        requestChecksumCalculation: "WHEN_REQUIRED",
        customUserAgent: "s3pin",
    };
    if (endpointUrl !== undefined)
        config.endpoint = endpointUrl;
    if (profile !== undefined)
        config.profile = profile;
    if (noSignRequest) {
        config.signer = { sign: async (request) => request };
        // The SDK asks for credentials even when nothing is signed.
        config.credentials = { accessKeyId: "", secretAccessKey: "" };
    }
    return new dist_cjs/* S3Client */.YxF(config);
}
async function prepareBucket(options, dispatcher, region, bucket) {
    const client = createClient(options, dispatcher, region);
    const subject = { bucket, permission: "s3:GetObjectVersion" };
    try {
        const get = await captureRequest(client, getCommand(options, { bucket, key: PLACEHOLDER, versionId: "null" }));
        const list = await captureRequest(client, new dist_cjs/* ListObjectVersionsCommand */.uc$({
            Bucket: bucket,
            EncodingType: "url",
            ...(options.requestPayer ? { RequestPayer: "requester" } : {}),
        }));
        const credentials = options.noSignRequest ? undefined : client.config.credentials;
        const clockOffset = () => client.config.systemClockOffset;
        return {
            client,
            get: { ...get, path: get.path.slice(0, -PLACEHOLDER.length) },
            signGet: createRequestSigner(get, credentials, clockOffset),
            list,
            signList: createRequestSigner(list, credentials, clockOffset),
        };
    }
    catch (error) {
        throw sdkErrorToS3PinError(error, subject);
    }
}
function getCommand(options, request) {
    const { sseCustomerKey, requestPayer } = options;
    return new dist_cjs/* GetObjectCommand */.jLs({
        Bucket: request.bucket,
        Key: request.key,
        VersionId: request.versionId,
        // Costs a header, and proves what an ETag cannot (SSE-KMS, SSE-C).
        ChecksumMode: "ENABLED",
        ...(requestPayer ? { RequestPayer: "requester" } : {}),
        ...(sseCustomerKey === undefined
            ? {}
            : {
                SSECustomerAlgorithm: "AES256",
                SSECustomerKey: Buffer.from(sseCustomerKey).toString("base64"),
                SSECustomerKeyMD5: (0,external_node_crypto_.createHash)("md5").update(sseCustomerKey).digest("base64"),
            }),
    });
}
async function getObject(dispatcher, { client, get, signGet }, request, sink, signal) {
    const headers = {};
    if (request.range !== undefined)
        headers.range = `bytes=${request.range[0]}-${request.range[1]}`;
    if (request.ifMatch !== undefined)
        headers["if-match"] = `"${request.ifMatch}"`;
    const subject = { ...request, permission: "s3:GetObjectVersion" };
    const signed = await sign(signGet, subject, {
        path: get.path + encodeKey(request.key),
        query: { ...get.query, versionId: request.versionId },
        headers,
    });
    const refused = await exchangeBody(dispatcher, signed, sink, signal);
    if (refused === undefined)
        return;
    throw await meaningOf(client, new dist_cjs/* GetObjectCommand */.jLs({ Bucket: request.bucket, Key: request.key, VersionId: request.versionId }), refused, subject);
}
/** Asked of the few objects whose ETag is no MD5, so the SDK may take its time. */
async function headObject(client, options, request, signal) {
    const { input } = getCommand(options, request);
    const command = new dist_cjs/* HeadObjectCommand */.l81({ ...input, PartNumber: request.partNumber });
    try {
        return headOf(await client.send(command, abortOption(signal)));
    }
    catch (error) {
        throw sdkErrorToS3PinError(error, { ...request, permission: "s3:GetObjectVersion" });
    }
}
function headOf(output) {
    const { ETag, ServerSideEncryption: encryption, SSECustomerAlgorithm } = output;
    const checksums = {
        crc32: output.ChecksumCRC32,
        crc32c: output.ChecksumCRC32C,
        crc64nvme: output.ChecksumCRC64NVME,
        sha1: output.ChecksumSHA1,
        sha256: output.ChecksumSHA256,
    };
    return {
        status: 200,
        versionId: output.VersionId,
        contentLength: output.ContentLength,
        etag: ETag === undefined ? undefined : aws_object_store_withoutQuotes(ETag),
        lastModifiedMs: output.LastModified?.getTime(),
        etagMayBeMd5: etagMayBeMd5(encryption, SSECustomerAlgorithm),
        checksums: wholeObjectChecksums(checksums),
    };
}
async function listPage(dispatcher, { client, list, signList }, request, signal) {
    const subject = { bucket: request.bucket, permission: "s3:ListBucketVersions" };
    const signed = await sign(signList, subject, {
        path: list.path,
        query: {
            ...list.query,
            prefix: request.prefix,
            "max-keys": String(request.maxKeys ?? 1000),
            "key-marker": request.keyMarker,
            "version-id-marker": request.versionIdMarker,
        },
    });
    const chunks = [];
    let bytes = 0;
    const refused = await exchangeBody(dispatcher, signed, {
        start: () => undefined,
        write(chunk) {
            bytes += chunk.length;
            if (bytes > MAX_PAGE_BYTES)
                return Promise.reject(new errors/* S3PinError */.Oc("UNEXPECTED_ANSWER", `A page of the listing of s3://${request.bucket} is over ${MAX_PAGE_BYTES} bytes`));
            chunks.push(chunk);
            return undefined;
        },
    }, signal);
    if (refused === undefined)
        return scanVersionsPage(Buffer.concat(chunks).toString("utf8"));
    throw await meaningOf(client, new dist_cjs/* ListObjectVersionsCommand */.uc$({ Bucket: request.bucket }), refused, subject);
}
async function sign(signer, subject, variation) {
    try {
        return await signer(variation);
    }
    catch (error) {
        throw sdkErrorToS3PinError(error, subject);
    }
}
/** Sends a request; a 200 or 206 goes to `sink`, any other answer is collected and returned. */
async function exchangeBody(dispatcher, request, sink, signal) {
    let refusedHead;
    const refusedBody = [];
    let refusedBytes = 0;
    await exchange(dispatcher, request, {
        start(head) {
            if (head.status === 200 || head.status === 206)
                return sink.start(objectHead(head.status, head.headers));
            refusedHead = head;
            return undefined;
        },
        write(chunk) {
            if (refusedHead === undefined)
                return sink.write(chunk);
            refusedBytes += chunk.length;
            if (refusedBytes <= MAX_ERROR_BODY_BYTES)
                refusedBody.push(chunk);
            return undefined;
        },
    }, signal);
    return refusedHead && { head: refusedHead, body: Buffer.concat(refusedBody) };
}
function objectHead(status, headers) {
    const length = headers["content-length"];
    const lastModified = headers["last-modified"];
    return {
        status,
        versionId: headers["x-amz-version-id"],
        contentLength: length === undefined ? undefined : Number(length),
        etag: headers.etag === undefined ? undefined : aws_object_store_withoutQuotes(headers.etag),
        lastModifiedMs: lastModified === undefined ? undefined : Date.parse(lastModified),
        etagMayBeMd5: etagMayBeMd5(headers["x-amz-server-side-encryption"], headers["x-amz-server-side-encryption-customer-algorithm"]),
        checksums: status === 200 ? wholeObjectChecksums(checksumHeaders(headers)) : {},
    };
}
const CHECKSUM_HEADER = "x-amz-checksum-";
function checksumHeaders(headers) {
    const checksums = {};
    for (const name in headers)
        if (name.startsWith(CHECKSUM_HEADER))
            checksums[name.slice(CHECKSUM_HEADER.length)] = headers[name];
    return checksums;
}
/** Composite checksums are over the parts' checksums (`…-N`), so they say nothing about a stream of bytes. */
function wholeObjectChecksums(checksums) {
    const whole = {};
    for (const name in checksums) {
        const value = checksums[name];
        if (value !== undefined && name !== "type" && !value.includes("-"))
            whole[name] = value;
    }
    return whole;
}
function etagMayBeMd5(encryption, customerAlgorithm) {
    return (encryption === undefined || encryption === "AES256") && customerAlgorithm === undefined;
}
function aws_object_store_withoutQuotes(etag) {
    const quoted = etag.startsWith("W/") ? etag.slice(2) : etag;
    return quoted.startsWith('"') && quoted.endsWith('"') ? quoted.slice(1, -1) : etag;
}
/**
 * Has the SDK read an answer that is not the object, as if it had asked itself, so that redirects, throttling, clock skew
 * and error codes keep its meaning without asking twice.
 */
async function meaningOf(client, hotCommand, { head, body }, subject) {
    const command = hotCommand;
    command.middlewareStack.addRelativeTo(() => async () => ({
        response: { statusCode: head.status, headers: { ...head.headers }, body: external_node_stream_.Readable.from([body]) },
        output: { $metadata: {} },
    }), { name: "replayAnswer", relation: "after", toMiddleware: "deserializerMiddleware" });
    const clockOffsetBefore = client.config.systemClockOffset;
    try {
        await client.send(command);
    }
    catch (error) {
        if ((0,errors/* isS3PinError */.eq)(error))
            return error;
        const meaning = sdkErrorToS3PinError(error, subject);
        if (meaning.details.clockSkew === true && client.config.systemClockOffset !== clockOffsetBefore)
            return new errors/* S3PinError */.Oc("SERVER_ERROR", "The clocks differ; the next request allows for it", { cause: error });
        return meaning;
    }
    return new errors/* S3PinError */.Oc("UNEXPECTED_ANSWER", `s3://${subject.bucket} answered ${head.status}`, {
        details: { ...subject, status: head.status },
    });
}
//# sourceMappingURL=aws-object-store.js.map

/***/ })

};
