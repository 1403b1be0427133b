import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatTimestamp, parseTimestamp } from "./timestamp.ts";

const FIRST_MS = Date.parse("0000-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

describe("parseTimestamp()", () => {
  it.each([
    ["2026-11-02T10:00:00Z", "2026-11-02T10:00:00.000Z"],
    ["2026-11-02T10:00:00.5Z", "2026-11-02T10:00:00.500Z"],
    ["2026-11-02T10:00:00.123456789Z", "2026-11-02T10:00:00.123Z"],
    ["2026-11-02t10:00:00z", "2026-11-02T10:00:00.000Z"],
    ["2026-11-02 10:00:00+00:00", "2026-11-02T10:00:00.000Z"],
    ["2026-11-02T10:00:00+05:30", "2026-11-02T04:30:00.000Z"],
    ["2026-11-02T23:00:00-02:00", "2026-11-03T01:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["1969-12-31T23:59:59.001Z", "1969-12-31T23:59:59.001Z"],
  ])("reads %s", (text, iso) => {
    expect(parseTimestamp(text)).toBe(Date.parse(iso));
  });

  it.each([
    "",
    "2026-11-02",
    "2026-11-02T10:00:00",
    "2026-11-02T10:00Z",
    "2026-13-02T10:00:00Z",
    "2026-00-02T10:00:00Z",
    "2026-02-29T10:00:00Z",
    "1900-02-29T10:00:00Z",
    "2026-11-31T10:00:00Z",
    "2026-11-02T24:00:00Z",
    "2026-11-02T10:60:00Z",
    "2026-11-02T10:00:60Z",
    "2026-11-02T10:00:00+24:00",
    "2026-1a-02T10:00:00Z",
    "1793613600",
    "Mon, 02 Nov 2026 10:00:00 GMT",
  ])("does not take %j", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it("takes a time without zone as UTC only when asked to", () => {
    expect(parseTimestamp("2026-11-02 10:00:00.25", "optional")).toBe(Date.parse("2026-11-02T10:00:00.250Z"));
  });
});

describe("formatTimestamp()", () => {
  it.each([
    ["2026-11-02T10:00:00.000Z", "2026-11-02T10:00:00Z"],
    ["2026-11-02T10:00:00.050Z", "2026-11-02T10:00:00.050Z"],
    ["0099-01-01T00:00:00.000Z", "0099-01-01T00:00:00Z"],
  ])("writes %s as %s", (iso, text) => {
    expect(formatTimestamp(Date.parse(iso))).toBe(text);
  });

  it("writes as toISOString does, without a fraction of zero, and is read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_MS, max: LAST_MS }), (timeMs) => {
        expect(formatTimestamp(timeMs)).toBe(new Date(timeMs).toISOString().replace(".000Z", "Z"));
        expect(parseTimestamp(formatTimestamp(timeMs))).toBe(timeMs);
      }),
    );
  });
});
