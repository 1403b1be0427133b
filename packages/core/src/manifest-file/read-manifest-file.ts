import { createHash, type Hash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";

import { isErrno } from "../disk/errno.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import { printable, S3PinError } from "../errors.ts";
import { parseManifestStream } from "../manifest/parse.ts";
import type { Manifest } from "../manifest/types.ts";

export interface ReadManifestFileOptions {
  /** An `s3://bucket/prefix/` for entries that name none; a source in the file wins. */
  readonly source?: string | undefined;
}

/** How files begin that people take for a manifest. */
const NOT_TEXT: readonly { readonly magic: readonly number[]; readonly what: string; readonly hint: string }[] = [
  {
    magic: [0x1f, 0x8b],
    what: "gzip-compressed",
    hint: "Unpack it first: gunzip -k FILE, or gunzip -c FILE | s3pin … -",
  },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "zstd-compressed", hint: "Unpack it first: zstd -d FILE" },
  { magic: [0x50, 0x4b, 0x03, 0x04], what: "a zip archive or a spreadsheet", hint: "Save the sheet as CSV in UTF-8." },
  {
    magic: [0x50, 0x41, 0x52, 0x31],
    what: "a Parquet file",
    hint: "Give the manifest.json of the S3 Inventory report.",
  },
  { magic: [0xff, 0xfe], what: "in UTF-16", hint: "Save it as CSV in UTF-8." },
  { magic: [0xfe, 0xff], what: "in UTF-16", hint: "Save it as CSV in UTF-8." },
];

/** A manifest file that is read when it must be: a run that finds all as a former one left it need not. */
export interface ManifestFile {
  /**
   * SHA-256, in hex, over all that decides the entries: the file's bytes and the source for entries that name none.
   * Undefined for what cannot be read twice, and for what cannot be read; {@link ManifestFile.read} says why.
   */
  digest(): string | undefined;
  /** Reads the manifest, and the digest of what was read. @throws {S3PinError} as {@link readManifestFile} */
  read(): Promise<{ readonly manifest: Manifest; readonly digest: string | undefined }>;
}

/** @param path a file, or `-` for standard input */
export function openManifestFile(path: string, options: ReadManifestFileOptions = {}): ManifestFile {
  const isStream = path === "-";
  const file = isStream ? "standard input" : path;
  const startHash = () => createHash("sha256").update(`${options.source ?? ""}\0`);
  return {
    digest: () => (isStream ? undefined : digestOfFile(path, startHash())),
    async read() {
      const stream: AsyncIterable<Uint8Array> = isStream ? process.stdin : createReadStream(path);
      const hash = startHash();
      try {
        const chunks = refuseBinary(hashed(stream, hash), file);
        const manifest = await parseManifestStream(chunks, { ...options, file });
        return { manifest, digest: isStream ? undefined : hash.digest("hex") };
      } catch (error) {
        throw readError(error, file);
      }
    },
  };
}

/**
 * Reads a manifest file, in any of the formats of {@link parseManifestStream}, piece by piece.
 * @param path a file, or `-` for standard input
 * @throws {S3PinError} `MANIFEST_NOT_FOUND`; `MANIFEST_INVALID` for bad lines, a directory, or content that is no text;
 * `PERMISSION_DENIED` and `FILE_SYSTEM` when it cannot be read; `INVALID_URI` when `options.source` is no source
 * @example
 * const { entries } = await readManifestFile("media.csv");
 */
export async function readManifestFile(path: string, options: ReadManifestFileOptions = {}): Promise<Manifest> {
  return (await openManifestFile(path, options).read()).manifest;
}

/** A manifest of a million lines has 150 MB. */
const DIGEST_BUFFER_BYTES = 1024 * 1024;

function digestOfFile(path: string, hash: Hash): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    const buffer = Buffer.allocUnsafe(DIGEST_BUFFER_BYTES);
    for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer)) hash.update(buffer.subarray(0, read));
    return hash.digest("hex");
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Passes the bytes on once the first four have shown no known kind of file; they may come one by one. */
async function* refuseBinary(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  let start: number[] | undefined = [];
  for await (const chunk of chunks) {
    if (start !== undefined) {
      start.push(...chunk.subarray(0, 4 - start.length));
      const begin = start;
      const found = NOT_TEXT.find(({ magic }) => magic.every((byte, index) => begin[index] === byte));
      if (found !== undefined) {
        throw new S3PinError("MANIFEST_INVALID", `${printable(file)} is ${found.what}; expected CSV text in UTF-8`, {
          hint: found.hint,
          details: { file },
        });
      }
      if (start.length >= 4) start = undefined;
    }
    yield chunk;
  }
}

function readError(error: unknown, file: string): unknown {
  if (!isErrno(error)) return error;
  if (error.code === "ENOENT") {
    return new S3PinError("MANIFEST_NOT_FOUND", `There is no manifest ${printable(file)}`, {
      hint: "Check the name, or make one: s3pin pin s3://bucket/prefix/ -o FILE",
      details: { file },
      cause: error,
    });
  }
  if (error.code === "EISDIR") {
    return new S3PinError("MANIFEST_INVALID", `${printable(file)} is a directory; expected a manifest file`, {
      hint: "Name the CSV file.",
      details: { file },
      cause: error,
    });
  }
  return fileSystemError(error, file);
}
