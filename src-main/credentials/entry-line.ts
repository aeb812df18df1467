import { isUtf8 } from 'node:buffer';
import type { CredentialIdentity } from './read-credentials.ts';

const backslash = 0x5c;
const quote = 0x22;

/** A line of an archive. It is made of bytes and never a string, so that whoever took it can wipe it. */
export function entryLine(identity: CredentialIdentity, secret: Uint8Array): Buffer {
  const { schema, table, column, path, leaf, key } = identity;
  const named = {
    schema,
    table,
    column,
    ...(path !== undefined && { path }),
    ...(leaf !== undefined && { leaf }),
    key,
  };
  const beginning = JSON.stringify(named).slice(0, -1);
  if (!isUtf8(secret)) {
    const bytes = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
    return Buffer.from(`${beginning},"base64":"${bytes.toString('base64')}"}\n`, 'utf8');
  }
  const head = Buffer.from(`${beginning},"text":"`, 'utf8');
  const tail = Buffer.from('"}\n', 'latin1');
  let length = head.length + tail.length;
  for (const byte of secret) length += escapedLength(byte);
  const line = Buffer.allocUnsafeSlow(length);
  let at = head.copy(line);
  for (const byte of secret) {
    if (byte < 0x20) at += line.write(`\\u${byte.toString(16).padStart(4, '0')}`, at, 'latin1');
    else {
      if (byte === quote || byte === backslash) line[at++] = backslash;
      line[at++] = byte;
    }
  }
  tail.copy(line, at);
  return line;
}

/** Of a byte of UTF-8 within a JSON string (RFC 8259, section 7). */
function escapedLength(byte: number): number {
  if (byte < 0x20) return 6;
  return byte === quote || byte === backslash ? 2 : 1;
}
