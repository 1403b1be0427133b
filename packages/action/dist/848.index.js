export const id = 848;
export const ids = [848];
export const modules = {

/***/ 7848:
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
// EXTERNAL MODULE: ../core/dist/s3/connection.js
var connection = __webpack_require__(8923);
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
// EXTERNAL MODULE: ../core/dist/s3/query.js
var s3_query = __webpack_require__(3951);
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
    return /^[\w.~/-]*$/.test(key) ? key : key.split("/").map(s3_query/* uriEncode */.H).join("/");
}
//# sourceMappingURL=request-template.js.map
;// CONCATENATED MODULE: ../core/dist/s3/hot-calls.js



/** An error document is a few hundred bytes; what comes beyond is not one. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;
/** A page of 1,000 rows is under a megabyte; keys of 1,024 bytes, percent-encoded, make it four. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
/**
 * Streams one version into `sink`.
 * @returns the answer, when it is neither 200 nor 206
 * @throws {S3PinError} of the connection; what the sink throws; what the credentials' provider throws
 */
async function sendGet({ template, sign, transport }, request, sink, signal) {
    const headers = {};
    if (request.range !== undefined)
        headers.range = `bytes=${request.range[0]}-${request.range[1]}`;
    if (request.ifMatch !== undefined)
        headers["if-match"] = `"${request.ifMatch}"`;
    const signed = await sign({
        path: template.path + encodeKey(request.key),
        query: { ...template.query, versionId: request.versionId },
        headers,
    });
    return exchangeBody(transport, signed, sink, signal);
}
/** Reads one page of versions. @returns the answer, when it is no page @throws as {@link sendGet} */
async function sendPage({ template, sign, transport }, request, signal) {
    const signed = await sign({
        path: template.path,
        query: {
            ...template.query,
            prefix: request.prefix,
            "max-keys": String(request.maxKeys ?? 1000),
            "key-marker": request.keyMarker,
            "version-id-marker": request.versionIdMarker,
        },
    });
    const chunks = [];
    let bytes = 0;
    const collect = (chunk) => {
        bytes += chunk.length;
        if (bytes > MAX_PAGE_BYTES)
            throw new errors/* S3PinError */.Oc("UNEXPECTED_ANSWER", `A page of the listing of s3://${request.bucket} is over ${MAX_PAGE_BYTES} bytes`);
        chunks.push(Buffer.from(chunk));
    };
    const refused = await exchangeBody(transport, signed, { start: () => undefined, write: collect }, signal);
    return refused ?? scanVersionsPage(Buffer.concat(chunks).toString("utf8"));
}
/** Sends a request; a 200 or 206 goes to `sink`, any other answer is collected and returned. */
async function exchangeBody(transport, request, sink, signal) {
    let refusedHead;
    const refusedBody = [];
    let refusedBytes = 0;
    await transport.exchange(request, {
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
                refusedBody.push(Buffer.from(chunk));
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
        etag: headers.etag === undefined ? undefined : hot_calls_withoutQuotes(headers.etag),
        lastModifiedMs: lastModified === undefined ? undefined : Date.parse(lastModified),
        etagMayBeMd5: etagMayBeMd5(headers["x-amz-server-side-encryption"], headers["x-amz-server-side-encryption-customer-algorithm"]),
        checksums: status === 200 ? wholeObjectChecksums(checksumHeaders(headers)) : {},
    };
}
const CHECKSUM_NAMES = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"].map((name) => [name, `x-amz-checksum-${name}`]);
function checksumHeaders(headers) {
    const checksums = {};
    for (const [name, header] of CHECKSUM_NAMES)
        if (headers[header] !== undefined)
            checksums[name] = headers[header];
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
function hot_calls_withoutQuotes(etag) {
    const quoted = etag.startsWith("W/") ? etag.slice(2) : etag;
    return quoted.startsWith('"') && quoted.endsWith('"') ? quoted.slice(1, -1) : etag;
}
//# sourceMappingURL=hot-calls.js.map
// EXTERNAL MODULE: ../core/dist/s3/abort-listeners.js
var abort_listeners = __webpack_require__(7149);
// EXTERNAL MODULE: ../core/dist/s3/connection-error.js
var connection_error = __webpack_require__(6896);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
;// CONCATENATED MODULE: ../core/dist/s3/http1/response-reader.js
/** Bytes that are no HTTP/1.1 answer, or one that two readers could take for different ones. */
class HttpFormatError extends Error {
    code = "HTTP_FORMAT";
}
/** Node's own limit is 16 KiB, and S3 sends 2. */
const MAX_HEAD_LENGTH = 64 * 1024;
/** A chunk's size and its extensions. */
const MAX_CHUNK_LINE_LENGTH = 4 * 1024;
/**
 * Reads the answers to GET requests from a connection's bytes, however they are cut, and copies none of them.
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
class ResponseReader {
    #handler;
    #state = "head";
    /** A head, a chunk's size or a trailer that began in an earlier piece, as Latin-1. */
    #line = "";
    #remaining = 0;
    #isReusable = true;
    constructor(handler) {
        this.#handler = handler;
    }
    /** Whether an answer has begun and not ended. */
    get isInAnswer() {
        return this.#state !== "head" || this.#line !== "";
    }
    /**
     * Reads up to the end of one answer.
     * @returns how many bytes were read: all, but when the handler wants a pause, or when an answer has ended
     * @throws {HttpFormatError}
     */
    push(bytes) {
        let at = 0;
        while (at < bytes.length) {
            switch (this.#state) {
                case "head": {
                    const end = this.#take(bytes, at, "\r\n\r\n", MAX_HEAD_LENGTH);
                    if (end === undefined)
                        return bytes.length;
                    at = end;
                    const outcome = this.#beginAnswer();
                    if (outcome !== "go on")
                        return at;
                    break;
                }
                case "sized":
                case "chunk-data": {
                    const taken = Math.min(this.#remaining, bytes.length - at);
                    this.#remaining -= taken;
                    const mustPause = this.#handler.onData(bytes.subarray(at, at + taken));
                    at += taken;
                    if (this.#remaining === 0) {
                        if (this.#state === "sized") {
                            this.#end();
                            return at;
                        }
                        this.#state = "chunk-end";
                    }
                    if (mustPause)
                        return at;
                    break;
                }
                case "until-close": {
                    this.#handler.onData(bytes.subarray(at));
                    return bytes.length;
                }
                case "chunk-size": {
                    const end = this.#take(bytes, at, "\r\n", MAX_CHUNK_LINE_LENGTH);
                    if (end === undefined)
                        return bytes.length;
                    at = end;
                    const size = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(this.#takeLine())?.[1];
                    if (size === undefined)
                        throw new HttpFormatError("a chunk without a size");
                    this.#remaining = Number.parseInt(size, 16);
                    this.#state = this.#remaining === 0 ? "trailer" : "chunk-data";
                    break;
                }
                case "chunk-end": {
                    const end = this.#take(bytes, at, "\r\n", 2);
                    if (end === undefined)
                        return bytes.length;
                    at = end;
                    if (this.#takeLine() !== "")
                        throw new HttpFormatError("a chunk longer than its size");
                    this.#state = "chunk-size";
                    break;
                }
                case "trailer": {
                    const end = this.#take(bytes, at, "\r\n", MAX_HEAD_LENGTH);
                    if (end === undefined)
                        return bytes.length;
                    at = end;
                    if (this.#takeLine() !== "")
                        break;
                    this.#end();
                    return at;
                }
            }
        }
        return at;
    }
    /** Told that no more bytes come. @returns whether that is a proper end of the answer */
    close() {
        if (this.#state !== "until-close")
            return false;
        this.#isReusable = false;
        this.#end();
        return true;
    }
    /** Takes what there is of a text that ends with `mark`; undefined when the end has not come yet. */
    #take(bytes, at, mark, maxLength) {
        const before = this.#line.length;
        const room = Math.min(bytes.length, at + maxLength + mark.length - before);
        // The mark may have begun in the piece before.
        this.#line += bytes.toString("latin1", at, before === 0 ? this.#markEnd(bytes, at, mark, room) : room);
        const found = this.#line.indexOf(mark, Math.max(0, before - mark.length));
        if (found === -1) {
            if (this.#line.length >= maxLength)
                throw new HttpFormatError(`more than ${maxLength} bytes of headers`);
            return undefined;
        }
        this.#line = this.#line.slice(0, found);
        return at + found + mark.length - before;
    }
    #markEnd(bytes, at, mark, room) {
        const found = bytes.indexOf(mark, at, "latin1");
        return found === -1 ? room : Math.min(room, found + mark.length);
    }
    #takeLine() {
        const line = this.#line;
        this.#line = "";
        return line;
    }
    #beginAnswer() {
        const { head, isHttp10 } = parseHead(this.#takeLine());
        const { status, headers } = head;
        // 100 and its like come before the answer; nothing was asked that could lead to 101.
        if (status < 200) {
            if (status === 101)
                throw new HttpFormatError("an answer in another protocol");
            return "go on";
        }
        const connection = headers.connection?.toLowerCase() ?? "";
        this.#isReusable = isHttp10 ? connection.includes("keep-alive") : !connection.includes("close");
        const length = contentLength(headers);
        const encoding = headers["transfer-encoding"];
        let hasBody = true;
        if (status === 204 || status === 304)
            hasBody = false;
        else if (encoding !== undefined) {
            if (encoding.toLowerCase() !== "chunked")
                throw new HttpFormatError(`a transfer encoding ${encoding}`);
            // With both, somebody on the way may believe the length.
            if (length !== undefined)
                this.#isReusable = false;
            this.#state = "chunk-size";
        }
        else if (length === undefined)
            this.#state = "until-close";
        else {
            this.#remaining = length;
            this.#state = "sized";
            hasBody = length > 0;
        }
        const mustPause = this.#handler.onHead(head);
        if (!hasBody) {
            this.#end();
            return "ended";
        }
        return mustPause ? "pause" : "go on";
    }
    #end() {
        const isReusable = this.#isReusable;
        this.#state = "head";
        this.#isReusable = true;
        this.#handler.onEnd(isReusable);
    }
}
function parseHead(text) {
    // A line feed or return by itself ends a line for some readers, and not for others.
    if (/\r(?!\n)|(?<!\r)\n/.test(text))
        throw new HttpFormatError("a line that does not end in CRLF");
    let end = lineEnd(text, 0);
    const status = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])(?: |$)/.exec(text.slice(0, end));
    if (status === null)
        throw new HttpFormatError("no HTTP/1.1 status line");
    const headers = {};
    while (end < text.length) {
        const start = end + 2;
        end = lineEnd(text, start);
        const colon = text.indexOf(":", start);
        const name = colon === -1 || colon > end ? undefined : headerName(text.slice(start, colon));
        if (name === undefined)
            throw new HttpFormatError("a header line without a name");
        // Nearly all servers write one blank, and nothing behind the value.
        const value = text.slice(text.charCodeAt(colon + 1) === BLANK ? colon + 2 : colon + 1, end).trim();
        const earlier = headers[name];
        headers[name] = typeof earlier === "string" ? `${earlier}, ${value}` : value;
    }
    return { head: { status: Number(status[2]), headers }, isHttp10: status[1] === "0" };
}
const BLANK = 0x20;
function lineEnd(text, from) {
    const end = text.indexOf("\r\n", from);
    return end === -1 ? text.length : end;
}
/** A server's dozen names, as it writes them: checked and lower-cased once, not for each answer. */
const headerNames = new Map();
const MAX_HEADER_NAMES = 256;
/** In lower case; undefined for what is none: a blank in it or before it is read differently by different readers. */
function headerName(text) {
    const known = headerNames.get(text);
    if (known !== undefined)
        return known;
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(text))
        return undefined;
    const name = text.toLowerCase();
    if (headerNames.size < MAX_HEADER_NAMES)
        headerNames.set(text, name);
    return name;
}
function contentLength(headers) {
    const value = headers["content-length"];
    if (value === undefined)
        return undefined;
    if (!/^[0-9]{1,15}$/.test(value))
        throw new HttpFormatError(`a content length ${value}`);
    return Number(value);
}
//# sourceMappingURL=response-reader.js.map
;// CONCATENATED MODULE: ../core/dist/s3/http1/connection.js




