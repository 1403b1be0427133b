import fc from "fast-check";
import { createCRC32, createCRC64 } from "hash-wasm";
import { describe, expect, it } from "vitest";

import { CRCS, startChecksum } from "./checksum.ts";

/** Other people's: an independent word on what is right. */
const PEERS = {
  crc32c: () => createCRC32(0x82f63b78),
  crc64nvme: () => createCRC64("9a6c9329ac4bc9b5"),
};

describe.each(["crc32c", "crc64nvme"] as const)("%s", (name) => {
  it("is that of the catalogue for 123456789", () => {
    const running = startChecksum(name);
    running.update(Buffer.from("123456789"));
    const expected = { crc32c: "e3069283", crc64nvme: "ae8b14860a799888" }[name];
    expect(Buffer.from(running.digest(), "base64").toString("hex")).toBe(expected);
  });

  it("is what another program finds, for any length and any cuts", async () => {
    // Around the length of a step, a lane, all lanes, and what is taken in at once.
    const border = fc.constantFrom(0, 8, 4_096, 16_384, 262_144);
    const length = fc.tuple(border, fc.integer({ min: -9, max: 9 })).map(([at, by]) => Math.max(0, at + by));
    const peer = await PEERS[name]();
    fc.assert(
      fc.property(fc.array(length, { minLength: 1, maxLength: 4 }), fc.integer(), (lengths, seed) => {
        const running = startChecksum(name);
        peer.init();
        for (const [number, bytes] of lengths.entries()) {
          const chunk = Buffer.from(
            Array.from({ length: bytes }, (_, at) => ((at + 1) * (seed + number * 31) * 2_654_435_761) >>> 13),
          );
          running.update(chunk);
          peer.update(chunk);
        }
        expect(running.digest()).toBe(Buffer.from(peer.digest("binary")).toString("base64"));
      }),
      { numRuns: 60 },
    );
  });

  it("runs several at once without mixing them up", () => {
    const chunks = ["one", "two", "three"].map((text) => Buffer.alloc(50_000, text));
    const alone = chunks.map((chunk) => {
      const running = startChecksum(name);
      running.update(chunk);
      running.update(chunk);
      return running.digest();
    });
    const together = chunks.map((chunk) => ({ chunk, running: startChecksum(name) }));
    for (const { running, chunk } of [...together, ...together]) running.update(chunk);
    expect(together.map(({ running }) => running.digest())).toEqual(alone);
    expect(Object.keys(CRCS)).toContain(name);
  });
});
