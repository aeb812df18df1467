import { setTimeout as pause } from 'node:timers/promises';
import type { AppState } from '#contract/app';
import type { KeychainCheck } from '#keyring/keychain';

type KeychainState = AppState['keychain'];

export interface KeychainStateOptions {
  /** Tries the keychain, for as long as it takes. */
  readonly check: () => Promise<KeychainCheck>;
  /** Called when what was told last is not true any more. */
  readonly changed: () => void;
  /** Milliseconds that the first answer may take. */
  readonly timeoutMs?: number;
}

/** How long the keychain's answer is taken for true: asking takes a round trip to it. */
const rememberMs = 30_000;
const silent: KeychainState = { works: false, why: 'the keychain has not responded yet' };

/**
 * The keychain as it was last known: nobody waits for one that is silent, and it is asked once at a time, since each call
 * that it does not answer holds a thread.
 */
export function followKeychain({
  check,
  changed,
  timeoutMs = 1_000,
}: KeychainStateOptions): () => Promise<KeychainState> {
  let known: KeychainState | undefined;
  let knownAt = 0;
  let reported: KeychainState | undefined;
  let running: Promise<KeychainState> | undefined;

  const look = async () => {
    known = stateFrom(await check().finally(() => (running = undefined)));
    knownAt = Date.now();
    if (reported && (reported.works !== known.works || reported.why !== known.why)) changed();
    return known;
  };

  return async () => {
    if (!known || Date.now() - knownAt >= rememberMs) running ??= look();
    reported = known ?? (await Promise.race([running ?? silent, pause(timeoutMs, silent)]));
    return reported;
  };
}

function stateFrom(check: KeychainCheck): KeychainState {
  return check.works ? { works: true } : { works: false, why: check.why };
}