const CLOSED_BY_SERVER = Object.assign(new Error("the server closed the connection"), { code: "CLOSED" });
/** One connection to a server, asked one request at a time. */
class Connection {
    origin;
    /** Milliseconds of `performance.now()` when anything happened last. */
    lastActiveMs = performance.now();
    /** Whether an answer came over it before. */
    isUsed = false;
    isConnecting = true;
    isOpen = true;
    #settings;
    #socket;
    #reader;
    #exchange;
    /** Whether a byte has come since the last request. */
    #isSilent = true;
    /** What the consumer is still busy with; nothing is read meanwhile. */
    #holding;
    /** Came with what the consumer is busy with, and copied, since the buffer serves all connections. */
    #rest;
    constructor(origin, settings) {
        this.origin = origin;
        this.#settings = settings;
        this.#reader = new ResponseReader({
            onHead: (head) => {
                const exchange = this.#exchange;
                if (exchange === undefined)
                    return true;
                exchange.hasBegun = true;
                return this.#hold(exchange.consumer.start(head));
            },
            onData: (chunk) => this.#hold(this.#exchange?.consumer.write(chunk)),
            onEnd: (isReusable) => this.#afterHolding(() => this.#finish(isReusable)),
        });
        this.#socket = this.#connect();
    }
    /** Whether it waits for an answer that it may be blamed for not getting. */
    get isWaiting() {
        return this.#exchange !== undefined && this.#holding === undefined;
    }
    /** Whether it was lost before a byte of the answer came, so that the request may be sent again elsewhere. */
    get wasLostInSilence() {
        return !this.isOpen && this.#isSilent;
    }
    /** @throws {S3PinError} of the connection; what the consumer throws */
    exchange(request, consumer) {
        return new Promise((resolve, reject) => {
            this.#isSilent = true;
            if (!this.isOpen) {
                reject((0,connection_error/* connectionError */.$)(CLOSED_BY_SERVER, this.origin));
                return;
            }
            this.#exchange = { consumer, hasBegun: false, resolve, reject };
            this.lastActiveMs = performance.now();
            this.#socket.write(requestText(request), "latin1");
        });
    }
    /** Ends the connection; what is under way fails with `reason`. */
    destroy(reason) {
        if (!this.isOpen)
            return;
        this.isOpen = false;
        const exchange = this.#exchange;
        this.#exchange = undefined;
        this.#socket.destroy();
        exchange?.reject((0,connection_error/* connectionError */.$)(reason, this.origin, exchange.hasBegun));
        this.#settings.onClose(this);
    }
    #connect() {
        const url = new URL(this.origin);
        const isTls = url.protocol === "https:";
        const host = url.hostname.replace(/^\[|\]$/g, "");
        const where = {
            host,
            port: Number(url.port || (isTls ? 443 : 80)),
            onread: {
                buffer: this.#settings.receiveBuffer,
                callback: (length, buffer) => this.#receive(buffer, length),
            },
        };
        const { ca, tlsSession, onTlsSession } = this.#settings;
        const socket = isTls
            ? (0,external_node_tls_.connect)({
                ...where,
                ...((0,external_node_net_.isIP)(host) === 0 ? { servername: host } : {}),
                ...(ca === undefined ? {} : { ca: [...ca] }),
                ...(tlsSession === undefined ? {} : { session: tlsSession }),
                ALPNProtocols: ["http/1.1"],
            }).on("session", onTlsSession)
            : (0,external_node_net_.connect)(where);
        socket.on(isTls ? "secureConnect" : "connect", () => {
            this.isConnecting = false;
            this.lastActiveMs = performance.now();
        });
        socket.setNoDelay(true);
        // A body without a length ends so.
        socket.on("end", () => void this.#reader.close());
        socket.on("error", (error) => this.destroy(error));
        socket.on("close", () => this.destroy(CLOSED_BY_SERVER));
        return socket;
    }
    /** @returns whether to go on reading */
    #receive(buffer, length) {
        this.lastActiveMs = performance.now();
        this.#isSilent = false;
        this.#read(buffer.subarray(0, length));
        return this.isOpen && this.#holding === undefined;
    }
    #read(bytes) {
        try {
            const read = this.#exchange === undefined ? 0 : this.#reader.push(bytes);
            if (read === bytes.length || !this.isOpen)
                return;
            if (this.#holding !== undefined && this.#exchange !== undefined)
                this.#rest = Buffer.from(bytes.subarray(read));
            // Whatever comes behind an answer is none to a question of ours.
            else
                this.destroy(Object.assign(new Error("bytes that nobody asked for"), { code: "HTTP_FORMAT" }));
        }
        catch (error) {
            this.#refuse(error);
        }
    }
    #hold(pending) {
        if (pending === undefined)
            return false;
        this.#holding = pending;
        pending.then(() => {
            this.#holding = undefined;
            this.lastActiveMs = performance.now();
            const rest = this.#rest;
            this.#rest = undefined;
            if (rest !== undefined)
                this.#read(rest);
            if (this.isOpen && this.#holding === undefined)
                this.#socket.resume();
        }, (error) => this.#refuse(error));
        return true;
    }
    #afterHolding(act) {
        if (this.#holding === undefined)
            act();
        else
            this.#holding.then(act, () => { });
    }
    #finish(isReusable) {
        const exchange = this.#exchange;
        this.#exchange = undefined;
        this.isUsed = true;
        exchange?.resolve();
        if (!isReusable)
            this.destroy(new Error("the server keeps no connection"));
    }
    /** The answer is not wanted, or is none. */
    #refuse(error) {
        const exchange = this.#exchange;
        if (!(error instanceof Error && "code" in error && error.code === "HTTP_FORMAT")) {
            this.#exchange = undefined;
            exchange?.reject(error);
        }
        this.destroy(error instanceof Error ? error : new Error("refused"));
    }
}
function requestText({ path, headers }) {
    let text = `GET ${path} HTTP/1.1\r\n`;
    let isClean = !UNFIT.test(path);
    for (const name in headers) {
        const value = headers[name] ?? "";
        isClean &&= !UNFIT.test(value);
        text += `${name}: ${value}\r\n`;
    }
    if (!isClean)
        throw new Error("a request with control characters in its head");
    return `${text}\r\n`;
}
/** A line break would begin another header or request; what is not Latin-1 cannot be written. */
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/;
//# sourceMappingURL=connection.js.map
;// CONCATENATED MODULE: ../core/dist/s3/http1/connection-pool.js


