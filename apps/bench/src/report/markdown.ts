import type { BenchResult, WorkResult } from "./result.ts";
import { COLUMNS, formatMarkdownTable, headingOf, tableRows } from "./table.ts";

/** The whole result as a page; the chart is a file beside it. */
export function formatMarkdown(result: BenchResult, { chartFile }: { readonly chartFile: string }): string {
  const { machine, versions, missing } = result;
  const memory = `${Math.round(machine.memoryBytes / 1024 ** 3)} GiB`;
  return `${[
    `# s3pin and its peers, ${result.startedAt.slice(0, 10)}`,
    `${machine.cpu}, ${machine.cores} cores, ${memory}; ${machine.system}; files in ${machine.directory}. Each figure is the median (min–max) of the runs.`,
    `![chart](${chartFile})`,
    ...result.works.map(formatWork),
    "## Versions",
    formatMarkdownTable(
      ["program", "version"],
      Object.entries(versions).map(([name, version]) => [name, version]),
    ),
    ...Object.entries(missing).map(([name, reason]) => `**${name} is missing:** ${oneLine(reason)}`),
    "## How they were called",
    [...callsOf(result.works)].map(([line, works]) => `- ${works.join(", ")}: \`${line}\``).join("\n"),
  ].join("\n\n")}\n`;
}

function formatWork(work: WorkResult): string {
  const failures = work.contenders.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`**${name} failed:** ${oneLine(failure)}`],
  );
  return [
    `## ${headingOf(work)}`,
    formatMarkdownTable(COLUMNS, tableRows(work)),
    ...failures,
    `Load average when it began: ${work.loadAverage.toFixed(2)}.`,
  ].join("\n\n");
}

/** Each way of calling, with the works that used it. */
function callsOf(works: readonly WorkResult[]): Map<string, string[]> {
  const calls = new Map<string, string[]>();
  for (const { work, contenders } of works) {
    for (const { commandLine } of contenders) {
      const used = calls.get(commandLine) ?? [];
      if (!used.includes(work)) calls.set(commandLine, [...used, work]);
    }
  }
  return calls;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}
