import { S3PinError } from "@s3pin/core";

/** One thing that may be given as a positional argument or as a flag. */
export interface Place {
  /** As the usage line shows it: `<manifest>`. */
  readonly name: string;
  /** As people write the flag: `-m`. */
  readonly flag: string;
  readonly flagValue: string | undefined;
  /** Whether the flag stood on the command line; a positional argument silently wins over a variable. */
  readonly isFlagTyped: boolean;
}

/**
 * Fills each place from the positional arguments and flags. Just as many arguments as there are places without a typed
 * flag fill those, so that `restore -m media.csv public` works; else they fill the places in order, and may repeat what a
 * flag says but not differ from it.
 * @throws {S3PinError} `USAGE`
 */
export function takePlaces(places: readonly Place[], args: readonly string[]): (string | undefined)[] {
  const open = places.filter(({ isFlagTyped }) => !isFlagTyped);
  const targets = args.length === open.length ? open : places;
  return places.map((place) => {
    const argument = args[targets.indexOf(place)];
    if (argument === undefined || !targets.includes(place)) return place.flagValue;
    if (place.isFlagTyped && place.flagValue !== argument) {
      throw new S3PinError("USAGE", `${place.name} is given twice: ${argument} and ${place.flag} ${place.flagValue}`, {
        hint: "Give it once.",
      });
    }
    return argument;
  });
}

/** @throws {S3PinError} `USAGE` when nothing was given */
export function requirePlace(value: string | undefined, name: string, example: string): string {
  if (value !== undefined && value !== "") return value;
  throw new S3PinError("USAGE", `No ${name} is given`, { hint: `For example: ${example}` });
}
