import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** A checksum that S3 can store, over bytes that come piece by piece. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** Base64, as S3 writes it. */
  digest(): string;
}

/** A cyclic redundancy check, as far as it must be known to put pieces together. */
export interface Crc {
  readonly bits: number;
  /** The generator, bits reversed. */
  readonly polynomial: bigint;
}

/** Those that S3 stores. @see https://reveng.sourceforge.io/crc-catalogue/all.htm */
export const CRCS: Readonly<Record<string, Crc>> = {
  crc32: { bits: 32, polynomial: 0xedb88320n },
  crc32c: { bits: 32, polynomial: 0x82f63b78n },
  crc64nvme: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
};

/**
 * By S3's lower-case names, the cheapest first. Node has no CRC32C and no CRC64NVME; those of hash-wasm run at 2.3 and
 * 1.5 GB/s, where the fastest JavaScript reaches half of that, and are loaded when the first is needed.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
const ALGORITHMS: Readonly<Record<string, () => RunningChecksum | Promise<RunningChecksum>>> = {
  crc32: () => {
    let value = 0;
    return {
      update(chunk) {
        value = crc32(chunk, value);
      },
      digest() {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(value);
        return bytes.toString("base64");
      },
    };
  },
  crc32c: async () => wasmChecksum(await (await import("hash-wasm")).createCRC32(0x82f63b78)),
  crc64nvme: async () => wasmChecksum(await (await import("hash-wasm")).createCRC64("9a6c9329ac4bc9b5")),
  sha1: () => nodeChecksum("sha1"),
  sha256: () => nodeChecksum("sha256"),
};

/** The name of the checksum to compute, of those that the store sent; undefined when it sent none that is known. */
export function chooseChecksum(sent: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(ALGORITHMS).find((name) => sent[name] !== undefined);
}

/** Whether a checksum of that name can be computed. */
export function isChecksum(name: string): boolean {
  return Object.hasOwn(ALGORITHMS, name);
}

/** Begins a checksum that {@link chooseChecksum} named. */
export function startChecksum(name: string): RunningChecksum | Promise<RunningChecksum> {
  const start = ALGORITHMS[name];
  if (start === undefined) throw new Error(`unknown checksum ${name}`);
  return start();
}

function nodeChecksum(name: string): RunningChecksum {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("base64") };
}

interface WasmHasher {
  update(chunk: Uint8Array): unknown;
  digest(format: "binary"): Uint8Array;
}

function wasmChecksum(hasher: WasmHasher): RunningChecksum {
  return {
    update: (chunk) => void hasher.update(chunk),
    digest: () => Buffer.from(hasher.digest("binary")).toString("base64"),
  };
}
