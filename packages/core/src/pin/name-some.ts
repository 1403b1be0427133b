import { printable } from "../errors.ts";

/** Names in full before only a count follows. */
const NAMED = 20;

/** The first twenty paths, fit to be shown, and how many more there are. */
export function nameSome(paths: readonly string[]): string {
  const named = paths.slice(0, NAMED).map(printable).join(", ");
  return paths.length > NAMED ? `${named} and ${paths.length - NAMED} more` : named;
}
