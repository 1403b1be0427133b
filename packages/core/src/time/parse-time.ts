import { printable, S3PinError } from "../errors.ts";
import { parseTimestamp } from "../manifest/timestamp.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const EXAMPLES =
  "Write a date, a time and a zone (2026-11-02T10:00:00Z, 2026-11-02T12:00:00+02:00) or an age (90s, 15m, 2h, 10d, 3w).";

/**
 * Reads a moment as people write it: RFC 3339 with a zone, or an age such as `2h`, counted back from `nowMs`.
 * @param nowMs milliseconds since 1970, UTC
 * @returns milliseconds since 1970, UTC; never later than `nowMs`
 * @throws {S3PinError} `INVALID_TIME` when it is neither, or lies in the future
 * @example
 * ```ts
 * parseTime("2026-11-02T12:00:00+02:00", Date.now()); // 1793613600000
 * parseTime("10d", Date.now()); // ten days ago
 * ```
 */
export function parseTime(text: string, nowMs: number): number {
  const trimmed = text.trim();
  const age = /^(\d{1,9})([smhdw])$/.exec(trimmed);
  const atMs = age === null ? parseTimestamp(trimmed) : nowMs - Number(age[1]) * (UNIT_MS[age[2] ?? ""] ?? Number.NaN);
  if (atMs === undefined) throw invalid(text, whatIsWrong(trimmed), EXAMPLES);
  if (atMs > nowMs) {
    const now = new Date(nowMs).toISOString();
    throw invalid(
      text,
      `it lies in the future (now: ${now})`,
      "Only what has been can be pinned; check the zone and the clock.",
    );
  }
  return atMs;
}

function whatIsWrong(text: string): string {
  if (text === "") return "it is empty";
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `a date needs a time and a zone, as in ${text}T00:00:00Z`;
  if (/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(text)) {
    return `it has no zone; for UTC write ${text.length === 16 ? `${text}:00` : text}Z`;
  }
  if (/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})$/i.test(text)) {
    return `it has no seconds; write ${text.slice(0, 16)}:00${text.slice(16)}`;
  }
  if (/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}/.test(text)) return "there is no such day, time or zone";
  if (/^\d+$/.test(text)) return `an age needs a unit, as in ${text}d`;
  return "it is neither a date with time and zone nor an age";
}

function invalid(text: string, problem: string, hint: string): S3PinError {
  const shown = printable(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return new S3PinError("INVALID_TIME", `Not a time: "${shown}": ${problem}`, { hint, details: { found: text } });
}
