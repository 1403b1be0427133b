import type { MaxDelete } from "@s3pin/core";
import { InvalidArgumentError } from "commander";

/** A whole number from 1 to `most`. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < 1 || value > most) {
      throw new InvalidArgumentError(`Give a whole number from 1 to ${most}.`);
    }
    return value;
  };
}

/** `20` files, or `25%` of those there. */
export function parseMaxDelete(text: string): MaxDelete {
  const match = /^(\d{1,12})(%?)$/.exec(text.trim());
  const value = Number(match?.[1]);
  if (match === null || (match[2] === "%" && value > 100)) {
    throw new InvalidArgumentError("Give a number of files, as in 20, or a share of those there, as in 25%.");
  }
  return match[2] === "%" ? { percent: value } : { files: value };
}

/** Adds a value of an option that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** A bucket's name as the seed takes it, or a source in full, as a source. */
export function parseBucket(text: string): string {
  return text.startsWith("s3://") ? text : `s3://${text}`;
}

/** An `http://` or `https://` address. */
export function parseEndpointUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError("Give an address that starts with http:// or https://.");
  }
  return text;
}
