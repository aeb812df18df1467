/**
 * Bytes as text: UTF-8, or UTF-16 as PowerShell and Windows editors write it, with a byte order mark or without one. Undefined for what
 * is no text.
 */
export function textOf(bytes: Buffer): string | undefined {
  const text = decode(bytes);
  // a key of random bytes is hardly ever text, and text has no control characters but those of its lines
  return text === undefined || /[^\P{Cc}\t\n\v\f\r]|\ufffd/u.test(text) ? undefined : text;
}

function decode(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return swapped(bytes.subarray(2));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3);
  // letters of ASCII in UTF-16 have a zero beside each, and others are few
  if (bytes.length >= 8 && bytes.length % 2 === 0) {
    const zeros = [0, 0];
    for (const [at, byte] of bytes.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
    const most = 0.7 * (bytes.length / 2);
    if (zeros[0] === 0 && (zeros[1] ?? 0) >= most) return bytes.toString('utf16le');
    if (zeros[1] === 0 && (zeros[0] ?? 0) >= most) return swapped(bytes);
  }
  return bytes.toString('utf8');
}

function swapped(bytes: Buffer): string | undefined {
  if (bytes.length % 2 === 1) return undefined;
  const copy = Buffer.from(bytes).swap16();
  const text = copy.toString('utf16le');
  copy.fill(0);
  return text;
}
