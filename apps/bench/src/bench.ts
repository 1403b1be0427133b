import { mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { WorkId } from "./clients/contender.ts";
import { builtS3pin, enlist, type Field } from "./clients/enlist.ts";
import { buildDelayProxy, installS5cmd, installVersitygw } from "./install/tools.ts";
import { defaultDir, describeMachine } from "./machine.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { formatChart } from "./report/chart.ts";
import { formatMarkdown } from "./report/markdown.ts";
import type { BenchResult, WorkResult } from "./report/result.ts";
import { COLUMNS, formatTextTable, headingOf, tableRows } from "./report/table.ts";
import { formatMebibytes, formatSeconds } from "./report/units.ts";
import { runWork } from "./run-work.ts";
import { startLatencyProxy } from "./server/latency-proxy.ts";
import { manySmall, oneLarge } from "./works/bucket-works.ts";
import { million } from "./works/million.ts";
import { openStage } from "./works/open-stage.ts";
import { fresh, noIndex, nothingToDo, onePercentChanged } from "./works/site-works.ts";
import type { Stage } from "./works/stage.ts";
import type { Work } from "./works/work.ts";

const WORKS: Readonly<Record<WorkId, Work>> = {
  ...{ a: fresh, b: nothingToDo, c: onePercentChanged, d: noIndex, e: oneLarge, f: manySmall, g: million },
};
/** Where nothing else is asked for. 25 ms is what a bucket not far away takes to answer. */
const OWN_LATENCIES_MS: Partial<Record<WorkId, readonly number[]>> = { a: [0, 25] };
const DEFAULT_OUT = fileURLToPath(new URL("../build/bench", import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions | "help";
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  return await bench(options);
}

async function bench(options: BenchOptions): Promise<number> {
  const started = new Date();
  const works = options.works.map((id) => WORKS[id]);
  const parent = resolve(options.dir ?? defaultDir());
  const program = options.s3pin === undefined ? builtS3pin() : resolve(options.s3pin);
  const baseline = options.baseline === undefined ? undefined : resolve(options.baseline);

  note("Installing the server and the peers (the first time takes minutes) …");
  const versitygw = await installVersitygw();
  const delayProxy = await buildDelayProxy();
  const s5cmd = await installS5cmd();
  const field = await enlist({ peers: options.peers, s3pin: program, baseline });
  const versions = { node: process.version, versitygw: versitygw.version, ...field.versions };
  for (const [name, version] of Object.entries(versions)) note(`  ${name} ${version}`);
  for (const [name, reason] of Object.entries(field.missing)) note(`  ${name} is MISSING: ${reason}`);
  if (options.installOnly) return Object.keys(field.missing).length === 0 ? 0 : 1;

  checkRoom(parent, works, field);
  const stage = await openStage({ parent, versitygw: versitygw.path, s5cmd: s5cmd.path, s3pin: program });
  const results: WorkResult[] = [];
  const machine = describeMachine(parent);
  const save = () => {
    const tookS = (Date.now() - started.getTime()) / 1_000;
    const { missing } = field;
    write(options.out, { startedAt: started.toISOString(), tookS, machine, versions, missing, works: results });
  };
  try {
    for (const work of works) {
      const latencies = work.usesServer ? (options.latenciesMs ?? OWN_LATENCIES_MS[work.id] ?? [0]) : [0];
      for (const latencyMs of latencies) {
        const earlier = results.find((result) => result.work === work.id);
        const result = await runAtLatency(stage, work, {
          field,
          delayProxy,
          latencyMs,
          rounds: options.rounds,
          earlier,
        });
        results.push(result);
        console.log(`\n${headingOf(result)}\n\n${formatTextTable(COLUMNS, tableRows(result))}\n`);
        save();
      }
    }
  } finally {
    await stage.close();
  }
  const hasFailed = results.some(({ contenders }) => contenders.some(({ failure }) => failure !== undefined));
  return hasFailed || Object.keys(field.missing).length > 0 ? 1 : 0;
}

async function runAtLatency(
  stage: Stage,
  work: Work,
  options: {
    readonly field: Field;
    readonly delayProxy: string;
    readonly latencyMs: number;
    readonly rounds: number;
    readonly earlier: WorkResult | undefined;
  },
): Promise<WorkResult> {
  const { field, delayProxy, latencyMs, rounds, earlier } = options;
  note(`\n${work.id}. ${work.title}, ${latencyMs} ms …`);
  const proxy =
    latencyMs > 0
      ? await startLatencyProxy(delayProxy, { upstreamPort: stage.server.port, latencyMs, dir: stage.dir })
      : undefined;
  try {
    return await runWork(stage, work, {
      ...{ contenders: field.contenders, rounds, proxy, latencyMs, earlier },
      onRun: (name, round, { wallS, cpuS }) =>
        note(`  ${round.padEnd(8)} ${name.padEnd(18)} ${formatSeconds(wallS)} s, CPU ${formatSeconds(cpuS)} s`),
      onFailure: (name, message) => note(`  ${name} FAILED: ${message}`),
    });
  } finally {
    await proxy?.stop();
  }
}

/** A full memory-backed directory would take the machine down with it. */
function checkRoom(parent: string, works: readonly Work[], field: Field): void {
  const { bavail, bsize } = statfsSync(parent);
  const needed = Math.max(
    ...works.map((work) => {
      const count = field.contenders.filter(({ commands, rootOf }) => commands[work.id] && !rootOf).length;
      return work.sharedBytes + count * work.perContenderBytes;
    }),
  );
  if (bavail * bsize < needed)
    throw new Error(`${parent} has ${formatMebibytes(bavail * bsize)} MiB free, ${formatMebibytes(needed)} are needed`);
}

function write(out: string | undefined, result: BenchResult): void {
  const dir = resolve(out ?? DEFAULT_OUT);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "results.json"), `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(join(dir, "results.md"), formatMarkdown(result, { chartFile: "chart.svg" }));
  writeFileSync(join(dir, "chart.svg"), formatChart(result));
  note(`Written so far: results.json, results.md and chart.svg in ${dir} (${formatSeconds(result.tookS)} s)`);
}

/** What is going on; the tables alone go to standard output. */
function note(text: string): void {
  console.error(text);
}
