import { printable, S3PinError } from "../errors.ts";

const SLASH = 0x2f;
const GREATER = 0x3e;
const BANG = 0x21;
const QUESTION = 0x3f;
const COLON = 0x3a;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/**
 * Walks the elements of a small XML document in order, without building a tree: `nextChild()` enters elements, `text()`
 * and `skip()` leave them. Knows what S3 servers send (attributes, namespace prefixes, comments, CDATA, entities);
 * refuses what they never do and attackers like (DOCTYPE, own entities). Every method throws `UNEXPECTED_ANSWER` when
 * the document is not well-formed where it is read.
 */
export class XmlCursor {
  /** Local name of the element entered last, without its namespace prefix. */
  name = "";
  readonly #xml: string;
  #at = 0;
  /** Full names of the elements entered and not yet left. */
  readonly #open: string[] = [];
  /** Whether the element entered last was written `<Name/>`. */
  #isSelfClosed = false;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** Enters the document's root element. */
  enterRoot(): void {
    const first = this.#xml.indexOf("<");
    const before = this.#xml.slice(0, first < 0 ? 64 : first);
    if (first < 0 || !/^\uFEFF?\s*$/.test(before)) throw this.refuse("it is not XML");
    if (!this.nextChild()) throw this.refuse("it has no root element");
  }

  /** Enters the next child of the element that is open, or leaves that element and says false. Text is passed over. */
  nextChild(): boolean {
    if (this.#isSelfClosed) {
      this.#isSelfClosed = false;
      this.#open.pop();
      return false;
    }
    for (;;) {
      const tagAt = this.#xml.indexOf("<", this.#at);
      if (tagAt < 0) throw this.refuse("it ends too early");
      const mark = this.#xml.charCodeAt(tagAt + 1);
      if (mark === SLASH) {
        this.#leave(tagAt);
        return false;
      }
      if (mark !== BANG && mark !== QUESTION) {
        this.#enter(tagAt);
        return true;
      }
      this.#passMarkup(tagAt);
    }
  }

  /** The text of the element entered last, entities decoded, and leaves it. */
  text(): string {
    if (this.#isSelfClosed) {
      this.nextChild();
      return "";
    }
    let text = "";
    for (;;) {
      const tagAt = this.#xml.indexOf("<", this.#at);
      if (tagAt < 0) throw this.refuse("it ends too early");
      const raw = this.#xml.slice(this.#at, tagAt);
      const part = raw.includes("&") ? this.#decodeEntities(raw) : raw;
      // adding to "" would make a copy of every text in the document
      text = text === "" ? part : text + part;
      const mark = this.#xml.charCodeAt(tagAt + 1);
      if (mark === SLASH) {
        this.#leave(tagAt);
        return text;
      }
      if (mark !== BANG && mark !== QUESTION) throw this.refuse(`<${this.name}> holds elements where text belongs`);
      text += this.#passMarkup(tagAt);
    }
  }

