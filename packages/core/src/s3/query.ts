/** A query as the SDK keeps it. */
export type Query = Readonly<Record<string, string | readonly string[] | null | undefined>>;

/** A query in the order and encoding that SigV4 signs. */
export function queryString(query: Query): string {
  const parts: string[] = [];
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    if (value === undefined) continue;
    if (value === null) parts.push(uriEncode(name));
    else if (typeof value === "string") parts.push(`${uriEncode(name)}=${uriEncode(value)}`);
    else for (const one of value) parts.push(`${uriEncode(name)}=${uriEncode(one)}`);
  }
  return parts.join("&");
}

/**
 * Percent-encoding as AWS wants it: all but unreserved characters.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html "UriEncode()"
 */
export function uriEncode(text: string): string {
  // Most names are plain, and looking takes a tenth of encoding.
  if (/^[\w.~-]*$/.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