const CONNECT_TIMEOUT_MS = 10_000;
/** S3 closes an idle connection after about 20 s; the nearer to that, the likelier the request meets the closing. */
const KEEP_ALIVE_MS = 15_000;
/** What one read takes from the kernel at the most: large bodies cost fewer turns, and it stays within a core's own cache. */
const RECEIVE_BUFFER_BYTES = 256 * 1024;
function createConnectionPool({ maxConnections, idleTimeoutMs, ca }) {
    const origins = new Map();
    const receiveBuffer = Buffer.allocUnsafeSlow(RECEIVE_BUFFER_BYTES);
    const watch = setInterval(() => closeOverdue(origins, idleTimeoutMs), Math.min(1_000, idleTimeoutMs / 4));
    watch.unref();
    const originOf = (name) => {
        let origin = origins.get(name);
        if (origin === undefined) {
            origin = { all: new Set(), idle: [], waiting: [], tlsSession: undefined };
            origins.set(name, origin);
        }
        return origin;
    };
    const open = (name, origin) => {
        const connection = new Connection(name, {
            receiveBuffer,
            ca,
            tlsSession: origin.tlsSession,
            onTlsSession(session) {
                origin.tlsSession = session;
            },
            onClose(closed) {
                origin.all.delete(closed);
                const place = origin.idle.indexOf(closed);
                if (place !== -1)
                    origin.idle.splice(place, 1);
                origin.waiting.shift()?.resolve(open(name, origin));
            },
        });
        origin.all.add(connection);
        return connection;
    };
    return {
        async acquire(name, isFresh = false) {
            const origin = originOf(name);
            const idle = isFresh ? undefined : origin.idle.pop();
            if (idle !== undefined)
                return idle;
            if (origin.all.size < maxConnections)
                return open(name, origin);
            const place = Promise.withResolvers();
            origin.waiting.push(place);
            return place.promise;
        },
        release(connection) {
            if (!connection.isOpen)
                return;
            const origin = originOf(connection.origin);
            const next = origin.waiting.shift();
            if (next === undefined)
                origin.idle.push(connection);
            else
                next.resolve(connection);
        },
        close() {
            clearInterval(watch);
            const closed = failure("the connections were closed", "CLOSED");
            for (const [name, { all, waiting }] of origins) {
                for (const { reject } of waiting.splice(0))
                    reject((0,connection_error/* connectionError */.$)(closed, name));
                for (const connection of all)
                    connection.destroy(closed);
            }
        },
    };
}
/** One clock for all connections: a timer of its own for each costs as much as reading its answer. */
function closeOverdue(origins, idleTimeoutMs) {
    const nowMs = performance.now();
    for (const { all, idle } of origins.values()) {
        for (const connection of all) {
            const quietMs = nowMs - connection.lastActiveMs;
            if (connection.isConnecting ? quietMs > CONNECT_TIMEOUT_MS : connection.isWaiting && quietMs > idleTimeoutMs)
                connection.destroy(failure("no answer in time", "ETIMEDOUT"));
        }
        for (const connection of [...idle])
            if (nowMs - connection.lastActiveMs > KEEP_ALIVE_MS)
                connection.destroy(failure("idle", "CLOSED"));
    }
}
function failure(message, code) {
    return Object.assign(new Error(message), { code });
}
//# sourceMappingURL=connection-pool.js.map
;// CONCATENATED MODULE: ../core/dist/s3/http1/direct-transport.js



