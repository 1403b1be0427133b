import { type Command, Option } from "commander";

import {
  addConnectionOptions,
  addPlaceOptions,
  addRemovalOptions,
  addRootOptions,
  concurrencyOption,
  ignoredOption,
} from "../options/option-groups.ts";
import type { Attach } from "../program.ts";
import type { RestoreFlags } from "./restore.ts";

const EXAMPLES = `
Examples:
  $ s3pin restore media.csv public/media
  $ s3pin restore media.csv public/media --prune
  $ s3pin restore media.csv public/media --delete --dry-run
  $ s3pin restore -m media.csv -r public/media -b media.example.com`;

export function defineRestore(program: Command, attach: Attach): void {
  const command = program
    .command("restore")
    .summary("give a directory exactly the pinned bytes")
    .description(
      "Give a directory (the root) exactly the bytes that a manifest pins, touching only what differs. When all is in place, no request is made and no credentials are needed. Nothing is deleted without --prune or --delete.",
    )
    .usage("<manifest> <root> [options]")
    .argument("[manifest]", 'the manifest; "-" for standard input')
    .argument("[root]", "the directory; made when it is missing");
  addRootOptions(command)
    .optionsGroup("Options:")
    .addOption(new Option("--dry-run", "show what would be done, do nothing"))
    .addOption(new Option("--no-mtime", "leave the files' mtime, rather than set that of the object"))
    .addOption(new Option("--no-wait", "refuse, rather than wait, while another restore is at work in the root"))
    .addOption(concurrencyOption("requests in flight (default: as many as bring throughput, 32 to 256)"));
  addRemovalOptions(command);
  addConnectionOptions(command);
  addPlaceOptions(command).addOption(ignoredOption("-f, --files-per-thread <n>")).addHelpText("after", EXAMPLES);
  attach<RestoreFlags>(command, { load: async () => (await import("./restore.ts")).runRestore });
}
