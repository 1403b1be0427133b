import { printable, S3PinError } from "../errors.ts";
import { formatSource, type Source } from "../manifest/source.ts";
import { formatTimestamp } from "../manifest/timestamp.ts";
import type { CurrentListing } from "./list-current.ts";

/** The error for a listing that leaves nothing to pin: it says why nothing is left. */
export function emptyListing(
  source: Source,
  { versionsSeen, deleteMarkersSeen, objectsSeen }: CurrentListing,
  atMs: number | undefined,
): S3PinError {
  const uri = printable(formatSource(source));
  const details = { source: formatSource(source), versionsSeen, deleteMarkersSeen, objectsSeen };
  const error = (message: string, hint: string): S3PinError =>
    new S3PinError("EMPTY_LISTING", message, { hint: `${hint} To pin nothing on purpose: --allow-empty.`, details });

  if (versionsSeen + deleteMarkersSeen === 0) {
    return error(`Nothing is stored under ${uri}`, prefixHint(source));
  }
  if (objectsSeen > 0) {
    return error(
      `Of the ${objectsSeen} ${objectsSeen === 1 ? "object" : "objects"} under ${uri}, none passes --include and --exclude`,
      "Patterns are matched against the path below the source, not against the key.",
    );
  }
  if (atMs !== undefined) {
    return error(
      `Under ${uri} no object existed at ${formatTimestamp(atMs)}`,
      "Check the time and its zone; without --at, what is there now is pinned.",
    );
  }
  return error(`All objects under ${uri} are deleted`, "To pin what was there before, give a time with --at.");
}

function prefixHint({ bucket, prefix }: Source): string {
  if (prefix === "") return "Is it the right bucket?";
  const key = prefix.slice(0, -1);
  const parent = formatSource({ bucket, prefix: key.slice(0, key.lastIndexOf("/") + 1) });
  const name = key.slice(key.lastIndexOf("/") + 1);
  return `Check the prefix, capitals too. If ${printable(key)} is one object, try: s3pin pin ${printable(parent)} --include "${printable(name)}".`;
}