  /** Leaves the element entered last, with all that it holds. */
  skip(): void {
    const depth = this.#open.length;
    while (this.#open.length >= depth) this.nextChild();
  }

  /** Checks that nothing but blanks and comments follows the root element. */
  end(): void {
    for (;;) {
      const tagAt = this.#xml.indexOf("<", this.#at);
      const between = this.#xml.slice(this.#at, tagAt < 0 ? undefined : tagAt);
      if (between.trim() !== "") throw this.refuse("something follows its end");
      if (tagAt < 0) return;
      const mark = this.#xml.charCodeAt(tagAt + 1);
      if (mark !== BANG && mark !== QUESTION) throw this.refuse("something follows its end");
      if (this.#passMarkup(tagAt) !== "") throw this.refuse("something follows its end");
    }
  }

  /** The error for a document that cannot be what was asked for. */
  refuse(problem: string): S3PinError {
    const start = this.#xml.slice(0, 120);
    const shown = problem.length > 300 ? `${problem.slice(0, 300)}…` : problem;
    return new S3PinError("UNEXPECTED_ANSWER", `The store's list of versions cannot be read: ${shown}`, {
      hint: `Check the endpoint: is it an S3 API, with no proxy or login page before it? The answer begins: ${printable(start)}`,
      details: { offset: this.#at, found: start },
    });
  }

  #enter(tagAt: number): void {
    const xml = this.#xml;
    let nameAt = tagAt + 1;
    let end = nameAt;
    let code = xml.charCodeAt(end);
    while (isNameCode(code)) {
      end++;
      if (code === COLON) nameAt = end;
      code = xml.charCodeAt(end);
    }
    if (nameAt === end) throw this.refuse("a tag has no name");
    this.name = xml.slice(nameAt, end);
    this.#open.push(nameAt === tagAt + 1 ? this.name : xml.slice(tagAt + 1, end));
    this.#at = code === GREATER ? end + 1 : this.#passAttributes(end);
    // no attribute can end in this slash: its value would end in a quote
    this.#isSelfClosed = code !== GREATER && xml.charCodeAt(this.#at - 2) === SLASH;
  }

  #passAttributes(from: number): number {
    const first = this.#xml.charCodeAt(from);
    if (first !== SLASH && !isBlank(first)) throw this.refuse("a tag is not well-formed");
    for (let at = from; at < this.#xml.length; at++) {
      const code = this.#xml.charCodeAt(at);
      if (code === GREATER) return at + 1;
      if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
        at = this.#xml.indexOf(code === DOUBLE_QUOTE ? '"' : "'", at + 1);
        if (at < 0) break;
      }
    }
    throw this.refuse("it ends too early");
  }

  #leave(tagAt: number): void {
    const name = this.#open.pop();
    if (name === undefined || !this.#xml.startsWith(name, tagAt + 2)) {
      throw this.refuse(`<${name ?? ""}> is not closed where it should be`);
    }
    let at = tagAt + 2 + name.length;
    while (isBlank(this.#xml.charCodeAt(at))) at++;
    if (this.#xml.charCodeAt(at) !== GREATER) throw this.refuse(`<${name}> is not closed where it should be`);
    this.#at = at + 1;
  }

  /** Passes over a comment, a processing instruction or CDATA, and gives the text of the last. */
  #passMarkup(tagAt: number): string {
    const xml = this.#xml;
    if (xml.startsWith("<!--", tagAt)) {
      this.#at = this.#after("-->", tagAt + 4);
      return "";
    }
    if (xml.startsWith("<![CDATA[", tagAt)) {
      this.#at = this.#after("]]>", tagAt + 9);
      return xml.slice(tagAt + 9, this.#at - 3);
    }
    if (xml.startsWith("<?", tagAt)) {
      this.#at = this.#after("?>", tagAt + 2);
      return "";
    }
    throw this.refuse("it declares a document type, which S3 never does");
  }

  #after(end: string, from: number): number {
    const at = this.#xml.indexOf(end, from);
    if (at < 0) throw this.refuse("it ends too early");
    return at + end.length;
  }

  #decodeEntities(raw: string): string {
    // most entities of a listing are the quotes around ETags: together with the times, a third of a page's cost
    const isQuoted = raw.startsWith("&quot;") && raw.indexOf("&", 6) === raw.length - 6 && raw.endsWith("&quot;");
    if (isQuoted) return `"${raw.slice(6, -6)}"`;
    return raw.replace(/&(?:#x([0-9a-f]{1,8})|#([0-9]{1,8})|([a-z]+));|&/gi, (found, hex, decimal, named) => {
      const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : -1;
      const isCharacter = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      const character = isCharacter ? String.fromCodePoint(code) : ENTITIES.get(named);
      if (character === undefined) throw this.refuse(`${printable(found)} is no character`);
      return character;
    });
  }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Letters, digits and `:-._`: all that element names of S3 answers are made of. */
function isNameCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x3a) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x5f
  );
}
