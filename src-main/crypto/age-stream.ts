import { KeelError } from '#errors/keel-error';
import { ageLibrary } from './age-library.ts';
import { passphraseBytes, passphraseIdentity, passphraseRecipient } from './age-passphrase.ts';
import { type SealedTo, sealedToOf } from './sealed-to.ts';
import type { Secret } from './secret.ts';

/** What a stream is sealed to: one passphrase, or public keys (`age1…`) of which any one's identity opens it. */
export type StreamSeal = { readonly passphrase: Secret } | { readonly recipients: readonly string[] };

/** What opens one. The giver keeps the secret. */
export type StreamOpener = { readonly passphrase: Secret } | { readonly identities: readonly string[] };

/** More chunks than the queues of the library's streams hold between reading one and having sealed it. */
const chunksUnderWay = 8;

/**
 * Seals bytes as they come into an age file (v1, not armored), which `age --decrypt` opens. Takes the chunks over and wipes
 * them once they are sealed. Throws `passphrase-missing`, and what the source throws.
 */
export async function* sealStream(
  plain: AsyncIterable<Uint8Array>,
  seal: StreamSeal,
  workFactor?: number,
): AsyncGenerator<Uint8Array> {
  const { Encrypter } = await ageLibrary();
  const encrypter = new Encrypter();
  if ('passphrase' in seal) {
    encrypter.addRecipient(passphraseRecipient(passphraseBytes(seal.passphrase), workFactor));
  } else for (const recipient of seal.recipients) encrypter.addRecipient(recipient);
  const underWay: Uint8Array[] = [];
  async function* followed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of plain) {
      if (underWay.push(chunk) > chunksUnderWay) underWay.shift()?.fill(0);
      yield chunk;
    }
  }
  try {
    yield* (await encrypter.encrypt(asWebStream(followed()))) as AsyncIterable<Uint8Array>;
  } finally {
    for (const chunk of underWay) chunk.fill(0);
  }
}

/**
 * Opens an age file as it comes; the taker wipes the chunks. Each chunk is authenticated before it is handed on; a file that was cut off throws at its end,
 * so nothing may be taken as whole before that. Throws `passphrase-wrong` or `archive-unreadable`.
 */
export async function* openStream(
  sealed: AsyncIterable<Uint8Array>,
  opener: StreamOpener,
): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await ageLibrary();
  const decrypter = new Decrypter();
  if ('passphrase' in opener) decrypter.addIdentity(passphraseIdentity(passphraseBytes(opener.passphrase)));
  else for (const identity of opener.identities) decrypter.addIdentity(identity);
  const sealedTo = sealedToOf(decrypter);
  let payload: AsyncIterable<Uint8Array>;
  try {
    payload = await decrypter.decrypt(asWebStream(sealed));
  } catch (error) {
    if (error instanceof KeelError) throw error;
    throw refusal(sealedTo(), 'passphrase' in opener, error);
  }
  try {
    yield* payload;
  } catch (error) {
    if (error instanceof KeelError) throw error;
    throw new KeelError(
      'archive-unreadable',
      'its header decrypts, but its content is truncated or altered; nothing was changed',
      'use another copy of the archive',
      { cause: error },
    );
  }
}

function refusal(sealedTo: SealedTo, byPassphrase: boolean, cause: unknown): KeelError {
  if (!sealedTo) {
    const message = 'it is not an age file, or its header is truncated or altered; nothing was changed';
    return new KeelError('archive-unreadable', message, 'use another copy of the archive', { cause });
  }
  if (sealedTo === 'recipients') {
    const remedy = byPassphrase ? 'use the matching identity file' : 'use another identity file';
    const message = byPassphrase
      ? 'it is encrypted to a public key, not with a passphrase; nothing was changed'
      : 'none of these identities decrypts it; nothing was changed';
    return new KeelError('passphrase-wrong', message, remedy, { cause });
  }
  const message = byPassphrase
    ? 'the passphrase does not decrypt it; nothing was changed'
    : 'it is encrypted with a passphrase, not to a public key; nothing was changed';
  const remedy = byPassphrase ? 'try the passphrase again' : 'use its passphrase';
  return new KeelError('passphrase-wrong', message, remedy, { cause });
}

function asWebStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
