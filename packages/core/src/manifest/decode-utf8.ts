/** Where bytes stop being UTF-8: line feeds before it in the same piece, and characters before it on its line. */
export interface Utf8Fault {
  readonly linesBefore: number;
  readonly columnsBefore: number;
}

/** Decodes bytes that come in pieces of any size; a character may be split between two. */
export interface Utf8Decoder {
  /** Returns the text, or where it went wrong; after a fault nothing more may be pushed. */
  push(bytes: Uint8Array): string | Utf8Fault;
  end(): Utf8Fault | undefined;
}

/** A TextDecoder that says where the fault is: a key must be refused by its line, and never be changed silently. */
export function utf8Decoder(): Utf8Decoder {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest: Uint8Array = new Uint8Array(0);

  return {
    push(bytes) {
      const joined = rest.length === 0 ? bytes : concat(rest, bytes);
      const whole = joined.length - incompleteTail(joined);
      rest = joined.slice(whole);
      const complete = joined.subarray(0, whole);
      try {
        return decoder.decode(complete);
      } catch (error) {
        if (error instanceof TypeError) return findFault(complete, decoder);
        throw error;
      }
    },
    end() {
      return rest.length === 0 ? undefined : { linesBefore: 0, columnsBefore: 0 };
    },
  };
}

/** How many bytes at the end begin a character that is not complete: 0 to 3. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return byte >= (back === 1 ? 0xc0 : back === 2 ? 0xe0 : 0xf0) ? back : 0;
  }
  return 0;
}

function findFault(bytes: Uint8Array, decoder: InstanceType<typeof TextDecoder>): Utf8Fault {
  let start = 0;
  for (let linesBefore = 0; ; linesBefore++) {
    const lineFeed = bytes.indexOf(0x0a, start);
    const line = bytes.subarray(start, lineFeed < 0 ? bytes.length : lineFeed);
    try {
      decoder.decode(line);
    } catch {
      const replaced = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);
      return { linesBefore, columnsBefore: Math.max(0, replaced.indexOf("\ufffd")) };
    }
    if (lineFeed < 0) return { linesBefore, columnsBefore: 0 };
    start = lineFeed + 1;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
