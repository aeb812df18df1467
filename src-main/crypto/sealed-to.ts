import type { Decrypter, Stanza } from 'age-encryption';

/** What an age file is sealed to; undefined until its header was read. */
export type SealedTo = 'passphrase' | 'recipients' | undefined;

/**
 * Looks into the header of what `decrypter` opens, after its own identities: call it once they are added. The answer is undefined where one of them opened the file,
 * and where no header could be read, which tells a damaged header from a wrong passphrase.
 */
export function sealedToOf(decrypter: Decrypter): () => SealedTo {
  let sealedTo: SealedTo;
  // asked only when those before it opened nothing
  decrypter.addIdentity({
    unwrapFileKey(stanzas: Stanza[]) {
      sealedTo = stanzas.some((stanza) => stanza.args[0] === 'scrypt') ? 'passphrase' : 'recipients';
      return null;
    },
  });
  return () => sealedTo;
}
