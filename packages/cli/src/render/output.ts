import type { Progress } from "@s3pin/core";

import type { Environment } from "../options/environment.ts";
import { type Paint, paintFor } from "./color.ts";
import { jsonLine } from "./json.ts";
import { createProgressDisplay, type ProgressDisplay } from "./progress.ts";

/** The output flags, which every command has. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly debug?: boolean;
}

/** The part of a process stream that is used. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string, callback?: (error?: Error | null) => void): boolean;
}

/** A million lines, each written by itself, would take a second more than these pieces. */
const CHUNK_LENGTH = 65_536;
/** Lines wait no longer than this for company. */
const FLUSH_MS = 100;

/** Where a command's words go: results to stdout, all else to stderr. */
export interface Output {
  readonly flags: OutputFlags;
  /** For stdout and for stderr. */
  readonly paint: Paint;
  readonly paintError: Paint;
  /** Prints a result: the object with --json, else the text unless --quiet. Only what is printed is made. */
  readonly result: (object: () => object, text: () => string | undefined) => void;
  /** Prints a line of a summary that has no JSON of its own, or that must not mix with what is on stdout. */
  readonly note: (text: string) => void;
  /** Warns on stderr and, with --json, as an object too. */
  readonly warn: (message: string, code?: string, details?: object) => void;
  /** Prints a line to stderr, whatever the flags. */
  readonly error: (text: string) => void;
  /** Prints text to stdout as it is. */
  readonly raw: (text: string) => void;
  readonly progress: (progress: Progress) => void;
  /** Ends the progress line and writes what waits. */
  readonly end: () => Promise<void>;
}

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Environment;
  readonly flags: OutputFlags;
  /** What the progress counts. @default "files" */
  readonly unit?: string | undefined;
}

export function createOutput({ stdout, stderr, environment, flags, unit }: OutputOptions): Output {
  const paintError = paintFor(stderr, environment);
  const isTerminal = stderr.isTTY === true && environment.TERM !== "dumb";
  const display: ProgressDisplay | undefined = flags.quiet
    ? undefined
    : createProgressDisplay({ write: (text) => stderr.write(text), isTerminal, columns: () => stderr.columns, unit });
  let pending = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === "") return;
    const text = pending;
    pending = "";
    display?.clear();
    stdout.write(text);
  };
  const raw = (text: string) => {
    pending += text;
    if (pending.length >= CHUNK_LENGTH) flush();
    else timer ??= setTimeout(flush, FLUSH_MS).unref();
  };
  const error = (text: string) => {
    flush();
    display?.clear();
    stderr.write(`${text}\n`);
  };

  return {
    flags,
    paint: paintFor(stdout, environment),
    paintError,
    result(object, text) {
      if (flags.json) {
        raw(`${jsonLine(object())}\n`);
        return;
      }
      const line = flags.quiet ? undefined : text();
      if (line !== undefined) raw(`${line}\n`);
    },
    note(text) {
      if (!flags.quiet) error(text);
    },
    warn(message, code, details) {
      if (flags.json) raw(`${jsonLine({ type: "warning", code, message, ...details })}\n`);
      error(`${paintError("warning", "warning:")} ${message}`);
    },
    error,
    raw,
    progress: (progress) => display?.update(progress),
    async end() {
      flush();
      display?.clear();
      await Promise.all([drained(stdout), drained(stderr)]);
    },
  };
}

/** Resolves once all that was written has gone, or cannot go any more. */
function drained(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