/**
 * HTTP/1.1 straight to the store, for what is asked a million times: a request is a string, an answer is read where the
 * kernel put it, and nothing is made for one request that the next cannot use.
 */
function createDirectTransport(options) {
    const pool = createConnectionPool(options);
    const exchangeOver = async (connection, request, consumer, signal) => {
        const unlisten = (0,abort_listeners/* onAbort */.u)(signal, () => connection.destroy((0,abort_listeners/* abortedError */.i)(signal)));
        try {
            if (signal?.aborted)
                throw (0,abort_listeners/* abortedError */.i)(signal);
            await connection.exchange(request, consumer);
        }
        finally {
            unlisten();
            pool.release(connection);
        }
    };
    return {
        async exchange(request, consumer, signal) {
            if (signal?.aborted)
                throw (0,abort_listeners/* abortedError */.i)(signal);
            const connection = await pool.acquire(request.origin);
            const wasUsed = connection.isUsed;
            try {
                return await exchangeOver(connection, request, consumer, signal);
            }
            catch (error) {
                // A server closes an idle connection when it likes, and the request may have been on its way then.
                const isStale = wasUsed && connection.wasLostInSilence && (0,errors/* isS3PinError */.eq)(error);
                if (!isStale || error.code !== "CONNECTION_FAILED")
                    throw error;
            }
            return exchangeOver(await pool.acquire(request.origin, true), request, consumer, signal);
        },
        async close() {
            pool.close();
        },
    };
}
//# sourceMappingURL=direct-transport.js.map
// EXTERNAL MODULE: ../core/dist/s3/proxies.js
var proxies = __webpack_require__(383);
// EXTERNAL MODULE: ../core/dist/s3/trusted-authorities.js
var trusted_authorities = __webpack_require__(4788);
;// CONCATENATED MODULE: ../core/dist/s3/open-transports.js




