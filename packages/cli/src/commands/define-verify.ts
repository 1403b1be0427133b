import { type Command, Option } from "commander";

import { addPlaceOptions } from "../options/option-groups.ts";
import type { Attach } from "../program.ts";
import type { VerifyFlags } from "./verify.ts";

const EXAMPLES = `
Examples:
  $ s3pin verify media.csv public/media
  $ s3pin verify media.csv public/media --extra-files-ok --json`;

export function defineVerify(program: Command, attach: Attach): void {
  const command = program
    .command("verify")
    .summary("hash every file against the manifest")
    .description(
      "Hash every file of a root against the manifest, trusting neither mtimes nor what is remembered of them. Exits 3 when a file is missing, differs, cannot be proved, or is not in the manifest.",
    )
    .usage("<manifest> <root> [options]")
    .argument("[manifest]", 'the manifest; "-" for standard input')
    .argument("[root]", "the directory")
    .optionsGroup("Options:")
    .addOption(new Option("--extra-files-ok", "do not mind files that the manifest does not have"))
    .addOption(new Option("--source <s3-uri>", "source of the entries that name none"))
    .addOption(new Option("--index <file>", "where the local index is; by default in your cache directory"));
  addPlaceOptions(command).addHelpText("after", EXAMPLES);
  attach<VerifyFlags>(command, { load: async () => (await import("./verify.ts")).runVerify });
}
