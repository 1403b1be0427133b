import { type Command, Option } from "commander";

import { addPlaceOptions, addRemovalOptions, addRootOptions } from "../options/option-groups.ts";
import type { Attach } from "../program.ts";
import type { StatusFlags } from "./status.ts";

const EXAMPLES = `
Examples:
  $ s3pin status media.csv public/media
  $ s3pin status media.csv public/media --delete --exit-code`;

export function defineStatus(program: Command, attach: Attach): void {
  const command = program
    .command("status")
    .summary("show what restore would do, offline")
    .description(
      "Show what restore would do, from the disk and the local index alone: no request is made, nothing is written.",
    )
    .usage("<manifest> <root> [options]")
    .argument("[manifest]", 'the manifest; "-" for standard input')
    .argument("[root]", "the directory");
  addRootOptions(command)
    .optionsGroup("Options:")
    .addOption(new Option("--exit-code", "exit 3 when there is something to do"));
  addRemovalOptions(command);
  addPlaceOptions(command).addHelpText("after", EXAMPLES);
  attach<StatusFlags>(command, { load: async () => (await import("./status.ts")).runStatus });
}