/** Hot calls go straight to the store, or by undici where a proxy stands between; undici is loaded when it is needed. */
async function openTransports(options) {
    let loaded;
    const undici = () => {
        loaded ??= Promise.all(/* import() */[__webpack_require__.e(275), __webpack_require__.e(587)]).then(__webpack_require__.bind(__webpack_require__, 9587)).then(({ createUndiciTransport }) => createUndiciTransport(options));
        return loaded;
    };
    const { maxConnections = 256, idleTimeoutMs = connection/* DEFAULT_IDLE_TIMEOUT_MS */.C, caBundle } = options;
    const hot = (0,proxies/* isProxied */.S)()
        ? await undici()
        : createDirectTransport({ maxConnections, idleTimeoutMs, ca: (0,trusted_authorities/* trustedAuthorities */.D)(caBundle) });
    return {
        hot,
        sdkRequestHandler: {
            metadata: { handlerProtocol: "http/1.1" },
            async handle(request, { abortSignal } = {}) {
                return { response: await (await undici()).send(request, abortSignal) };
            },
            destroy() { },
            updateHttpClientConfig() { },
            httpHandlerConfigs: () => ({}),
        },
        async close() {
            await hot.close();
            if (loaded !== undefined && hot !== (await loaded))
                await (await loaded).close();
        },
    };
}
//# sourceMappingURL=open-transports.js.map
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
;// CONCATENATED MODULE: ../core/dist/s3/sign-request.js


