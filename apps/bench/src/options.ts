import { parseArgs } from "node:util";

import type { WorkId } from "./clients/contender.ts";

const WORKS: readonly WorkId[] = ["a", "b", "c", "d", "e", "f", "g"];
const QUICK: readonly WorkId[] = ["a", "b", "c", "d"];
export const PEERS = ["s5cmd", "rclone", "aws", "s3-pit-restore", "s3sync"] as const;
export type Peer = (typeof PEERS)[number];
/** s3sync builds for minutes, so it is asked for by name. */
const DEFAULT_PEERS: readonly Peer[] = ["s5cmd", "rclone", "aws", "s3-pit-restore"];

export const USAGE = `pnpm bench [install] [options]

  install            only install the server and the peers
  --work a,b,...     ${WORKS.join(", ")}; by default ${QUICK.join(", ")}
  --all              all works
  --rounds N         timed rounds (default: 3)
  --peers a,b,...    ${PEERS.join(", ")}; by default all but s3sync; "none" for s3pin alone
  --latency 0,25     added to every answer, ms; by default 0, for work a also 25
  --dir DIR          where all files go (default: /dev/shm, or else the temporary directory)
  --out DIR          where the results go (default: build/bench in the app)
  --s3pin FILE       the bin.js to measure (default: the one of this checkout)
  --baseline FILE    another s3pin to run beside it

  a fresh, b nothing to do, c 1 % changed, d no index, e one of 4 GiB, f 100,000 of 4 kB, g a million entries`;

export interface BenchOptions {
  readonly installOnly: boolean;
  readonly works: readonly WorkId[];
  readonly rounds: number;
  readonly peers: readonly Peer[];
  /** undefined: each work's own */
  readonly latenciesMs: readonly number[] | undefined;
  readonly dir: string | undefined;
  readonly out: string | undefined;
  readonly s3pin: string | undefined;
  readonly baseline: string | undefined;
}

/** @throws {RangeError} or a TypeError of `parseArgs` for what it does not know */
export function parseOptions(args: readonly string[]): BenchOptions | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      work: { type: "string" },
      all: { type: "boolean" },
      rounds: { type: "string", default: "3" },
      peers: { type: "string" },
      latency: { type: "string" },
      dir: { type: "string" },
      out: { type: "string" },
      s3pin: { type: "string" },
      baseline: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return "help";
  const unknown = positionals.find((word) => word !== "install");
  if (unknown !== undefined) throw new RangeError(`Unknown argument: ${unknown}`);
  const works = values.work === undefined ? (values.all === true ? WORKS : QUICK) : pick("--work", WORKS, values.work);
  return {
    installOnly: positionals.includes("install"),
    works,
    rounds: atLeast("--rounds", 1, values.rounds),
    peers:
      values.peers === undefined ? DEFAULT_PEERS : values.peers === "none" ? [] : pick("--peers", PEERS, values.peers),
    latenciesMs: values.latency?.split(",").map((text) => atLeast("--latency", 0, text)),
    dir: values.dir,
    out: values.out,
    s3pin: values.s3pin,
    baseline: values.baseline,
  };
}

function pick<Name extends string>(flag: string, known: readonly Name[], text: string): Name[] {
  return text.split(",").map((wanted) => {
    const found = known.find((name) => name === wanted.trim());
    if (found === undefined) throw new RangeError(`${flag}: ${wanted} is none of ${known.join(", ")}`);
    return found;
  });
}

function atLeast(flag: string, least: number, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number) || number < least)
    throw new RangeError(`${flag}: ${text} is not a whole number of at least ${least}`);
  return number;
}
