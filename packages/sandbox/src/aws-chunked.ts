import { createHash, type Hash } from "node:crypto";
import { S3Error } from "./errors.ts";
import type { Identity } from "./sigv4.ts";

/** Longest line of chunk header or trailer that is accepted, in bytes. */
const MAX_LINE_BYTES = 16 * 1024;

const EMPTY_SHA256 = createHash("sha256").update("").digest("hex");

/** What to check while decoding. */
export interface ChunkedOptions {
  /** checks each chunk's signature; undefined for unsigned chunks */
  readonly identity: Identity | undefined;
  /** called for each trailer, names in lower case */
  readonly onTrailer: (name: string, value: string) => void;
}

/**
 * Decodes a body in `aws-chunked` form: `SIZE[;chunk-signature=…]\r\n`, bytes, `\r\n`, …, a chunk of size 0, trailers, an empty line.
 * @throws {S3Error} 400 IncompleteBody, 403 SignatureDoesNotMatch
 */
export async function* decodeChunked(
  pieces: AsyncIterable<Uint8Array>,
  options: ChunkedOptions,
): AsyncGenerator<Uint8Array, void> {
  const reader = createReader(pieces);
  const signer = createSigner(options.identity);
  for (;;) {
    const line = await reader.readLine();
    const match = /^([0-9a-fA-F]+)(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
    if (!match) throw incompleteBody(`bad chunk header ${JSON.stringify(line.slice(0, 100))}`);
    let left = Number.parseInt(match[1] ?? "", 16);
    const isLast = left === 0;
    signer.beginChunk();
    while (left > 0) {
      const piece = await reader.readSome(left);
      left -= piece.length;
      signer.update(piece);
      yield piece;
    }
    signer.endChunk(match[2]);
    if (isLast) break;
    if ((await reader.readLine()) !== "") throw incompleteBody("no line end after a chunk");
  }
  await readTrailers(reader, signer, options.onTrailer);
}

async function readTrailers(reader: Reader, signer: Signer, onTrailer: ChunkedOptions["onTrailer"]): Promise<void> {
  let signedText = "";
  for (;;) {
    const line = await reader.readLine();
    if (line === "") return;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "x-amz-trailer-signature") {
      signer.checkTrailer(signedText, value);
    } else {
      signedText += `${name}:${value}\n`;
      onTrailer(name, value);
    }
  }
}

interface Reader {
  /** the next line without its end; empty at the end of the body */
  readLine(): Promise<string>;
  /** one to `most` bytes */
  readSome(most: number): Promise<Uint8Array>;
}

function createReader(pieces: AsyncIterable<Uint8Array>): Reader {
  const source = pieces[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0) as Buffer;

  async function more(): Promise<boolean> {
    const next = await source.next();
    if (next.done) return false;
    const piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    return true;
  }

  return {
    async readLine() {
      for (;;) {
        const end = rest.indexOf("\r\n");
        if (end >= 0) {
          const line = rest.toString("latin1", 0, end);
          rest = rest.subarray(end + 2);
          return line;
        }
        if (rest.length > MAX_LINE_BYTES) throw incompleteBody("a chunk header without end");
        if (await more()) continue;
        const line = rest.toString("latin1");
        rest = rest.subarray(rest.length);
        return line;
      }
    },
    async readSome(most) {
      if (rest.length === 0 && !(await more())) throw incompleteBody("the body ends within a chunk");
      const piece = rest.subarray(0, most);
      rest = rest.subarray(piece.length);
      return piece;
    },
  };
}

interface Signer {
  beginChunk(): void;
  update(piece: Uint8Array): void;
  endChunk(signature: string | undefined): void;
  checkTrailer(text: string, signature: string): void;
}

function createSigner(identity: Identity | undefined): Signer {
  const sign = identity?.signChunk;
  let previous = identity?.signature ?? "";
  let hash: Hash | undefined;

  function check(expected: string | undefined, found: string | undefined): void {
    if (expected !== found) {
      throw new S3Error(403, "SignatureDoesNotMatch", "The signature of a chunk does not match its bytes.");
    }
    previous = expected ?? "";
  }

  return {
    beginChunk() {
      hash = sign && createHash("sha256");
    },
    update: (piece) => void hash?.update(piece),
    endChunk(signature) {
      if (sign && hash) check(sign(previous, "PAYLOAD", [EMPTY_SHA256, hash.digest("hex")]), signature);
    },
    checkTrailer(text, signature) {
      if (sign) check(sign(previous, "TRAILER", [createHash("sha256").update(text).digest("hex")]), signature);
    },
  };
}

function incompleteBody(detail: string): S3Error {
  return new S3Error(
    400,
    "IncompleteBody",
    `You did not provide the number of bytes specified by the Content-Length HTTP header: ${detail}`,
  );
}
