import type { Progress } from "@s3pin/core";

import { formatBytes, formatCount, formatDuration } from "./format.ts";

/** On a terminal the line is drawn again at most ten times a second. */
const REDRAW_MS = 100;
/** Elsewhere (a log) a line comes this often. */
const LOG_MS = 5_000;
/** The rate is that of the last so many milliseconds. */
const RATE_WINDOW_MS = 5_000;
const SAMPLE_MS = 250;
const BAR_WIDTH = 20;
/** What takes longer than a day is not worth a guess. */
const MAX_LEFT_S = 86_400;
/** Some terminals say 0. */
const DEFAULT_COLUMNS = 80;

const VERBS: Readonly<Record<Progress["phase"], string>> = {
  list: "listing",
  plan: "checking",
  download: "downloading",
  delete: "deleting",
};

/** Draws how far a run is. */
export interface ProgressDisplay {
  readonly update: (progress: Progress) => void;
  /** Removes the line, so that something else can be printed. */
  readonly clear: () => void;
}

export interface ProgressDisplayOptions {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** @default 80 */
  readonly columns?: (() => number | undefined) | undefined;
  /** Milliseconds that only grow. @default performance.now */
  readonly now?: (() => number) | undefined;
  /** What is counted. @default "files" */
  readonly unit?: string | undefined;
}

interface Sample {
  readonly atMs: number;
  readonly done: number;
  readonly bytesDone: number;
}

/**
 * A line that is drawn over itself on a terminal, or one every few seconds elsewhere. It has no timer: it is called at
 * every change, hundreds of times a second, and draws when it is time.
 */
export function createProgressDisplay(options: ProgressDisplayOptions): ProgressDisplay {
  const { write, isTerminal, columns = () => undefined, now = () => performance.now(), unit = "files" } = options;
  const paceMs = isTerminal ? REDRAW_MS : LOG_MS;
  let phase: Progress["phase"] | undefined;
  let phaseStart = 0;
  let drawnAt = now();
  let isDrawn = false;
  let samples: Sample[] = [];

  return {
    update(progress) {
      const atMs = now();
      if (progress.phase !== phase) {
        phase = progress.phase;
        phaseStart = atMs;
        samples = [];
      }
      const last = samples.at(-1);
      if (last === undefined || atMs - last.atMs >= SAMPLE_MS) {
        samples.push({ atMs, done: progress.done, bytesDone: progress.bytesDone });
        while (samples.length > 2 && atMs - (samples[0]?.atMs ?? atMs) > RATE_WINDOW_MS) samples.shift();
      }
      if (atMs - drawnAt < paceMs) return;
      drawnAt = atMs;
      const text = progressLine(progress, { unit, withBar: isTerminal, since: samples[0], atMs, phaseStart });
      if (isTerminal) {
        // One column stays free: a full line would wrap on some terminals, and clearing it would leave half.
        write(`\r\u001b[2K${text.slice(0, Math.max(10, (columns() || DEFAULT_COLUMNS) - 1))}`);
        isDrawn = true;
      } else write(`${text}\n`);
    },
    clear() {
      if (isDrawn) write("\r\u001b[2K");
      isDrawn = false;
    },
  };
}

interface LineContext {
  readonly unit: string;
  readonly withBar: boolean;
  readonly since: Sample | undefined;
  readonly atMs: number;
  readonly phaseStart: number;
}

function progressLine(progress: Progress, { unit, withBar, since, atMs, phaseStart }: LineContext): string {
  const { phase, done, total, bytesDone, bytesTotal } = progress;
  const seconds = since === undefined ? 0 : (atMs - since.atMs) / 1000;
  const perSecond = (value: number, before: number) => (seconds > 0 ? (value - before) / seconds : 0);
  const byteRate = perSecond(bytesDone, since?.bytesDone ?? 0);
  const rate = perSecond(done, since?.done ?? 0);
  const share = shareDone(progress);
  const parts = [VERBS[phase]];
  if (withBar && share !== undefined) parts.push(bar(share));
  if (share !== undefined) parts.push(`${Math.floor(share * 100)}%`);
  parts.push(`${formatCount(done)}${total === undefined ? "" : `/${formatCount(total)}`} ${unit}`);
  if (bytesDone > 0) parts.push(`${formatBytes(bytesDone)}${bytesTotal ? ` of ${formatBytes(bytesTotal)}` : ""}`);
  if (phase === "download" && byteRate > 0) parts.push(`${formatBytes(byteRate)}/s`);
  else if (rate >= 1) parts.push(`${formatCount(Math.round(rate))}/s`);
  // The first guesses would be wild.
  if (atMs - phaseStart >= 1000) {
    const left = Math.max(secondsLeft(done, total, rate), secondsLeft(bytesDone, bytesTotal, byteRate));
    if (left > 0 && left < MAX_LEFT_S) parts.push(`${timeLeft(left)} left`);
  }
  return parts.join("  ");
}

/** A guess has no tenths of seconds. */
function timeLeft(seconds: number): string {
  return seconds < 10 ? `${Math.max(1, Math.round(seconds))} s` : formatDuration(seconds * 1000);
}

function secondsLeft(done: number, total: number | undefined, rate: number): number {
  return total === undefined ? 0 : (total - done) / rate;
}

/**
 * The smaller of the shares of files and of bytes: a large file among thousands of small ones is soon nearly all bytes, and a
 * few small ones among large are soon nearly all files.
 */
function shareDone({ done, total, bytesDone, bytesTotal }: Progress): number | undefined {
  if (!total) return undefined;
  // A retried object's bytes count twice.
  return Math.min(1, done / total, bytesTotal ? bytesDone / bytesTotal : 1);
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}
