import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';

export interface TypedSecrets {
  readonly password?: string;
  readonly passphrase?: string;
}

/** What was typed for an environment, and is kept in memory until the app locks or ends. */
export interface SessionSecrets {
  password(environment: string): Secret | undefined;
  passphrase(environment: string): Secret | undefined;
  /** Names the time since the last wipe. What was typed before one must not be kept after it. */
  epoch(): number;
  /**
   * Takes copies of what was typed, in place of what was there. Throws `app-locked` where everything was wiped since
   * `epoch`, the time at which it was typed.
   */
  keep(environment: string, typed: TypedSecrets, epoch: number): void;
  forgetPassword(environment: string): void;
  forget(environment: string): void;
  /** Wipes everything, but for what nobody could type again: `spared`'s. */
  wipe(spared?: string): void;
}

export function createSessionSecrets(): SessionSecrets {
  const kept = { password: new Map<string, Secret>(), passphrase: new Map<string, Secret>() };
  const replace = (kind: keyof typeof kept, environment: string, text: string | undefined) => {
    if (text === undefined) return;
    kept[kind].get(environment)?.[Symbol.dispose]();
    kept[kind].set(environment, new Secret(Buffer.from(text, 'utf8')));
  };
  const drop = (kind: keyof typeof kept, environment: string) => {
    kept[kind].get(environment)?.[Symbol.dispose]();
    kept[kind].delete(environment);
  };
  let epoch = 0;
  return {
    epoch: () => epoch,
    forgetPassword: (environment) => drop('password', environment),
    password: (environment) => kept.password.get(environment),
    passphrase: (environment) => kept.passphrase.get(environment),
    keep(environment, { password, passphrase }, typedIn) {
      if (typedIn !== epoch) throw lockedDuring();
      replace('password', environment, password);
      replace('passphrase', environment, passphrase);
    },
    forget(environment) {
      drop('password', environment);
      drop('passphrase', environment);
    },
    wipe(spared) {
      epoch++;
      for (const kind of ['password', 'passphrase'] as const) {
        for (const environment of [...kept[kind].keys()]) if (environment !== spared) drop(kind, environment);
      }
    },
  };
}

/** The app was locked between the typing and its use. */
export function lockedDuring(): KeelError {
  return new KeelError(
    'app-locked',
    'Keel was locked in the meantime; your input was not kept',
    'unlock Keel, and enter it again',
  );
}
