import { Secret } from '#crypto/secret';

/** What was typed for an environment, and is kept in memory until the app locks or ends. */
export interface SessionSecrets {
  password(environment: string): Secret | undefined;
  passphrase(environment: string): Secret | undefined;
  /** Takes copies of what was typed, in place of what was there. */
  keep(environment: string, typed: { readonly password?: string; readonly passphrase?: string }): void;
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
  return {
    password: (environment) => kept.password.get(environment),
    passphrase: (environment) => kept.passphrase.get(environment),
    keep(environment, { password, passphrase }) {
      replace('password', environment, password);
      replace('passphrase', environment, passphrase);
    },
    forget(environment) {
      drop('password', environment);
      drop('passphrase', environment);
    },
    wipe(spared) {
      for (const kind of ['password', 'passphrase'] as const) {
        for (const environment of [...kept[kind].keys()]) if (environment !== spared) drop(kind, environment);
      }
    },
  };
}
