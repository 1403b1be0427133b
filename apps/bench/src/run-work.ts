import { mkdirSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";

import type { Contender, Job } from "./clients/contender.ts";
import { machineCpuS, processCpuS } from "./process/cpu-clock.ts";
import { type Command, measureCommand } from "./process/measure-command.ts";
import type { ContenderResult, Run, WorkResult } from "./report/result.ts";
import type { LatencyProxy } from "./server/latency-proxy.ts";
import { checkTree } from "./tree/check-tree.ts";
import { jobOn, type Stage } from "./works/stage.ts";
import type { PreparedWork, Work } from "./works/work.ts";

export interface RunOptions {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** with it the timed runs go through it */
  readonly proxy?: LatencyProxy | undefined;
  readonly latencyMs: number;
  /** the same work at another latency: it has been warmed up, and its requests are counted */
  readonly earlier?: WorkResult | undefined;
  readonly onRun: (contender: string, round: string, run: Run) => void;
  readonly onFailure: (contender: string, message: string) => void;
}

/** A contender with what has come of it so far. */
interface Entrant {
  readonly contender: Contender;
  readonly isSlow: boolean;
  readonly runs: Run[];
  requests: number | undefined;
  failure?: string;
}

/**
 * Runs all contenders that can do a work: one round to warm up, counted and with every file hashed afterwards; then the timed
 * rounds, in alternation and each begun by another, with names and sizes looked at after each run. A slow contender has one
 * run, timed and counted, at the first latency only.
 */
export async function runWork(stage: Stage, work: Work, options: RunOptions): Promise<WorkResult> {
  const loadAverage = loadavg()[0] ?? 0;
  const prepared = await work.prepare(stage);
  const isWarm = options.earlier !== undefined;
  const entrants: Entrant[] = options.contenders
    .map((contender) => ({ contender, isSlow: contender.slowAt?.includes(work.id) ?? false }))
    .filter(({ contender, isSlow }) => contender.commands[work.id] !== undefined && !(isSlow && isWarm))
    .map(({ contender, isSlow }) => ({
      contender,
      isSlow,
      runs: [],
      requests: options.earlier?.contenders.find(({ name }) => name === contender.name)?.requests,
    }));

  for (const entrant of entrants) {
    await attempt(entrant, options, () => prepared.beforeAll?.(entrant.contender, jobOf(stage, prepared, entrant)));
  }
  for (let round = isWarm ? 1 : 0; round <= options.rounds; round++) {
    await prepared.beforeRound?.();
    for (const entrant of rotated(entrants, round)) {
      const isDone = entrant.isSlow && entrant.runs.length > 0;
      if (entrant.failure !== undefined || isDone) continue;
      const isWarmUp = round === 0;
      await attempt(entrant, options, async () => {
        const run = await runOnce(stage, work, { ...options, prepared, entrant, isWarmUp });
        if (!isWarmUp || entrant.isSlow) entrant.runs.push(run);
        options.onRun(entrant.contender.name, isWarmUp ? "warm-up" : `round ${round}`, run);
      });
    }
  }
  await prepared.close?.();
  return {
    ...{ work: work.id, title: work.title, about: work.about, latencyMs: options.latencyMs, loadAverage },
    contenders: entrants.map((entrant) => resultOf(entrant, work)),
  };
}

/** A contender that fails stays out of the following rounds. */
async function attempt(entrant: Entrant, options: RunOptions, action: () => Promise<void> | undefined): Promise<void> {
  try {
    await action();
  } catch (error) {
    entrant.failure = error instanceof Error ? error.message : String(error);
    options.onFailure(entrant.contender.name, entrant.failure);
  }
}

async function runOnce(
  stage: Stage,
  work: Work,
  options: RunOptions & { readonly prepared: PreparedWork; readonly entrant: Entrant; readonly isWarmUp: boolean },
): Promise<Run> {
  const { prepared, entrant, isWarmUp } = options;
  const { contender } = entrant;
  // A slow contender's only run is its timed one, and what goes through the proxy is not counted.
  const usedProxy = isWarmUp && !entrant.isSlow ? undefined : options.proxy;
  const isCounted = isWarmUp && usedProxy === undefined;
  const server = isCounted ? stage.counting : stage.server;
  const job = { ...jobOf(stage, prepared, entrant), endpoint: (usedProxy ?? server).endpoint };
  const command = commandOf(contender, work, job);
  await prepared.beforeRun?.(contender, job);
  if (isCounted) stage.counting.takeRequestCount();

  const clocks = () => [processCpuS(server.pid), usedProxy ? processCpuS(usedProxy.pid) : 0, machineCpuS()] as const;
  const scratchDir = join(stage.dir, "scratch");
  mkdirSync(scratchDir, { recursive: true });
  const before = clocks();
  const cost = await measureCommand(command, { scratchDir });
  const after = clocks();

  if (isCounted && work.usesServer) entrant.requests = stage.counting.takeRequestCount();
  const expected = prepared.expected();
  if (expected !== undefined) await checkTree(job.root, expected, { hashed: isWarmUp });
  prepared.afterRun?.(contender, job);
  const serverCpuS = after[0] - before[0];
  const proxyCpuS = after[1] - before[1];
  const othersCpuS = Math.max(0, after[2] - before[2] - cost.cpuS - serverCpuS - proxyCpuS);
  return { ...cost, serverCpuS, proxyCpuS, othersCpuS };
}

function jobOf(stage: Stage, prepared: PreparedWork, { contender }: Entrant): Job {
  const rootOf = prepared.sharedRoot ?? contender.rootOf ?? contender.name;
  return jobOn(stage, {
    bucket: prepared.bucket,
    name: contender.name,
    rootOf,
    endpoint: stage.server.endpoint,
  });
}

function commandOf(contender: Contender, work: Work, job: Job): Command {
  const command = contender.commands[work.id]?.(job);
  if (command === undefined) throw new Error(`${contender.name} cannot do work ${work.id}`);
  return command;
}

/** Each round begins with another one, so that nobody always runs after the same neighbour's mess. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function resultOf({ contender, runs, requests, failure }: Entrant, work: Work): ContenderResult {
  const { command, args } = commandOf(contender, work, {
    ...{ endpoint: "ENDPOINT", bucket: "BUCKET", root: "ROOT", manifest: "MANIFEST", indexFile: "INDEX", home: "HOME" },
  });
  const program = command === process.execPath ? "node" : command.slice(command.lastIndexOf("/") + 1);
  const shown = args.map((arg) => (arg.startsWith("/") ? arg.slice(arg.lastIndexOf("/") + 1) : arg));
  return {
    ...{ name: contender.name, verifies: contender.verifiesAt?.[work.id] ?? contender.verifies, runs, requests },
    commandLine: [program, ...shown].map(quoted).join(" "),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Quoted for a shell where needed. */
function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
