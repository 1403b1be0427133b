import { formatSource, parseSource, S3PinError } from "@s3pin/core";

import { requirePlace, takePlaces } from "../options/take-places.ts";
import type { Invocation } from "../run-command.ts";

/** The flags of every command that works on a manifest and a root. */
export interface RootFlags {
  readonly manifest?: string;
  readonly root?: string;
  readonly source?: string;
  readonly bucket?: string;
  readonly index?: string;
}

export interface RootArguments {
  readonly manifestFile: string;
  readonly root: string;
  /** Source of the entries that name none. */
  readonly source: string | undefined;
}

/**
 * The manifest, the root and the source, each from an argument or a flag.
 * @throws {S3PinError} `USAGE` when one is missing or given twice and differently; `INVALID_URI`
 */
export function rootArguments(
  command: string,
  { args, flags, isTyped }: Pick<Invocation<RootFlags>, "args" | "flags" | "isTyped">,
): RootArguments {
  const [manifestFile, root] = takePlaces(
    [
      { name: "<manifest>", flag: "-m", flagValue: flags.manifest, isFlagTyped: isTyped("manifest") },
      { name: "<root>", flag: "-r", flagValue: flags.root, isFlagTyped: isTyped("root") },
    ],
    args,
  );
  const example = `s3pin ${command} media.csv public/media`;
  return {
    manifestFile: requirePlace(manifestFile, "manifest", example),
    root: requirePlace(root, "root, the directory of the files,", example),
    source: sourceOf(flags),
  };
}

function sourceOf({ source, bucket }: RootFlags): string | undefined {
  const [given, named] = [source, bucket].map((uri) => uri && formatSource(parseSource(uri)));
  if (given && named && given !== named) {
    throw new S3PinError("USAGE", `The source is given twice: --source ${given} and -b ${named}`, {
      hint: "Give it once.",
    });
  }
  return given || named;
}
