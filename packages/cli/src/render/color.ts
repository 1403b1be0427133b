import type { Environment } from "../options/environment.ts";

/** What a colour says; which one it is stays here. */
export type Tone = "added" | "changed" | "removed" | "faint" | "error" | "warning";

export type Paint = (tone: Tone, text: string) => string;

const CODES: Readonly<Record<Tone, readonly [start: number, end: number]>> = {
  added: [32, 39],
  changed: [33, 39],
  removed: [31, 39],
  faint: [2, 22],
  error: [31, 39],
  warning: [33, 39],
};

/** Colour only on a terminal; FORCE_COLOR and NO_COLOR decide first, in this order, as in Node. */
export function paintFor(stream: { readonly isTTY?: boolean | undefined }, environment: Environment): Paint {
  if (!isColorful(stream, environment)) return (_tone, text) => text;
  return (tone, text) => {
    const [start, end] = CODES[tone];
    return `\u001b[${start}m${text}\u001b[${end}m`;
  };
}

function isColorful(stream: { readonly isTTY?: boolean | undefined }, environment: Environment): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = environment;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  return stream.isTTY === true && TERM !== "dumb";
}
