import { createHash, type Hash } from "node:crypto";

/** The sizes of an object's parts in bytes: one for all but the last, or each. */
export type PartSizes = number | readonly number[];

/** Computes the ETag that an upload in such parts has: `md5(md5(part 1) … md5(part N))-N`. */
export class MultipartEtag {
  readonly #sizes: PartSizes;
  readonly #partDigests = createHash("md5");
  #part: Hash = createHash("md5");
  #inPart = 0;
  #parts = 0;

  constructor(sizes: PartSizes) {
    this.#sizes = sizes;
  }

  update(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#inPart === this.#partSize()) this.#endPart();
      const taken = Math.min(chunk.length - at, this.#partSize() - this.#inPart);
      this.#part.update(chunk.subarray(at, at + taken));
      this.#inPart += taken;
      at += taken;
    }
  }

  finish(): string {
    this.#endPart();
    return `${this.#partDigests.digest("hex")}-${this.#parts}`;
  }

  #partSize(): number {
    if (typeof this.#sizes === "number") return this.#sizes;
    // Bytes beyond the last part make the ETag differ, which is what they should do.
    return this.#sizes[this.#parts] ?? Number.POSITIVE_INFINITY;
  }

  #endPart(): void {
    this.#partDigests.update(this.#part.digest());
    this.#part = createHash("md5");
    this.#inPart = 0;
    this.#parts++;
  }
}
