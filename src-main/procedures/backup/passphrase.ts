import { generatePassphrase } from '#backup/age/generated-passphrase';
import { createPassphraseJudge } from '#backup/age/judge-in-thread';
import { Secret } from '#crypto/secret';
import { allowReveal } from '#procedures/allow-reveal';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import type { SuggestedPassphrases } from './suggested-passphrases.ts';

export interface PassphrasePorts extends Pick<Ports, 'native' | 'note' | 'clipboardSeconds' | 'assertOpen'> {
  readonly suggested: SuggestedPassphrases;
}

/** Passphrases of new backups: one that is made up and shown like a key, and what a typed one is worth. */
export function passphraseProcedures(
  ports: PassphrasePorts,
): Pick<Implementations, `passphrase.${'suggest' | 'reveal' | 'copy' | 'judge'}`> {
  const { suggested, native, note } = ports;
  const judge = createPassphraseJudge();
  return {
    async 'passphrase.suggest'() {
      const { passphrase, wordCount, bits } = await generatePassphrase();
      // locked meanwhile: nothing would wipe it any more
      try {
        ports.assertOpen();
      } catch (error) {
        passphrase[Symbol.dispose]();
        throw error;
      }
      return { suggestion: suggested.keep(passphrase), words: wordCount, bits };
    },

    async 'passphrase.reveal'({ suggestion }, { press }) {
      using passphrase = suggested.copyOf(suggestion);
      await allowReveal(
        { ...ports, press },
        {
          action: 'suggested passphrase revealed',
          detail: 'on the screen, while held',
        },
      );
      return { passphrase: passphrase.bytes.toString('utf8') };
    },

    async 'passphrase.copy'({ suggestion }) {
      using passphrase = suggested.copyOf(suggestion);
      const clearsInSeconds = ports.clipboardSeconds();
      await note({
        action: 'suggested passphrase copied',
        detail: `to the clipboard, for ${clearsInSeconds} s`,
        outcome: 'done',
      });
      ports.assertOpen();
      await native.copyText(passphrase.bytes.toString('utf8'), { clearAfterMs: clearsInSeconds * 1000 });
      return { clearsInSeconds };
    },

    async 'passphrase.judge'({ passphrase: typed }) {
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      const { verdict, words, warning } = await judge.judge(passphrase);
      return { verdict, words, ...(warning !== undefined && { warning }) };
    },
  };
}
