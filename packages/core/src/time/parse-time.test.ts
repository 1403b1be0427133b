import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime } from "./parse-time.ts";

const NOW = Date.UTC(2026, 10, 23, 12);

describe("parseTime()", () => {
  it.each<[text: string, expected: number]>([
    ["2026-11-02T10:00:00Z", Date.UTC(2026, 10, 2, 10)],
    ["2026-11-02T12:00:00+02:00", Date.UTC(2026, 10, 2, 10)],
    ["2026-11-02T04:30:00-05:30", Date.UTC(2026, 10, 2, 10)],
    ["2026-11-02t10:00:00z", Date.UTC(2026, 10, 2, 10)],
    ["2026-11-02 10:00:00Z", Date.UTC(2026, 10, 2, 10)],
    ["2026-11-02T10:00:00.5Z", Date.UTC(2026, 10, 2, 10, 0, 0, 500)],
    ["2026-11-02T10:00:00.123456789Z", Date.UTC(2026, 10, 2, 10, 0, 0, 123)],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
    ["2026-11-23T12:00:00Z", NOW],
    [" 2h\n", NOW - 7_200_000],
    ["0s", NOW],
    ["90s", NOW - 90_000],
    ["15m", NOW - 900_000],
    ["10d", NOW - 864_000_000],
    ["3w", NOW - 1_814_400_000],
  ])("reads %s", (text, expected) => {
    expect(parseTime(text, NOW)).toBe(expected);
  });

  it.each<[text: string, message: RegExp]>([
    ["", /it is empty/],
    ["  ", /it is empty/],
    ["yesterday", /neither/],
    ["2026-11-02", /write.*2026-11-02T00:00:00Z|as in 2026-11-02T00:00:00Z/],
    ["2026-11-02T10:00:00", /no zone; for UTC write 2026-11-02T10:00:00Z/],
    ["2026-11-02 10:00", /no zone; for UTC write 2026-11-02 10:00:00Z/],
    ["2026-11-02T10:00:00.25", /no zone; for UTC write 2026-11-02T10:00:00.25Z/],
    ["2026-11-02T10:00Z", /no seconds; write 2026-11-02T10:00:00Z/],
    ["2026-11-02T10:00+02:00", /no seconds; write 2026-11-02T10:00:00\+02:00/],
    ["2026-02-30T10:00:00Z", /no such/],
    ["2026-02-29T10:00:00Z", /no such/],
    ["2026-13-01T10:00:00Z", /no such/],
    ["2026-00-01T10:00:00Z", /no such/],
    ["2026-11-00T10:00:00Z", /no such/],
    ["2026-11-31T10:00:00Z", /no such/],
    ["2026-11-02T24:00:00Z", /no such/],
    ["2026-11-02T10:60:00Z", /no such/],
    ["2026-11-02T10:00:60Z", /no such/],
    ["2026-11-02T10:00:00+24:00", /no such/],
    ["2026-11-02T10:00:00.Z", /no such/],
    ["2026-11-02T10:00:00 CET", /no such/],
    ["2026-11-02T10:00:00Zulu", /no such/],
    ["2026-11-23T12:00:00.001Z", /future \(now: 2026-11-23T12:00:00.000Z\)/],
    ["2026-11-23T12:30:00-01:00", /future/],
    ["10", /needs a unit, as in 10d/],
    ["1793613600", /neither|needs a unit/],
    ["1.5h", /neither/],
    ["-2h", /neither/],
    ["2H", /neither/],
    ["2 h", /neither/],
    ["1h30m", /neither/],
    ["3y", /neither/],
    ["9999999999999999s", /neither/],
    ["\u001b[2J", /Not a time: "\\u\{1b\}\[2J"/],
  ])("refuses %s", (text, message) => {
    expect(() => parseTime(text, NOW)).toThrow(
      expect.objectContaining({
        code: "INVALID_TIME",
        message: expect.stringMatching(message),
        hint: expect.any(String),
      }),
    );
  });

  it("reads back every moment, in every zone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NOW }), fc.integer({ min: -1439, max: 1439 }), (timeMs, zoneMinutes) => {
        const local = new Date(timeMs + zoneMinutes * 60_000).toISOString().slice(0, -1);
        const minutes = Math.abs(zoneMinutes);
        const two = (value: number) => String(value).padStart(2, "0");
        const zone = `${zoneMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
        expect(parseTime(`${local}${zone}`, NOW)).toBe(timeMs);
      }),
    );
  });
});
