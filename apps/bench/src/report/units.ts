import type { Spread } from "./statistics.ts";

/** Three digits that mean something: 92.5, 4.78, 0.23, 0.012. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 100) return seconds.toFixed(0);
  if (seconds >= 10) return seconds.toFixed(1);
  if (seconds >= 0.1) return seconds.toFixed(2);
  return seconds.toFixed(3);
}

export function formatRatio(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio >= 2 ? ratio.toFixed(1) : ratio.toFixed(2);
}

export function formatMebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}

/** `5.02 (4.91–5.30)`; the middle alone when all are alike. */
export function formatSpread(spread: Spread | undefined, format: (figure: number) => string): string {
  if (spread === undefined) return "–";
  const [min, median, max] = [spread.min, spread.median, spread.max].map(format);
  return min === max ? `${median}` : `${median} (${min}–${max})`;
}
