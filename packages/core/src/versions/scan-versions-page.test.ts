import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isS3PinError } from "../errors.ts";
import { scanVersionsPage } from "./scan-versions-page.ts";
import type { ObjectVersion, VersionsPage } from "./types.ts";

const DATE = "<LastModified>2026-11-02T10:00:00.000Z</LastModified>";
const DATE_MS = Date.UTC(2026, 10, 2, 10);

const version = (key: string, more = "") =>
  `<Version><Key>${key}</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest>${DATE}<ETag>&quot;e1&quot;</ETag><Size>3</Size>${more}</Version>`;
const marker = (key: string) =>
  `<DeleteMarker><Key>${key}</Key><VersionId>m1</VersionId><IsLatest>false</IsLatest>${DATE}</DeleteMarker>`;
const result = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListVersionsResult>`;
const url = (inner: string) => result(`<EncodingType>url</EncodingType>${inner}`);
const scan = (inner: string) => scanVersionsPage(result(inner));
const firstRow = (xml: string): ObjectVersion | undefined => scanVersionsPage(xml).rows[0];
const keys = (xml: string) => scanVersionsPage(xml).rows.map(({ key }) => key);

describe("scanVersionsPage()", () => {
  it("reads versions and delete markers in document order", () => {
    const xml = `
      <?xml version="1.0"?>
      <ListVersionsResult>
        <Name>media.example.com</Name> <Prefix>site/</Prefix> <MaxKeys>4</MaxKeys>
        <IsTruncated>true</IsTruncated>
        <NextKeyMarker>b</NextKeyMarker>
        <NextVersionIdMarker>v.3_-</NextVersionIdMarker>
        <DeleteMarker>
          <Key>a</Key> <VersionId>m1</VersionId> <IsLatest>true</IsLatest>
          <LastModified>2026-11-02T10:00:01Z</LastModified>
          <Owner><ID>1</ID><Key>not this one</Key></Owner>
        </DeleteMarker>
        <Version>
          <Owner><ID>1</ID><DisplayName>x</DisplayName></Owner>
          <StorageClass>STANDARD</StorageClass>
          <Size> 17 </Size>
          <ETag>"9b2cf535f27731c974343645a3985328-2"</ETag>
          <ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>
          <LastModified>2026-11-02T10:00:00.250Z</LastModified>
          <IsLatest>false</IsLatest>
          <VersionId>v1</VersionId>
          <Key>a</Key>
        </Version>
        <CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>
        <DeleteMarker><Key>b</Key><VersionId>m2</VersionId><IsLatest>false</IsLatest>${DATE}</DeleteMarker>
      </ListVersionsResult>
    `.replace(/^\s+/, "");
    const expected: VersionsPage = {
      rows: [
        {
          key: "a",
          versionId: "m1",
          isDeleteMarker: true,
          isLatest: true,
          lastModifiedMs: DATE_MS + 1000,
          sizeBytes: 0,
          etag: "",
        },
        {
          key: "a",
          versionId: "v1",
          isDeleteMarker: false,
          isLatest: false,
          lastModifiedMs: DATE_MS + 250,
          sizeBytes: 17,
          etag: "9b2cf535f27731c974343645a3985328-2",
        },
        {
          key: "b",
          versionId: "m2",
          isDeleteMarker: true,
          isLatest: false,
          lastModifiedMs: DATE_MS,
          sizeBytes: 0,
          etag: "",
        },
      ],
      isTruncated: true,
      nextKeyMarker: "b",
      nextVersionIdMarker: "v.3_-",
    };
    expect(scanVersionsPage(xml)).toEqual(expected);
    expect(scanVersionsPage(xml.replaceAll("\n", "\r\n"))).toEqual(expected);
  });

  it.each([
    { name: "entities", xml: "&amp;amp;&lt;&gt;&quot;&apos;", key: `&amp;<>"'` },
    { name: "numeric entities", xml: "&#13;&#x1;&#X1f600;&#10;&#xfffe;", key: "\r\u0001😀\n\ufffe" },
    { name: "raw control characters and a raw return", xml: "a\u0001\r\n\tb", key: "a\u0001\r\n\tb" },
    { name: "blanks at both ends", xml: " a ", key: " a " },
    { name: "plus and percent, not url encoded", xml: "a+b%41%zz", key: "a+b%41%zz" },
    { name: "CDATA and comments", xml: "a<!-- &no; --><![CDATA[<&amp;>]]>b", key: "a<&amp;>b" },
    { name: "other scripts and emoji", xml: "é/한/😀", key: "é/한/😀" },
    { name: "what looks like markup", xml: "x&lt;Key&gt;]]&gt;", key: "x<Key>]]>" },
  ])("keeps a key with $name", ({ xml, key }) => {
    expect(keys(result(version(xml) + marker(xml)))).toEqual([key, key]);
  });

  it.each([
    { name: "plus as a blank", xml: "a+b%2Bc", key: "a b+c" },
    { name: "percent-encoded UTF-8", xml: "%F0%9F%98%80%2f%C3%A9", key: "😀/é" },
    { name: "control characters", xml: "%01%0D%0A%7F", key: "\u0001\r\n\u007f" },
    { name: "percent signs, once", xml: "%2541", key: "%41" },
    { name: "entities first", xml: "a&amp;%26", key: "a&&" },
  ])("decodes a url encoded key with $name", ({ xml, key }) => {
    expect(keys(url(version(xml)))).toEqual([key]);
    expect(keys(result(`${version(xml)}<EncodingType> URL </EncodingType>`))).toEqual([key]);
  });

  it.each(["<EncodingType/>", "<EncodingType></EncodingType>", ""])("decodes nothing with '%s'", (encodingType) => {
    const page = scan(`${encodingType}<NextKeyMarker>a+%41</NextKeyMarker>${version("a+%41")}`);
    expect(page.rows[0]?.key).toBe("a+%41");
    expect(page.nextKeyMarker).toBe("a+%41");
  });

  it("decodes the key marker with the keys, and never the version id marker", () => {
    const page = scanVersionsPage(
      url("<NextKeyMarker>a+b%2B%25[minio_cache:v2]</NextKeyMarker><NextVersionIdMarker>v+%31</NextVersionIdMarker>"),
    );
    expect(page.nextKeyMarker).toBe("a b+%[minio_cache:v2]");
    expect(page.nextVersionIdMarker).toBe("v+%31");
  });

  it("takes the key marker as it is when the page shows that it is not encoded", () => {
    const page = (marker: string) =>
      scanVersionsPage(url(`<NextKeyMarker>${marker}</NextKeyMarker>${version("%2541")}`));
    expect(page("%41").nextKeyMarker).toBe("%41");
    expect(page("%2541").nextKeyMarker).toBe("%41");
  });

  it("throws LISTING_STUCK at a marker that stands for another key", () => {
    const stuck = `<IsTruncated>true</IsTruncated><NextKeyMarker>a\uFFFD</NextKeyMarker>`;
    expect(() => scan(stuck)).toThrow(expect.objectContaining({ code: "LISTING_STUCK" }));
    expect(scan(stuck.replace("true", "false")).isTruncated).toBe(false);
    expect(scanVersionsPage(url(stuck)).nextKeyMarker).toBe("a\uFFFD");
  });

  it.each([
    ["nothing", "", undefined, undefined],
    ["empty markers", "<NextKeyMarker/><NextVersionIdMarker></NextVersionIdMarker>", undefined, undefined],
    ["a key marker alone", "<NextKeyMarker>k</NextKeyMarker>", "k", undefined],
    ["a version id marker alone", "<NextVersionIdMarker>v</NextVersionIdMarker>", undefined, "v"],
  ])("gives the markers of an answer with %s", (_, xml, nextKeyMarker, nextVersionIdMarker) => {
    expect(scan(`<IsTruncated>false</IsTruncated>${xml}`)).toEqual({
      rows: [],
      isTruncated: false,
      nextKeyMarker,
      nextVersionIdMarker,
    });
  });

  it.each([
    ["<IsTruncated>true</IsTruncated>", true],
    ["<IsTruncated> True\n</IsTruncated>", true],
    ["<IsTruncated>false</IsTruncated><NextKeyMarker>k</NextKeyMarker>", false],
    ["", false],
    ["<IsTruncated/><NextKeyMarker>k</NextKeyMarker>", true],
  ])("says of %s whether more follows: %s", (xml, isTruncated) => {
    expect(scan(xml).isTruncated).toBe(isTruncated);
  });

  it("takes an answer with namespace prefixes, attributes and self-closing tags", () => {
    const xml = `\uFEFF<!-- by a proxy --><s3:ListVersionsResult xmlns:s3='http://x/?a>b' b="'/>">
      <s3:Version a="<1>"><s3:Key>k</s3:Key><s3:VersionId /><s3:ETag/><s3:Size>0</s3:Size>${DATE}
      <s3:Owner x="/"/><s3:Restore><s3:A><s3:Key/></s3:A></s3:Restore></s3:Version>
      <s3:CommonPrefixes/><?pi >?></s3:ListVersionsResult ><!-- end -->\n`;
    expect(scanVersionsPage(xml).rows).toEqual([
      {
        key: "k",
        versionId: "null",
        isDeleteMarker: false,
        isLatest: false,
        lastModifiedMs: DATE_MS,
        sizeBytes: 0,
        etag: "",
      },
    ]);
  });

  it("takes the root's other name", () => {
    expect(scanVersionsPage("<ListBucketVersionsResult/>").rows).toEqual([]);
  });

  it.each([
    ["2026-11-02T10:00:00.000Z", DATE_MS],
    ["2026-11-02T10:00:00Z", DATE_MS],
    ["2026-11-02T10:00:00.5Z", DATE_MS + 500],
    ["2026-11-02T10:00:00.123999999Z", DATE_MS + 123],
    ["2026-11-02T12:00:00+02:00", DATE_MS],
    [" 2026-11-02T10:00:00Z\n", DATE_MS],
  ])("reads the time %s", (text, expected) => {
    expect(firstRow(result(version("k").replace("2026-11-02T10:00:00.000Z", text)))?.lastModifiedMs).toBe(expected);
  });

  it.each([
    ["&quot;9b2c-3&quot;", "9b2c-3"],
    [`"9b2c"`, "9b2c"],
    ["9b2c", "9b2c"],
    ["", ""],
    ["&quot;", '"'],
    ["&#34;9b2c&#34;", "9b2c"],
    ["&quot;a&quot;b&quot;", 'a"b'],
  ])("takes the quotes off the ETag %s", (text, etag) => {
    expect(firstRow(result(version("k").replace("&quot;e1&quot;", text)))?.etag).toBe(etag);
  });

  it("reads a size up to the largest safe integer", () => {
    expect(firstRow(result(version("k").replace(">3<", ">9007199254740991<")))?.sizeBytes).toBe(9007199254740991);
  });

  it.each<[name: string, xml: string, message: RegExp]>([
    ["nothing", "", /not XML/],
    ["blanks", " \n", /not XML/],
    ["JSON", `{"Error": "no"}`, /not XML/],
    ["text before the root", `no ${result("")}`, /not XML/],
    ["HTML", "<html><body>Sign in</body></html>", /<html>/],
    ["HTML with a doctype", "<!DOCTYPE html><html/>", /document type/],
    ["own entities", `<!DOCTYPE x [<!ENTITY a "b">]>${result("")}`, /document type/],
    ["a doctype later on", result("<!DOCTYPE x>"), /document type/],
    ["an error", "<Error><Code>SlowDown</Code><Message>Reduce</Message></Error>", /SlowDown: Reduce/],
    ["another listing", "<ListBucketResult/>", /<ListBucketResult>/],
    ["no closing root", result(version("k")).slice(0, -21), /ends too early/],
    ["a cut closing root", result(version("k")).slice(0, -5), /not closed/],
    ["a cut tag", result(version("k")).slice(0, -25), /ends too early|not closed/],
    ["a cut attribute", `<ListVersionsResult xmlns="http`, /ends too early/],
    ["a cut comment", "<ListVersionsResult><!-- ", /ends too early/],
    ["cut CDATA", "<ListVersionsResult><Name><![CDATA[", /ends too early/],
    ["crossed tags", result("<Version><Key>k</Version></Key>"), /<Key> is not closed/],
    ["a longer closing tag", result("<Name></Names>"), /<Name> is not closed/],
    ["a second root", `${result("")}${result("")}`, /follows its end/],
    ["text after the root", `${result("")}x`, /follows its end/],
    ["a tag without name", result("<>"), /no name/],
    ["a tag with a wrong name", result("<Ke!y>k</Ke!y>"), /not well-formed/],
    ["elements in a key", result(version("<b>k</b>")), /<b> holds|<Key> holds|elements/],
    ["an unknown entity", result(version("&nbsp;")), /&nbsp;/],
    ["a lone ampersand", result(version("a&b")), /& is no character/],
    ["a surrogate", result(version("&#xD83D;")), /&#xD83D;/],
    ["a number above Unicode", result(version("&#x110000;")), /&#x110000;/],
    ["a row without key", result(version("")), /<Key>/],
    ["a row without time", result(version("k").replace(DATE, "")), /k has no <LastModified>/],
    ["a version without size", result(version("k").replace("<Size>3</Size>", "")), /k has no <Size>/],
    ["an empty version", result("<Version/>"), /<Key>/],
    ["a broken percent sign", url(version("a%4")), /percent/],
    ["percent-encoded bytes that are not UTF-8", url(version("%ff")), /percent/],
    ["a broken percent sign in the marker", url("<NextKeyMarker>%</NextKeyMarker>"), /percent/],
    ["another encoding", result("<EncodingType>base64</EncodingType>"), /base64/],
    ["IsTruncated maybe", result("<IsTruncated>maybe</IsTruncated>"), /<IsTruncated> is "maybe"/],
    ["IsLatest yes", result(version("k").replace(">true<", ">yes<")), /<IsLatest> is "yes"/],
    ["a negative size", result(version("k").replace(">3<", ">-3<")), /<Size> is "-3"/],
    ["a size with a fraction", result(version("k").replace(">3<", ">3.5<")), /<Size>/],
    ["an empty size", result(version("k").replace(">3<", "><")), /<Size>/],
    ["a size too large", result(version("k").replace(">3<", ">9007199254740992<")), /<Size>/],
    ["no such day", result(version("k").replace("11-02", "02-30")), /<LastModified> is "2026-02-30/],
    ["no zone", result(version("k").replace(".000Z", "")), /<LastModified>/],
    ["another kind of date", result(version("k").replace("2026-11-02T10:00:00.000Z", "Mon, 02 Nov")), /<LastModified>/],
  ])("refuses %s", (_, xml, message) => {
    expect(() => scanVersionsPage(xml)).toThrow(
      expect.objectContaining({
        code: "UNEXPECTED_ANSWER",
        message: expect.stringMatching(message),
        hint: expect.any(String),
      }),
    );
  });

  it("shows control characters of an answer escaped", () => {
    try {
      scanVersionsPage("\u001b[2J<html>");
      expect.unreachable();
    } catch (error) {
      expect(isS3PinError(error) && `${error.message}${error.hint}`).not.toContain("\u001b");
    }
  });

  it("reads back any page that was written, plain and url encoded", () => {
    fc.assert(
      fc.property(pageArbitrary, fc.boolean(), fc.integer(), (page, isUrl, seed) => {
        expect(scanVersionsPage(writePage(page, isUrl, seed))).toEqual(page);
      }),
    );
  });

  it("gives a page or an S3PinError for any mutation of a page", () => {
    fc.assert(
      fc.property(pageArbitrary, fc.boolean(), fc.integer(), mutationsArbitrary, (page, isUrl, seed, mutations) => {
        const xml = mutations.reduce(mutate, writePage(page, isUrl, seed));
        try {
          expect(scanVersionsPage(xml).rows).toBeInstanceOf(Array);
        } catch (error) {
          expect(isS3PinError(error) && error.code, String(error)).toMatch(/^(?:UNEXPECTED_ANSWER|LISTING_STUCK)$/);
        }
      }),
    );
  });

  it.each([
    ["deep nesting", "<a>".repeat(200_000)],
    ["many open brackets", "<".repeat(200_000)],
    ["many ampersands", `<Name>${"&".repeat(200_000)}`],
    ["many quotes", `<Name ${`a="`.repeat(100_000)}`],
    ["many comments", "<!---->".repeat(100_000)],
    ["blanks in a size", `<Version><Size>${" ".repeat(200_000)}x</Size>`],
  ])("refuses %s in linear time", (_, inner) => {
    const startMs = performance.now();
    expect(() => scanVersionsPage(`<ListVersionsResult>${inner}`)).toThrow(/cannot be read/);
    // Quadratic work would take minutes.
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });
});

const textArbitrary = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(...("ab/ +%&<>\"'\r\n\t\u0001é😀".match(/./gsu) ?? [])),
    minLength: 1,
    maxLength: 12,
  }),
);
const timeArbitrary = fc.integer({ min: 0, max: Date.UTC(2200, 0) });
const rowArbitrary: fc.Arbitrary<ObjectVersion> = fc.oneof(
  fc.record({
    key: textArbitrary,
    versionId: fc.stringMatching(/^[\w.-]{1,32}$/),
    isDeleteMarker: fc.constant(false),
    isLatest: fc.boolean(),
    lastModifiedMs: timeArbitrary,
    sizeBytes: fc.maxSafeNat(),
    etag: fc.stringMatching(/^([0-9a-f]{32}(-[1-9]\d{0,3})?)?$/),
  }),
  fc.record({
    key: textArbitrary,
    versionId: fc.stringMatching(/^[\w.-]{1,32}$/),
    isDeleteMarker: fc.constant(true),
    isLatest: fc.boolean(),
    lastModifiedMs: timeArbitrary,
    sizeBytes: fc.constant(0),
    etag: fc.constant(""),
  }),
);
const pageArbitrary: fc.Arbitrary<VersionsPage> = fc
  .record({
    rows: fc.array(rowArbitrary, { maxLength: 20 }),
    isTruncated: fc.boolean(),
    nextKeyMarker: fc.option(textArbitrary, { nil: undefined }),
    nextVersionIdMarker: fc.option(fc.stringMatching(/^[\w.-]{1,32}$/), { nil: undefined }),
  })
  // a marker is the last key of its page, and what tells an encoded from a plain one relies on it
  .map((page) =>
    page.nextKeyMarker === undefined ? page : { ...page, nextKeyMarker: page.rows.at(-1)?.key ?? page.nextKeyMarker },
  );