/** The SHA-256 of no bytes: none of our requests has a body. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/** Proxies and servers on the way may change them. */
const UNSIGNED = new Set(["user-agent", "connection", "expect", "transfer-encoding"]);
/**
 * Signs GET requests as AWS's Signature Version 4 wants it. What only a template, a second or a day changes is made once,
 * so a signature takes 7 us, where `@smithy/signature-v4`, with which the tests compare it, takes 51.
 * @param credentials the SDK's memoized provider, which renews them before they expire; undefined sends unsigned requests
 * @param clockOffsetMs what the SDK has learned about the store's clock
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
function createRequestSigner(template, credentials, clockOffsetMs) {
    const { origin, signingRegion, signingService } = template;
    const clock = createAmzClock();
    const signedNamesOf = createNameSorter();
    let key;
    return async ({ path, query, headers: added }) => {
        const search = (0,s3_query/* queryString */._)(query);
        const target = search === "" ? path : `${path}?${search}`;
        const headers = { ...template.headers, ...added };
        if (credentials === undefined)
            return { origin, path: target, headers };
        const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
        const now = clock(Date.now() + clockOffsetMs());
        const day = now.slice(0, 8);
        if (key?.secret !== secretAccessKey || key.day !== day)
            key = deriveKey(secretAccessKey, day, signingRegion, signingService);
        headers["x-amz-content-sha256"] = EMPTY_SHA256;
        headers["x-amz-date"] = now;
        if (sessionToken)
            headers["x-amz-security-token"] = sessionToken;
        const { names, joined } = signedNamesOf(headers);
        let canonical = `GET\n${path}\n${search}\n`;
        for (const name of names)
            canonical += `${name}:${canonicalValue(headers[name] ?? "")}\n`;
        canonical += `\n${joined}\n${EMPTY_SHA256}`;
        const toSign = `AWS4-HMAC-SHA256\n${now}\n${key.scope}\n${(0,external_node_crypto_.hash)("sha256", canonical)}`;
        const signature = hmacHex(key.pads, toSign);
        headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${key.scope}, SignedHeaders=${joined}, Signature=${signature}`;
        return { origin, path: target, headers };
    };
}
/** Finds the names to sign, in their order: the few sets of names that requests have are sorted once. */
function createNameSorter() {
    const known = new Map();
    return (headers) => {
        const given = Object.keys(headers);
        const id = given.join();
        let sorted = known.get(id);
        if (sorted === undefined) {
            const names = given.filter((name) => !UNSIGNED.has(name)).sort();
            sorted = { names, joined: names.join(";") };
            known.set(id, sorted);
        }
        return sorted;
    };
}
function deriveKey(secret, day, region, service) {
    let key = `AWS4${secret}`;
    for (const step of [day, region, service, "aws4_request"])
        key = (0,external_node_crypto_.createHmac)("sha256", key).update(step).digest();
    return { secret, day, scope: `${day}/${region}/${service}/aws4_request`, pads: hmacPads(key) };
}
/** SHA-256's block. */
const BLOCK_BYTES = 64;
function hmacPads(key) {
    const padded = Buffer.concat([key], BLOCK_BYTES);
    return { inner: padded.map((byte) => byte ^ 0x36), outer: padded.map((byte) => byte ^ 0x5c) };
}
/**
 * HMAC-SHA-256 by its definition. An Hmac object for each request costs 5 us, and the garbage collector has to call back
 * for each.
 * @see https://www.rfc-editor.org/rfc/rfc2104
 */
function hmacHex({ inner, outer }, text) {
    const digest = (0,external_node_crypto_.hash)("sha256", Buffer.concat([inner, Buffer.from(text)]), "buffer");
    return (0,external_node_crypto_.hash)("sha256", Buffer.concat([outer, digest]));
}
/** Gives moments as `20261103T100000Z`. */
function createAmzClock() {
    let second = Number.NaN;
    let text = "";
    return (ms) => {
        const itsSecond = Math.floor(ms / 1000);
        if (itsSecond !== second) {
            second = itsSecond;
            text = `${new Date(second * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
        }
        return text;
    };
}
function canonicalValue(value) {
    return value.includes("  ") || value.startsWith(" ") || value.endsWith(" ")
        ? value.trim().replace(/ +/g, " ")
        : value;
}
//# sourceMappingURL=sign-request.js.map
;// CONCATENATED MODULE: ../core/dist/s3/aws-object-store.js











