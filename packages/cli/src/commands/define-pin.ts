import { type Command, Option } from "commander";

import { addConnectionOptions, addFilterOptions, concurrencyOption, ignoredOption } from "../options/option-groups.ts";
import { parseBucket } from "../options/parse-values.ts";
import type { Attach } from "../program.ts";
import type { PinFlags } from "./pin.ts";

const EXAMPLES = `
Examples:
  $ s3pin pin s3://media.example.com/site/ -o media.csv
  $ s3pin pin s3://media.example.com/site/ -o media.csv --at 2026-11-02T10:00:00Z
  $ s3pin pin s3://media.example.com/ --exclude "**/*.psd" --dry-run
  $ s3pin pin s3://media.example.com/ -o - | wc -l`;

export function definePin(program: Command, attach: Attach): void {
  const command = program
    .command("pin")
    .summary("write down which version of every object is current")
    .description(
      "Write a manifest: which version of every object below a source is current, now or at a moment. Commit it, and restore gives these bytes for as long as the bucket keeps the versions.",
    )
    .usage("<s3://bucket/prefix/> [-o FILE] [options]")
    .argument("[source]", "s3://bucket/ or s3://bucket/prefix/")
    .optionsGroup("Options:")
    .addOption(new Option("-o, --output <file>", 'the manifest; "-" for standard output (default: s3pin.csv)'))
    .addOption(new Option("--at <time>", "what was current then: 2026-11-02T10:00:00Z, or an age such as 2h or 10d"))
    .addOption(new Option("--dry-run", "show what would change, write nothing"))
    .addOption(new Option("--allow-null", "accept objects without versions, which can change unnoticed"))
    .addOption(new Option("--allow-empty", "accept a source with nothing in it"));
  addFilterOptions(command);
  addConnectionOptions(command);
  command
    .optionsGroup("Arguments as flags:")
    .addOption(new Option("-b, --bucket <name>", "the same as s3://NAME/").argParser(parseBucket))
    .addOption(new Option("-m, --manifest <file>", "the same as -o"))
    .addOption(ignoredOption("-r, --root <dir>"))
    .addOption(concurrencyOption("accepted and ignored").hideHelp())
    .addOption(ignoredOption("-f, --files-per-thread <n>"))
    .addHelpText("after", EXAMPLES);
  attach<PinFlags>(command, { load: async () => (await import("./pin.ts")).runPin, unit: "versions" });
}
