import { createCipheriv } from "node:crypto";

const POOL_BYTES = 64 * 1024 * 1024;

let pool: Buffer | undefined;

/** Bytes that nothing compresses, made once: 64 MiB of a cipher's stream. */
function bytePool(): Buffer {
  pool ??= createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(POOL_BYTES));
  return pool;
}

/** The bytes of the file number `id`: equal arguments give equal bytes, different ids different ones. */
export function content(id: number, sizeBytes: number): Buffer {
  const source = bytePool();
  const start = (id * 7919) % (POOL_BYTES - sizeBytes);
  const bytes = Buffer.from(source.subarray(start, start + sizeBytes));
  bytes.writeDoubleBE(id, 0);
  return bytes;
}

/** The largest piece that {@link content} gives. */
export const MOST_CONTENT_BYTES = POOL_BYTES / 2;