/** Writes a page as some server might: `seed` decides the order of elements, their spacing and their entities. */
function writePage(page: VersionsPage, isUrl: boolean, seed: number): string {
  let state = seed >>> 0;
  const pick = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % count;
  };
  const escapeXml = (text: string): string =>
    text.replace(/[&<>"'\r\u0001-\u001f\ufffe\uffff]/g, (character) => {
      const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" }[character];
      const code = character.charCodeAt(0);
      return [named, `&#${code};`, `&#x${code.toString(16)};`][pick(3)] ?? `&#x${code.toString(16)};`;
    });
  const encode = (text: string): string => {
    if (!isUrl) return escapeXml(text);
    const encoded = encodeURIComponent(text).replaceAll("%20", pick(2) === 0 ? "+" : "%20");
    return escapeXml(encoded.replaceAll("%2F", pick(2) === 0 ? "/" : "%2f"));
  };
  const element = (name: string, text: string): string => {
    const gap = ["", " ", "\n  ", "\r\n\t"][pick(4)] ?? "";
    if (text === "" && pick(2) === 0) return `${gap}<${name}/>`;
    return pick(8) === 0 && !text.includes("&")
      ? `${gap}<${name}><![CDATA[${text}]]></${name}>`
      : `${gap}<${name}>${text}</${name}>`;
  };
  const shuffled = (parts: readonly string[]): string =>
    parts
      .map((part) => ({ part, at: pick(1000) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ part }) => part)
      .join("");
  const writeRow = (row: ObjectVersion): string => {
    const common = [
      element("Key", encode(row.key)),
      element("VersionId", row.versionId),
      element("IsLatest", String(row.isLatest)),
      element("LastModified", new Date(row.lastModifiedMs).toISOString()),
      `<Owner>${element("ID", "1")}${element("DisplayName", "x")}</Owner>`,
    ];
    if (row.isDeleteMarker) return `\n<DeleteMarker>${shuffled(common)}</DeleteMarker>`;
    const own = [
      element("ETag", row.etag === "" ? "" : `&quot;${row.etag}&quot;`),
      element("Size", String(row.sizeBytes)),
      element("StorageClass", "STANDARD"),
    ];
    return `<Version>${shuffled([...common, ...own])}</Version>`;
  };
  const head = [
    element("Name", "media.example.com"),
    element("IsTruncated", String(page.isTruncated)),
    ...(isUrl ? [element("EncodingType", "url")] : []),
    ...(page.nextKeyMarker === undefined ? [] : [element("NextKeyMarker", encode(page.nextKeyMarker))]),
    ...(page.nextVersionIdMarker === undefined ? [] : [element("NextVersionIdMarker", page.nextVersionIdMarker)]),
  ];
  const rows = page.rows.map(writeRow).join("");
  return result(pick(2) === 0 ? shuffled(head) + rows : rows + shuffled(head));
}

type Mutation = { readonly at: number; readonly length: number; readonly text: string };

const mutationsArbitrary: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 40 }),
    text: fc.oneof(
      fc.constant(""),
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        "<",
        ">",
        "/",
        "&",
        "%",
        "</",
        "<!",
        "<!--",
        "<![CDATA[",
        "]]>",
        "<?",
        '"',
        "\u0000",
        "<Key>",
        "</Version>",
      ),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutate(xml: string, { at, length, text }: Mutation): string {
  const from = Math.floor(at * xml.length);
  return xml.slice(0, from) + text + xml.slice(from + length);
}
