import { type Crc, multiply, powerOfX } from "./polynomial.ts";

/**
 * A CRC by WebAssembly, which is put together here: Node has none but CRC-32, and the modules to be had take each eight
 * bytes after the eight before. A processor can look up several at once, so a block is cut into four lanes whose CRCs are
 * computed side by side and then put together: twice as fast as one by one.
 *
 * Eight bytes are one step: each is looked up in a table of what it does to the CRC eight, seven, … bytes on ("slicing by
 * 8"). Moving a CRC over a lane's length is linear too, and so looked up byte by byte as well.
 */
const LANES = 4;
const LANE_BYTES = 4 * 1024;

/** 256 entries of 64 bits. */
const TABLE_BYTES = 256 * 8;
const STEP_TABLES = 0;
const LANE_TABLES = STEP_TABLES + 8 * TABLE_BYTES;
const INPUT = LANE_TABLES + 8 * TABLE_BYTES;
const INPUT_BYTES = 256 * 1024;
const PAGE_BYTES = 64 * 1024;
const PAGES = Math.ceil((INPUT + INPUT_BYTES) / PAGE_BYTES);

/** As far as it is used: TypeScript knows WebAssembly only together with a browser's names. */
declare const WebAssembly: {
  readonly Memory: new (descriptor: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

type Update = (crc: bigint, at: number, length: number) => bigint;

interface Engine {
  readonly update: Update;
  readonly input: Uint8Array;
}

const engines = new Map<Crc, Engine>();

/** A CRC over bytes that come piece by piece. */
export interface RunningCrc {
  update(chunk: Uint8Array): void;
  /** Base64, the highest byte first. */
  digest(): string;
}

export function startCrc(crc: Crc): RunningCrc {
  const { update, input } = engineOf(crc);
  const ones = (1n << BigInt(crc.bits)) - 1n;
  let state = ones;
  return {
    update(chunk) {
      for (let at = 0; at < chunk.length; at += INPUT_BYTES) {
        const piece = chunk.length <= INPUT_BYTES ? chunk : chunk.subarray(at, at + INPUT_BYTES);
        input.set(piece);
        state = BigInt.asUintN(64, update(state, INPUT, piece.length));
      }
    },
    digest() {
      const hex = (state ^ ones).toString(16).padStart(crc.bits / 4, "0");
      return Buffer.from(hex, "hex").toString("base64");
    },
  };
}

/** The state of a running CRC is with its owner, so all of a kind share one. */
function engineOf(crc: Crc): Engine {
  let engine = engines.get(crc);
  if (engine === undefined) {
    const memory = new WebAssembly.Memory({ initial: PAGES });
    const tables = new BigUint64Array(memory.buffer, 0, INPUT / 8);
    fillStepTables(tables, crc);
    fillLaneTables(tables, crc);
    const module = new WebAssembly.Module(crcModule());
    const { exports } = new WebAssembly.Instance(module, { js: { memory } });
    engine = { update: exports.update as Update, input: new Uint8Array(memory.buffer, INPUT, INPUT_BYTES) };
    engines.set(crc, engine);
  }
  return engine;
}

/** Table k says what a byte has done to the CRC when k more bytes, all zero, have come. */
function fillStepTables(tables: BigUint64Array, { polynomial }: Crc): void {
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    tables[byte] = value;
  }
  for (let at = 256; at < 8 * 256; at++) {
    const before = tables[at - 256] ?? 0n;
    tables[at] = (before >> 8n) ^ (tables[Number(before & 0xffn)] ?? 0n);
  }
}

/** Table k says what a CRC's byte k is after a lane of zeros. */
function fillLaneTables(tables: BigUint64Array, crc: Crc): void {
  const power = powerOfX(crc, BigInt(8 * LANE_BYTES));
  const first = LANE_TABLES / 8;
  for (let k = 0; k < crc.bits / 8; k++) {
    for (let byte = 1; byte < 256; byte++) {
      const lowest = byte & -byte;
      const rest = tables[first + k * 256 + (byte ^ lowest)] ?? 0n;
      // Of one bit it is computed, of more it is the sum.
      tables[first + k * 256 + byte] =
        byte === lowest
          ? multiply(crc, power, BigInt(byte) << BigInt(8 * k))
          : rest ^ (tables[first + k * 256 + lowest] ?? 0n);
    }
  }
}

/** The opcodes that are used. @see https://webassembly.github.io/spec/core/appendix/index-instructions.html */
const LOOP = [0x03, 0x40];
const BLOCK = [0x02, 0x40];
const END = [0x0b];
const I32_ADD = [0x6a];
const I32_SUB = [0x6b];
const I32_AND = [0x71];
const I32_SHL = [0x74];
const I32_LT_U = [0x49];
const I64_XOR = [0x85];
const I64_SHR_U = [0x88];
const I32_WRAP_I64 = [0xa7];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const brIf = (depth: number) => [0x0d, depth];
const br = (depth: number) => [0x0c, depth];
const i32 = (value: number) => [0x41, ...signed(value)];
const i64 = (value: number) => [0x42, ...signed(value)];
const i64Load = (offset: number) => [0x29, 3, ...unsigned(offset)];
const i64Load8U = (offset: number) => [0x31, 0, ...unsigned(offset)];

/** Locals: the parameters, the CRCs of the other lanes, and what is looked up. */
const CRC = 0;
const AT = 1;
const LENGTH = 2;
const OTHER_LANES = [3, 4, 5];
const LOOKED_UP = 6;
const LANE_END = 7;

/** `tables[(looked up >> 8 k) & 255]` */
function lookUp(table: number, k: number): number[] {
  const shifted =
    k === 0 ? [...I32_WRAP_I64, ...i32(3), ...I32_SHL] : [...i64(8 * k - 3), ...I64_SHR_U, ...I32_WRAP_I64];
  return [...get(LOOKED_UP), ...shifted, ...i32(0xff << 3), ...I32_AND, ...i64Load(table)];
}

/** The sum of what is looked up of all eight bytes. */
function lookUpAll(tableOf: (k: number) => number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [...lookUp(tableOf(k), k), ...(k === 0 ? [] : I64_XOR)]);
}

