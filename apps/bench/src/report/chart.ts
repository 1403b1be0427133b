import type { BenchResult, ContenderResult, WorkResult } from "./result.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { BASE } from "./table.ts";
import { formatSeconds } from "./units.ts";

const WIDTH = 980;
const MARGIN = 32;
const COLUMN_GAP = 40;
const CARD_WIDTH = (WIDTH - 2 * MARGIN - COLUMN_GAP) / 2;
const LABEL_WIDTH = 132;
const VALUE_WIDTH = 78;
const BAR_WIDTH = CARD_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const ROW_HEIGHT = 36;
const BAR_HEIGHT = 13;
const CARD_HEAD = 54;
const CARD_GAP = 26;
const HEAD = 96;
/** A bar of so many times the middle client's is cut: next to it, the others could no longer be told apart. */
const CUT_AT = 4;

/** A card for each work, in two columns: a strong bar of wall time and a pale one of CPU time for each client. */
export function formatChart(result: BenchResult): string {
  let [leftEnd, rightEnd] = [HEAD, HEAD];
  const cards = result.works.map((work) => {
    const isLeft = leftEnd <= rightEnd;
    const x = isLeft ? MARGIN : MARGIN + CARD_WIDTH + COLUMN_GAP;
    const card = `<g transform="translate(${x} ${isLeft ? leftEnd : rightEnd})">${cardOf(work)}</g>`;
    if (isLeft) leftEnd += heightOf(work) + CARD_GAP;
    else rightEnd += heightOf(work) + CARD_GAP;
    return card;
  });
  const height = Math.max(leftEnd, rightEnd) + 10;
  const { cpu, cores, directory } = result.machine;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">s3pin and its peers: wall and CPU seconds</title>
<style>
text { font-family: system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; fill: #1f2933; font-size: 12.5px }
.h1 { font-size: 22px; font-weight: 650 } .h2 { font-size: 15px; font-weight: 650 } .soft { fill: #66727f; font-size: 12px }
.own { font-weight: 650 } .end { text-anchor: end }
.wall { fill: #9aa8b6 } .cpu { fill: #d5dce3 } .own.wall { fill: #0f766e } .own.cpu { fill: #99d5cd }
.range { stroke: #1f2933; stroke-width: 1; stroke-opacity: .55 } .axis { stroke: #cbd3da; stroke-width: 1 }
.cut { stroke: #fff; stroke-width: 3 }
</style>
<rect width="100%" height="100%" fill="#fff"/>
<text class="h1" x="${MARGIN}" y="44">Seconds to do the same work: less is better</text>
<text class="soft" x="${MARGIN}" y="66">${escapeXml(`${cpu}, ${cores} cores, files in ${directory}, server on the same machine; ${result.startedAt.slice(0, 10)}`)}</text>
${legend()}
${cards.join("\n")}
</svg>
`;
}

function legend(): string {
  const y = 28;
  const x = WIDTH - MARGIN - 236;
  return `<g transform="translate(${x} ${y})"><rect class="wall" width="22" height="11" y="6"/><text x="28" y="16">wall time</text><rect class="cpu" x="104" width="22" height="11" y="6"/><text x="132" y="16">CPU of the client</text></g>
<text class="soft end" x="${WIDTH - MARGIN}" y="66">median; the line spans least to greatest</text>`;
}

function heightOf({ contenders }: WorkResult): number {
  return CARD_HEAD + contenders.length * ROW_HEIGHT;
}

function cardOf(work: WorkResult): string {
  const bars = work.contenders.map(barsOf);
  const longest = bars.flatMap(({ wall, cpu }) => (wall && cpu ? [Math.max(wall.max, cpu.max)] : []));
  const scaleS = Math.min(Math.max(...longest), CUT_AT * (spreadOf(longest)?.median ?? 0));
  const latency = work.latencyMs > 0 ? `, ${work.latencyMs} ms away` : "";
  const rows = bars.map((bar, row) => {
    const y = CARD_HEAD + row * ROW_HEIGHT;
    const own = bar.name === BASE ? " own" : "";
    const name = `<text class="end${own}" x="${LABEL_WIDTH - 10}" y="${y + 16}">${escapeXml(bar.name)}</text>`;
    if (bar.wall === undefined) return `${name}<text class="soft" x="${LABEL_WIDTH + 6}" y="${y + 16}">failed</text>`;
    return `${name}${barOf(`wall${own}`, bar.wall, y, scaleS)}${barOf(`cpu${own}`, bar.cpu, y + BAR_HEIGHT + 1, scaleS)}`;
  });
  return [
    `<text class="h2" y="18">${escapeXml(`${work.work}. ${work.title}${latency}`)}</text>`,
    `<text class="soft" y="37">${escapeXml(work.about)}</text>`,
    ...rows,
    `<line class="axis" x1="${LABEL_WIDTH}" x2="${LABEL_WIDTH}" y1="${CARD_HEAD - 4}" y2="${heightOf(work) - 4}"/>`,
  ].join("\n");
}

function barsOf({ name, runs }: ContenderResult) {
  return { name, wall: spreadOf(runs.map(({ wallS }) => wallS)), cpu: spreadOf(runs.map(({ cpuS }) => cpuS)) };
}

function barOf(kind: string, spread: Spread | undefined, y: number, scaleS: number): string {
  if (spread === undefined) return "";
  const isCut = spread.median > scaleS;
  const xOf = (seconds: number) => round(LABEL_WIDTH + (Math.min(seconds, scaleS) / scaleS) * BAR_WIDTH);
  const end = xOf(spread.median);
  const middle = y + BAR_HEIGHT / 2;
  const bar = `<rect class="${kind}" x="${LABEL_WIDTH}" y="${y}" width="${round(end - LABEL_WIDTH)}" height="${BAR_HEIGHT}"/>`;
  const cut = `<line class="cut" x1="${end - 16}" y1="${y + BAR_HEIGHT + 1}" x2="${end - 10}" y2="${y - 1}"/>`;
  const range = `<line class="range" x1="${xOf(spread.min)}" x2="${xOf(spread.max)}" y1="${middle}" y2="${middle}"/>`;
  const value = `<text${kind.startsWith("wall") ? "" : ' class="soft"'} x="${isCut ? end + 5 : xOf(spread.max) + 5}" y="${y + 11}">${formatSeconds(spread.median)} s</text>`;
  return bar + (isCut ? cut : range) + value;
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
