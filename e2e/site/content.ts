import { createCipheriv, hash } from "node:crypto";

const POOL_BYTES = 64 * 1024 * 1024;
const HEADER_BYTES = 16;

let pool: Buffer | undefined;

/** Bytes that nothing compresses, made once: 64 MiB of a cipher's stream. */
function bytePool(): Buffer {
  pool ??= createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(POOL_BYTES));
  return pool;
}

/**
 * The content number `id` of a size. Equal arguments give equal bytes, and different ids different ones, when there is room
 * for the number.
 */
export function content(id: number, sizeBytes: number): Buffer {
  const source = bytePool();
  const start = (id * 7919) % (POOL_BYTES - sizeBytes);
  const bytes = Buffer.from(source.subarray(start, start + sizeBytes));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeDoubleBE(id, 0);
  header.copy(bytes, 0, 0, Math.min(HEADER_BYTES, sizeBytes));
  return bytes;
}

export function md5(bytes: Uint8Array): string {
  return hash("md5", bytes);
}
