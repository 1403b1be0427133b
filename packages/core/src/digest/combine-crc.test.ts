import fc from "fast-check";
import { expect, it } from "vitest";

import { startChecksum } from "./checksum.ts";
import { combineCrc } from "./combine-crc.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

it.each(["crc32", "crc32c", "crc64nvme"])("combineCrc() of the pieces' %s is that of the whole", async (name) => {
  const checksumOf = async (chunk: Uint8Array) => {
    const running = startChecksum(name);
    running.update(chunk);
    return running.digest();
  };
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 6 }), async (chunks) => {
      const pieces = await Promise.all(
        chunks.map(async (chunk) => ({ checksum: await checksumOf(chunk), length: chunk.length })),
      );
      expect(combineCrc(name, pieces)).toBe(await checksumOf(Buffer.concat(chunks)));
    }),
  );
});