/** Stands for the key in the template, and is cut from its end. */
const PLACEHOLDER = "s3pin-key";
/**
 * Connects to S3, or to a server that speaks its protocol. The SDK resolves credentials, regions and endpoints and gives
 * every error its meaning; the two hot calls (the GET of a version, a page of versions) are built from a template that it
 * made, and signed and sent by ourselves: a tenth of the CPU time of `client.send`.
 */
async function createAwsObjectStore(options = {}) {
    const transports = await openTransports(options);
    const region = await resolveRegion(options);
    const buckets = new Map();
    const callsFor = (bucket) => {
        const known = buckets.get(bucket);
        if (known !== undefined)
            return known;
        const made = prepareBucket(options, transports, region, bucket);
        buckets.set(bucket, made);
        return made;
    };
    /** Runs `act`; when the store says that the bucket lives in another region, once more there. */
    const inRightRegion = async (bucket, act) => {
        const used = await callsFor(bucket);
        try {
            return await act(used);
        }
        catch (error) {
            const found = (0,errors/* isS3PinError */.eq)(error) && error.code === "WRONG_REGION" ? error.details.region : undefined;
            if (typeof found !== "string" || found === used.get.template.signingRegion)
                throw error;
            // Requests that were under way together learn it together: only the first replaces the template.
            const current = await callsFor(bucket);
            if (current.get.template.signingRegion !== found)
                buckets.set(bucket, prepareBucket(options, transports, found, bucket));
            return await act(await callsFor(bucket));
        }
    };
    return {
        async listVersionsPage(request, signal) {
            return inRightRegion(request.bucket, (calls) => listPage(calls, request, signal));
        },
        async getVersion(request, sink, signal) {
            return inRightRegion(request.bucket, (calls) => getObject(calls, request, sink, signal));
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
        async delegate(bucket) {
            if ((0,proxies/* isProxied */.S)())
                return undefined;
            const { client, credentials, get } = await callsFor(bucket);
            const { idleTimeoutMs = connection/* DEFAULT_IDLE_TIMEOUT_MS */.C, caBundle } = options;
            const clockOffsetMs = client.config.systemClockOffset;
            // A provider's answer may carry more than plain data.
            const { accessKeyId, secretAccessKey, sessionToken } = (await credentials?.()) ?? {};
            const keys = accessKeyId === undefined || secretAccessKey === undefined
                ? undefined
                : { accessKeyId, secretAccessKey, sessionToken };
            return { template: get.template, credentials: keys, clockOffsetMs, idleTimeoutMs, caBundle };
        },
        async close() {
            for (const made of buckets.values())
                await made.then(({ client }) => client.destroy()).catch(() => { });
            await transports.close();
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
function createClient(options, { sdkRequestHandler }, region) {
    const { endpointUrl, forcePathStyle = endpointUrl !== undefined, profile, noSignRequest } = options;
    const config = {
        region,
        forcePathStyle,
        requestHandler: sdkRequestHandler,
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
async function prepareBucket(options, transports, region, bucket) {
    const client = createClient(options, transports, region);
    const subject = { bucket, permission: "s3:GetObjectVersion" };
    try {
        const get = await captureRequest(client, getCommand(options, { bucket, key: PLACEHOLDER, versionId: "null" }));
        const list = await captureRequest(client, new dist_cjs/* ListObjectVersionsCommand */.uc$({
            Bucket: bucket,
            EncodingType: "url",
            ...(options.requestPayer ? { RequestPayer: "requester" } : {}),
        }));
        const provider = options.noSignRequest ? undefined : client.config.credentials;
        const credentials = provider &&
            (() => provider().catch((error) => {
                throw sdkErrorToS3PinError(error, subject);
            }));
        const clockOffsetMs = () => client.config.systemClockOffset;
        const callOf = (template) => ({
            template,
            sign: createRequestSigner(template, credentials, clockOffsetMs),
            transport: transports.hot,
        });
        return {
            client,
            credentials,
            get: callOf({ ...get, path: get.path.slice(0, -PLACEHOLDER.length) }),
            list: callOf(list),
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
async function getObject({ client, get }, request, sink, signal) {
    const refused = await sendGet(get, request, sink, signal);
    if (refused === undefined)
        return;
    const { bucket: Bucket, key: Key, versionId: VersionId } = request;
    const command = new dist_cjs/* GetObjectCommand */.jLs({ Bucket, Key, VersionId });
    throw await meaningOf(client, command, refused, { ...request, permission: "s3:GetObjectVersion" });
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
        etag: ETag === undefined ? undefined : hot_calls_withoutQuotes(ETag),
        lastModifiedMs: output.LastModified?.getTime(),
        etagMayBeMd5: etagMayBeMd5(encryption, SSECustomerAlgorithm),
        checksums: wholeObjectChecksums(checksums),
    };
}
async function listPage({ client, list }, request, signal) {
    const answer = await sendPage(list, request, signal);
    if ("rows" in answer)
        return answer;
    const { bucket } = request;
    const command = new dist_cjs/* ListObjectVersionsCommand */.uc$({ Bucket: bucket });
    throw await meaningOf(client, command, answer, { bucket, permission: "s3:ListBucketVersions" });
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

/***/ }),

/***/ 6896:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $: () => (/* binding */ connectionError)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4713);

/** Node's and OpenSSL's codes for a certificate that no known authority signed. */
const UNTRUSTED_CERTIFICATE = new Set([
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_GET_ISSUER_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
]);
/**
 * What a failed connection means, from the code that Node, undici or our own transport gives it.
 * @param bodyStarted whether the answer's head had come: then the body broke off, which is a matter of this one request
 */
function connectionError(error, origin, bodyStarted = false) {
    if ((0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .isS3PinError */ .eq)(error))
        return error;
    if (error.name === "AbortError")
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .S3PinError */ .Oc("ABORTED", "Stopped on request", { cause: error });
    const code = errorCode(error);
    const details = { origin, cause: code };
    if (bodyStarted && !code.endsWith("TIMEOUT") && code !== "ETIMEDOUT")
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .S3PinError */ .Oc("SHORT_BODY", `${origin} broke off in the middle of a body (${code})`, {
            details,
            cause: error,
        });
    switch (code) {
        case "UND_ERR_CONNECT_TIMEOUT":
        case "UND_ERR_HEADERS_TIMEOUT":
        case "UND_ERR_BODY_TIMEOUT":
        case "ETIMEDOUT":
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .S3PinError */ .Oc("TIMEOUT", `No answer from ${origin} in time (${code})`, { details, cause: error });
        case "ENOTFOUND":
        case "EAI_AGAIN":
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .S3PinError */ .Oc("CONNECTION_FAILED", `The name in ${origin} does not resolve (${code})`, {
                hint: "Check --endpoint-url, --region and the bucket's name, and that this machine has DNS.",
                details,
                cause: error,
            });
        case "ECONNREFUSED":
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .S3PinError */ .Oc("CONNECTION_FAILED", `Nothing listens at ${origin} (${code})`, {
                hint: "Check --endpoint-url, and HTTPS_PROXY/HTTP_PROXY/NO_PROXY if a proxy stands between.",
                details,
                cause: error,
            });
        default:
            if (UNTRUSTED_CERTIFICATE.has(code))
                return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .S3PinError */ .Oc("CONNECTION_FAILED", `The certificate of ${origin} is not signed by a known authority (${code})`, {
                    hint: "Set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to the PEM file of your own authority.",
                    details: { ...details, permanent: true },
                    cause: error,
                });
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .S3PinError */ .Oc("CONNECTION_FAILED", `The connection to ${origin} failed: ${error.message} (${code})`, {
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

/***/ }),

/***/ 8923:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   C: () => (/* binding */ DEFAULT_IDLE_TIMEOUT_MS)
/* harmony export */ });
/** No byte for so long is a time-out. */
const DEFAULT_IDLE_TIMEOUT_MS = 60_000;
//# sourceMappingURL=connection.js.map

/***/ }),

/***/ 383:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ isProxied)
/* harmony export */ });
const VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
/** Whether the environment names a proxy; NO_PROXY may still exempt the store. */
function isProxied() {
    return VARIABLES.some((name) => process.env[name]);
}
//# sourceMappingURL=proxies.js.map

/***/ }),

