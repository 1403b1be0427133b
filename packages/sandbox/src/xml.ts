import { malformedXml } from "./errors.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Characters that XML text cannot hold as they are; the C0 controls are not even legal as references, but S3 sends them so. */
const SPECIAL = /[&<>"\x00-\x08\x0b-\x1f\ufffe\uffff]/g;

/** Escapes text as S3 does: `&#13;` for a carriage return, `&#x1;` and the like for other control characters. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (character) => {
    switch (character) {
      case "&":
        return "&amp;";
      case "<":
        return "&lt;";
      case ">":
        return "&gt;";
      case '"':
        return "&quot;";
      case "\r":
        return "&#13;";
      default:
        return `&#x${character.charCodeAt(0).toString(16)};`;
    }
  });
}

/** One element with text; nothing at all when there is no value. */
export function element(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? "" : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** A whole document with S3's namespace; `inner` is XML already. */
export function xmlDocument(root: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${inner}</${root}>`;
}

/** An error document: the one kind that S3 sends without a namespace. */
export function errorDocument(fields: Readonly<Record<string, string>>): string {
  const inner = Object.entries(fields).map(([name, value]) => element(name, value));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join("")}</Error>`;
}

/** The inner XML of every `<name>` in a request body, in document order. */
export function innerElements(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</${name}>)`, "g");
  return [...xml.matchAll(pattern)].map((match) => match[1] ?? "");
}

/** The text of the first `<name>`, or undefined. */
export function elementText(xml: string, name: string): string | undefined {
  const inner = innerElements(xml, name)[0];
  return inner === undefined ? undefined : unescapeXml(inner);
}

/** Refuses a body that has not the given root element. */
export function requireRoot(xml: string, root: string): void {
  if (innerElements(xml, root).length !== 1) throw malformedXml();
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(lt|gt|quot|apos|amp));/gi, (_, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" }[name as "lt"];
  });
}
