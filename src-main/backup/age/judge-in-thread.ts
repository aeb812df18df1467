import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { fewInTurn } from '#shared/few-in-turn';
import type { PassphraseJudgement } from './passphrase-strength.ts';

/** Somebody who types asks for one now and then. */
const maxWaiting = 3;

/** Judges passphrases in a thread of its own, since each takes up to a second of it. */
export interface PassphraseJudge {
  /** The caller keeps `passphrase`. Throws `request-refused` where several wait already. */
  judge(passphrase: Secret): Promise<PassphraseJudgement>;
}

export function createPassphraseJudge(): PassphraseJudge {
  const inTurn = fewInTurn(maxWaiting, busy);
  let thread: Worker | undefined;

  const ask = async (bytes: Uint8Array<ArrayBuffer>): Promise<PassphraseJudgement> => {
    if (!thread) {
      thread = new Worker(createRequire(import.meta.url).resolve('#judge-thread'));
      // it keeps nobody from leaving
      thread.unref();
      thread.once('exit', () => (thread = undefined));
    }
    const answer = once(thread, 'message');
    // given away, not copied: the thread wipes it
    thread.postMessage(bytes, [bytes.buffer]);
    const [judgement] = (await answer) as [PassphraseJudgement];
    return judgement;
  };

  return {
    judge: ({ bytes }) => {
      const copy = new Uint8Array(bytes);
      return inTurn(() => ask(copy));
    },
  };
}

function busy(): KeelError {
  return new KeelError(
    'request-refused',
    'other passphrases are being rated; this one was not',
    'wait a moment',
  );
}
