/**
 * Undoes S3's `encoding-type=url`: `+` stands for a blank, and percent-encoding for UTF-8.
 * @returns undefined when `text` cannot be so encoded
 */
export function decodeUrl(text: string): string | undefined {
  const blanked = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!blanked.includes("%")) return blanked;
  try {
    return decodeURIComponent(blanked);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}
