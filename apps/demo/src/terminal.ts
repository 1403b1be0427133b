import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Coloured on a terminal that wants colours, plain elsewhere. */
function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function title(text: string): void {
  console.log(`\n${paint("bold", text)}`);
}

export function say(text = ""): void {
  console.log(text === "" ? "" : `  ${text}`);
}

/** A command as a user types it. */
export function command(text: string): void {
  console.log(`\n  ${paint("cyan", `$ ${text}`)}`);
}

/** What a command printed. */
export function output(text: string): void {
  for (const line of text.trimEnd().split("\n")) if (line.trim() !== "") console.log(`    ${paint("dim", line)}`);
}

/** What was seen to hold. */
export function checked(text: string): void {
  console.log(`  ${paint("green", "✔")} ${text}`);
}

export function failed(text: string): void {
  console.error(`  ${paint("red", "✘")} ${text}`);
}