/** Takes the CRC in a local over the next eight bytes of its lane. */
function step(crc: number, lane: number): number[] {
  const mixed = [...get(crc), ...get(AT), ...i64Load(lane * LANE_BYTES), ...I64_XOR, ...set(LOOKED_UP)];
  return [...mixed, ...lookUpAll((k) => STEP_TABLES + (7 - k) * TABLE_BYTES), ...set(crc)];
}

const addTo = (local: number, value: number) => [...get(local), ...i32(value), ...I32_ADD, ...set(local)];
const takeFrom = (local: number, value: number) => [...get(local), ...i32(value), ...I32_SUB, ...set(local)];
/** `while (length >= least) { … }` */
const whileLeft = (least: number, body: readonly number[]) =>
  [BLOCK, LOOP, get(LENGTH), i32(least), I32_LT_U, brIf(1), body, br(0), END, END].flat();

function updateCode(): number[] {
  const lanes = [
    ...OTHER_LANES.flatMap((lane) => [...i64(0), ...set(lane)]),
    ...[...get(AT), ...i32(LANE_BYTES), ...I32_ADD, ...set(LANE_END)],
    ...LOOP,
    ...step(CRC, 0),
    ...OTHER_LANES.flatMap((lane, number) => step(lane, number + 1)),
    ...addTo(AT, 8),
    ...[...get(AT), ...get(LANE_END), ...I32_LT_U, ...brIf(0)],
    ...END,
    ...OTHER_LANES.flatMap((lane) => [
      ...[...get(CRC), ...set(LOOKED_UP)],
      ...lookUpAll((k) => LANE_TABLES + k * TABLE_BYTES),
      ...[...get(lane), ...I64_XOR, ...set(CRC)],
    ]),
    ...addTo(AT, (LANES - 1) * LANE_BYTES),
    ...takeFrom(LENGTH, LANES * LANE_BYTES),
  ];
  const single = [...step(CRC, 0), ...addTo(AT, 8), ...takeFrom(LENGTH, 8)];
  const byte = [
    ...[...get(CRC), ...get(AT), ...i64Load8U(0), ...I64_XOR, ...set(LOOKED_UP)],
    ...[...get(CRC), ...i64(8), ...I64_SHR_U, ...lookUp(STEP_TABLES, 0), ...I64_XOR, ...set(CRC)],
    ...[...addTo(AT, 1), ...takeFrom(LENGTH, 1)],
  ];
  return [...whileLeft(LANES * LANE_BYTES, lanes), ...whileLeft(8, single), ...whileLeft(1, byte), ...get(CRC), ...END];
}

/** A module that imports `js.memory` and exports `update`. @see https://webassembly.github.io/spec/core/binary/ */
function crcModule(): Uint8Array<ArrayBuffer> {
  const [I32, I64] = [0x7f, 0x7e];
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
  const locals = [2, OTHER_LANES.length + 1, I64, 1, I32];
  const body = [...locals, ...updateCode()];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, I64, I32, I32, 1, I64]),
    ...section(2, [1, ...text("js"), ...text("memory"), 0x02, 0x00, ...unsigned(PAGES)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("update"), 0x00, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128: the highest bit of the last seven says the sign. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
