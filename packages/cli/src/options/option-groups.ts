import { type Command, Option } from "commander";

import { collect, countUpTo, parseBucket, parseEndpointUrl, parseMaxDelete } from "./parse-values.ts";

/** More would only queue: S3 serves 5,500 GET a second and prefix. */
const MAX_CONCURRENCY = 1_000;

/** Adds options under one heading of the help. */
function addGroup(command: Command, heading: string, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option.helpGroup(heading));
  return command;
}

/** How to reach the store, in the AWS CLI's words. */
export function addConnectionOptions(command: Command): Command {
  return addGroup(command, "Connection (credentials as for the AWS CLI):", [
    new Option("--profile <name>", "profile of ~/.aws/config"),
    new Option("--region <name>", "region of the bucket"),
    new Option("--endpoint-url <url>", "server that speaks S3; also AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL").argParser(
      parseEndpointUrl,
    ),
    new Option("--force-path-style", "https://server/bucket/key; on with an endpoint"),
    new Option("--no-sign-request", "send no credentials, for a public bucket"),
    new Option("--request-payer", "agree to pay for the requests"),
    new Option("--sse-c-key <key>", "key of SSE-C objects: 32 bytes in Base64, or fileb://FILE"),
  ]);
}

/** Which paths of a source count. */
export function addFilterOptions(command: Command): Command {
  return addGroup(command, "Filters (matched against the path below the source; repeatable):", [
    new Option("--include <glob>", "only what matches one of them").argParser(collect),
    new Option("--exclude <glob>", "not what matches one of them, included or not").argParser(collect),
    new Option("--exclude-regex <regex>", "the same, as a regular expression").argParser(collect),
  ]);
}

/** Where the manifest's bytes belong, and what is remembered of them. */
export function addRootOptions(command: Command): Command {
  return addGroup(command, "Options:", [
    new Option("--source <s3-uri>", "source of the entries that name none (manifests without a source column)"),
    new Option("--index <file>", "where the local index is; by default in your cache directory"),
    new Option("--rehash", "distrust the local index: hash every file"),
    new Option("--skip-unsafe", "leave out paths that cannot be restored safely, and exit 3"),
  ]);
}

export function addRemovalOptions(command: Command): Command {
  return addGroup(command, "Deleting:", [
    new Option("--prune", "delete files that an earlier restore wrote and the manifest no longer has"),
    new Option("--delete", "delete everything that the manifest does not have"),
    new Option("--max-delete <n|n%>", "refuse to delete more (default: 20 files or 25%, whichever is more)").argParser(
      parseMaxDelete,
    ),
    new Option("--dangerous-root", "delete even in a home, beside .git, above the current directory"),
  ]);
}

/** `-m` and `-r`: the positional arguments as flags. */
export function addPlaceOptions(command: Command): Command {
  return addGroup(command, "Arguments as flags:", [
    new Option("-m, --manifest <file>", "the manifest"),
    new Option("-r, --root <dir>", "the root"),
    new Option("-b, --bucket <name>", "the same as --source s3://NAME/").argParser(parseBucket),
  ]);
}

export function concurrencyOption(description: string): Option {
  return new Option("-t, --concurrency <n>", description).argParser(countUpTo(MAX_CONCURRENCY));
}

/** The rest of the flags of S3-Version-Utilities' scripts, so that calls of theirs keep working. */
export function ignoredOption(flags: string): Option {
  return new Option(flags, "accepted and ignored").hideHelp();
}
