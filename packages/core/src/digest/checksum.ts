import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import { startCrc } from "./crc-wasm.ts";
import type { Crc } from "./polynomial.ts";

/** A checksum that S3 can store, over bytes that come piece by piece. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** Base64, as S3 writes it. */
  digest(): string;
}

/** Those that S3 stores. @see https://reveng.sourceforge.io/crc-catalogue/all.htm */
const CRC32: Crc = { bits: 32, polynomial: 0xedb88320n };
const CRC32C: Crc = { bits: 32, polynomial: 0x82f63b78n };
const CRC64NVME: Crc = { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n };

/** The checksums whose pieces can be put together. */
export const CRCS: Readonly<Record<string, Crc>> = { crc32: CRC32, crc32c: CRC32C, crc64nvme: CRC64NVME };

/**
 * By S3's lower-case names, the cheapest first. Node has CRC-32 alone.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
const ALGORITHMS: Readonly<Record<string, () => RunningChecksum>> = {
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
  crc32c: () => startCrc(CRC32C),
  crc64nvme: () => startCrc(CRC64NVME),
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
export function startChecksum(name: string): RunningChecksum {
  const start = ALGORITHMS[name];
  if (start === undefined) throw new Error(`unknown checksum ${name}`);
  return start();
}

function nodeChecksum(name: string): RunningChecksum {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("base64") };
}
