import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  installAws,
  installRclone,
  installS3PitRestore,
  installS3sync,
  installS5cmd,
  type Tool,
} from "../install/tools.ts";
import type { Peer } from "../options.ts";
import { runCommand } from "../process/run-command.ts";
import { BASE } from "../report/table.ts";
import { aws } from "./aws.ts";
import type { Contender } from "./contender.ts";
import { find, md5sum } from "./local-tools.ts";
import { rclone, rcloneByChecksum } from "./rclone.ts";
import { s3PitRestore } from "./s3-pit-restore.ts";
import { s3pin } from "./s3pin.ts";
import { s3sync } from "./s3sync.ts";
import { s5cmd } from "./s5cmd.ts";

/** A peer: how to get it, and the ways to call it. */
interface Entry {
  readonly install: () => Promise<Tool>;
  readonly contenders: readonly ((program: string) => Contender)[];
}

const ENTRIES: Readonly<Record<Peer, Entry>> = {
  s5cmd: { install: installS5cmd, contenders: [s5cmd] },
  rclone: { install: installRclone, contenders: [rclone, rcloneByChecksum] },
  aws: { install: installAws, contenders: [aws] },
  "s3-pit-restore": { install: installS3PitRestore, contenders: [s3PitRestore] },
  s3sync: { install: installS3sync, contenders: [s3sync] },
};

/** Who takes part. */
export interface Field {
  readonly contenders: readonly Contender[];
  readonly versions: Readonly<Record<string, string>>;
  /** peers that could not be installed, and why */
  readonly missing: Readonly<Record<string, string>>;
}

/** Installs the peers and puts them in a row with s3pin, which is the first, and the tools that every system has. */
export async function enlist(options: {
  readonly peers: readonly Peer[];
  readonly s3pin: string;
  readonly baseline: string | undefined;
}): Promise<Field> {
  const contenders: Contender[] = [s3pin(BASE, options.s3pin)];
  if (options.baseline !== undefined) contenders.push(s3pin(`${BASE} (baseline)`, options.baseline));
  const versions: Record<string, string> = { s3pin: await versionOf(options.s3pin) };
  if (options.baseline !== undefined) versions["s3pin (baseline)"] = await versionOf(options.baseline);
  const missing: Record<string, string> = {};
  for (const peer of options.peers) {
    const { install, contenders: ways } = ENTRIES[peer];
    try {
      const { path, version } = await install();
      versions[peer] = version;
      contenders.push(...ways.map((way) => way(path)));
    } catch (error) {
      missing[peer] = error instanceof Error ? error.message : String(error);
    }
  }
  contenders.push(md5sum(BASE), find(BASE));
  return { contenders, versions, missing };
}

/** The version of a built s3pin, and the commit that it was built from, or from near: there may be changes since. */
async function versionOf(program: string): Promise<string> {
  const version = (await runCommand(process.execPath, [program, "--version"])).trim();
  try {
    const args = ["-C", dirname(program), "describe", "--always", "--dirty", "--exclude=*"];
    return `${version}, commit ${(await runCommand("git", args)).trim()}`;
  } catch {
    return version;
  }
}

/** The built program of this checkout. */
export function builtS3pin(): string {
  const packageFile = fileURLToPath(import.meta.resolve("s3pin/package.json"));
  const { bin } = JSON.parse(readFileSync(packageFile, "utf8")) as { bin: { s3pin: string } };
  return join(dirname(packageFile), bin.s3pin);
}
