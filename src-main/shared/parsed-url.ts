/**
 * A URL, or undefined for what is none. Not by `URL.canParse`: once V8 has optimised the call, Node 20 refuses texts with letters of Latin-1.
 */
export function parsedUrl(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