/***/ 3951:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   H: () => (/* binding */ uriEncode),
/* harmony export */   _: () => (/* binding */ queryString)
/* harmony export */ });
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
    // Most names are plain, and looking takes a tenth of encoding.
    if (/^[\w.~-]*$/.test(text))
        return text;
    return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
//# sourceMappingURL=query.js.map

/***/ }),

/***/ 4788:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ trustedAuthorities)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_tls__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1692);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4713);



/**
 * The certificate authorities to trust when a bundle is named besides Node's own; undefined for just Node's own.
 * @throws {S3PinError} `USAGE`
 */
function trustedAuthorities(caBundle) {
    if (caBundle === undefined)
        return undefined;
    try {
        return [...nodesOwn(), (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(caBundle, "utf8")];
    }
    catch (cause) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .S3PinError */ .Oc("USAGE", `The CA bundle ${caBundle} cannot be read`, {
            hint: "AWS_CA_BUNDLE must name a readable PEM file.",
            cause,
        });
    }
}
/** With those of NODE_EXTRA_CA_CERTS, which Node tells since 22.15. */
function nodesOwn() {
    return node_tls__WEBPACK_IMPORTED_MODULE_1__.getCACertificates?.("default") ?? node_tls__WEBPACK_IMPORTED_MODULE_1__.rootCertificates;
}
//# sourceMappingURL=trusted-authorities.js.map

/***/ })

};
