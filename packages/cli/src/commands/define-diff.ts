import { type Command, Option } from "commander";

import { addConnectionOptions, addFilterOptions } from "../options/option-groups.ts";
import { collect } from "../options/parse-values.ts";
import type { Attach } from "../program.ts";
import type { DiffFlags } from "./diff.ts";

const EXAMPLES = `
Examples:
  $ s3pin diff HEAD:media.csv media.csv
  $ s3pin diff media.csv s3://media.example.com/site/
  $ s3pin diff s3://media.example.com/ s3://media.example.com/ --at 1d
  $ s3pin diff main:media.csv media.csv --exit-code --quiet`;

export function defineDiff(program: Command, attach: Attach): void {
  const command = program
    .command("diff")
    .summary("compare two manifests, or a manifest with a bucket")
    .description(
      'Compare two manifests: + added, ~ another version, - removed. Each may be a file, "-" for standard input, REV:path in git, or an s3:// URI for what is in a bucket.',
    )
    .usage("<a> <b> [options]")
    .argument("<a>", "the manifest before")
    .argument("<b>", "the manifest after")
    .optionsGroup("Options:")
    .addOption(
      new Option(
        "--at <time>",
        "the s3:// URI as it was then (2026-11-02T10:00:00Z, 2h, 10d). Of two URIs the first, and given twice, each",
      ).argParser(collect),
    )
    .addOption(new Option("--source <s3-uri>", "source of the entries that name none"))
    .addOption(new Option("--exit-code", "exit 3 when there is a difference"));
  addFilterOptions(command);
  addConnectionOptions(command).addHelpText("after", EXAMPLES);
  attach<DiffFlags>(command, { load: async () => (await import("./diff.ts")).runDiff, unit: "versions" });
}
