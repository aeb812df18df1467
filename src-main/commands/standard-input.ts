import { KeelError } from '#errors/keel-error';

/**
 * Reads what is piped in; the caller wipes it. Its chunks are wiped, also if reading fails. Throws `key-file-unreadable` for more than
 * `max` bytes, because a device never ends. `what` names the input in the message.
 */
export async function readStandardInput(
  what: string,
  max: number,
  input: AsyncIterable<Buffer> = process.stdin,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of input) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > max) throw tooLong(what, max);
    }
    return Buffer.concat(chunks);
  } finally {
    for (const chunk of chunks) chunk.fill(0);
  }
}

function tooLong(what: string, max: number): KeelError {
  return new KeelError(
    'key-file-unreadable',
    `standard input is longer than ${max} bytes, which is too long for the ${what}; nothing was changed`,
    `pass only the ${what}`,
  );
}
