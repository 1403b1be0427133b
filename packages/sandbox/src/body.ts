import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bodies above this many bytes are kept on disk. */
const MEMORY_LIMIT_BYTES = 4 * 1024 * 1024;

/** How much of a file is read at once. */
const READ_BYTES = 256 * 1024;

type Segment =
  | { readonly kind: "memory"; readonly bytes: Uint8Array; readonly sizeBytes: number }
  | { readonly kind: "file"; readonly path: string; readonly offset: number; readonly sizeBytes: number };

/** Bytes that never change, in memory or on disk, in one piece or several. Slicing and joining copy nothing. */
export interface Body {
  readonly sizeBytes: number;
  readonly segments: readonly Segment[];
}

export function memoryBody(bytes: Uint8Array): Body {
  return { sizeBytes: bytes.length, segments: [{ kind: "memory", bytes, sizeBytes: bytes.length }] };
}

export function joinBodies(bodies: readonly Body[]): Body {
  return {
    sizeBytes: bodies.reduce((sum, body) => sum + body.sizeBytes, 0),
    segments: bodies.flatMap((body) => body.segments),
  };
}

/** Bytes `start` to before `end`. */
export function sliceBody(body: Body, start: number, end: number): Body {
  const segments: Segment[] = [];
  let position = 0;
  for (const segment of body.segments) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, segment.sizeBytes);
    if (from < to) segments.push(sliceSegment(segment, from, to));
    position += segment.sizeBytes;
  }
  return { sizeBytes: segments.reduce((sum, segment) => sum + segment.sizeBytes, 0), segments };
}

function sliceSegment(segment: Segment, from: number, to: number): Segment {
  const sizeBytes = to - from;
  if (segment.kind === "memory") return { kind: "memory", bytes: segment.bytes.subarray(from, to), sizeBytes };
  return { kind: "file", path: segment.path, offset: segment.offset + from, sizeBytes };
}

/** The bytes in pieces. Files are read synchronously: they were just written, so the page cache has them. */
export function* readBody(body: Body): Generator<Uint8Array, void> {
  for (const segment of body.segments) {
    if (segment.kind === "memory") {
      yield segment.bytes;
      continue;
    }
    const file = openSync(segment.path, "r");
    try {
      for (let done = 0; done < segment.sizeBytes; ) {
        const piece = Buffer.allocUnsafe(Math.min(READ_BYTES, segment.sizeBytes - done));
        const count = readSync(file, piece, 0, piece.length, segment.offset + done);
        if (count === 0) throw new Error(`${segment.path} is shorter than it was written`);
        yield piece.subarray(0, count);
        done += count;
      }
    } finally {
      closeSync(file);
    }
  }
}

export function bodyBytes(body: Body): Buffer {
  return Buffer.concat([...readBody(body)]);
}

/** Takes a body of unknown size piece by piece. */
interface BodyWriter {
  write(piece: Uint8Array): void;
  finish(): Body;
  /** Gives up; what was written is left for `removeAll`. */
  abandon(): void;
}

/** Where bodies go; the directory is made when the first large one comes. */
export interface BodyStore {
  createWriter(): BodyWriter;
  store(bytes: Uint8Array): Body;
  removeAll(): void;
}

export function createBodyStore(): BodyStore {
  let directory: string | undefined;
  let files = 0;

  function nextPath(): string {
    if (directory === undefined) {
      directory = mkdtempSync(join(tmpdir(), "s3pin-sandbox-"));
      // For a process that ends without closing its sandbox.
      process.once("exit", removeAll);
    }
    files += 1;
    return join(directory, String(files));
  }

  function removeAll(): void {
    process.off("exit", removeAll);
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }

  function createWriter(): BodyWriter {
    let pieces: Uint8Array[] = [];
    let sizeBytes = 0;
    let path: string | undefined;
    let file: number | undefined;
    return {
      write(piece) {
        sizeBytes += piece.length;
        pieces.push(piece);
        if (sizeBytes <= MEMORY_LIMIT_BYTES) return;
        path ??= nextPath();
        file ??= openSync(path, "wx");
        for (const waiting of pieces) writeAll(file, waiting);
        pieces = [];
      },
      finish() {
        if (file === undefined || path === undefined) return memoryBody(singlePiece(pieces));
        closeSync(file);
        return { sizeBytes, segments: [{ kind: "file", path, offset: 0, sizeBytes }] };
      },
      abandon() {
        if (file !== undefined) closeSync(file);
      },
    };
  }

  return {
    createWriter,
    store(bytes) {
      const writer = createWriter();
      writer.write(bytes);
      return writer.finish();
    },
    removeAll,
  };
}

/** One buffer of its own: a piece from the socket is a view of a larger pooled one. */
function singlePiece(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 && pieces[0] ? Uint8Array.prototype.slice.call(pieces[0]) : Buffer.concat(pieces);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}
