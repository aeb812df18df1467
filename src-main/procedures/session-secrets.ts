import { DerivationMemory } from '#crypto/derivation-memory';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';

export interface TypedSecrets {
  readonly password?: string;
  readonly passphrase?: string;
  /** What was derived from the passphrase already, which goes with it. */
  readonly derived?: DerivationMemory;
}

/** What was typed for an environment, and is kept in memory until the app locks or ends. */
export interface SessionSecrets {
  password(environment: string): Secret | undefined;
  passphrase(environment: string): Secret | undefined;
  /** What was derived from that passphrase last; there as long as it is. */
  derived(environment: string): DerivationMemory | undefined;
  /** Names the time since the last wipe. What was typed before one must not be kept after it. */
  epoch(): number;
  /** Throws `app-locked` where everything was wiped since `epoch`: before something is stored for which it would be missing. */
  assertSince(epoch: number): void;
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
  const passwords = new Kept<Secret>();
  const passphrases = new Kept<KeptPassphrase>();
  let epoch = 0;
  return {
    epoch: () => epoch,
    assertSince(typedIn) {
      if (typedIn !== epoch) throw lockedDuring();
    },
    forgetPassword: (environment) => passwords.drop(environment),
    password: (environment) => passwords.get(environment),
    passphrase: (environment) => passphrases.get(environment)?.passphrase,
    derived: (environment) => passphrases.get(environment)?.derived,
    keep(environment, { password, passphrase, derived = new DerivationMemory() }, typedIn) {
      if (typedIn !== epoch) {
        derived[Symbol.dispose]();
        throw lockedDuring();
      }
      if (password !== undefined) passwords.keep(environment, new Secret(Buffer.from(password, 'utf8')));
      if (passphrase === undefined) return;
      passphrases.keep(environment, new KeptPassphrase(new Secret(Buffer.from(passphrase, 'utf8')), derived));
    },
    forget(environment) {
      passwords.drop(environment);
      passphrases.drop(environment);
    },
    wipe(spared) {
      epoch++;
      passwords.dropAll(spared);
      passphrases.dropAll(spared);
    },
  };
}

/** A passphrase, with what was derived from it. Owns both. */
class KeptPassphrase implements Disposable {
  readonly passphrase: Secret;
  readonly derived: DerivationMemory;

  constructor(passphrase: Secret, derived: DerivationMemory) {
    this.passphrase = passphrase;
    this.derived = derived;
  }

  [Symbol.dispose](): void {
    this.passphrase[Symbol.dispose]();
    this.derived[Symbol.dispose]();
  }
}

/** By environment; what is replaced or dropped is disposed. */
class Kept<Value extends Disposable> {
  readonly #values = new Map<string, Value>();

  get(environment: string): Value | undefined {
    return this.#values.get(environment);
  }

  keep(environment: string, value: Value): void {
    this.drop(environment);
    this.#values.set(environment, value);
  }

  drop(environment: string): void {
    this.#values.get(environment)?.[Symbol.dispose]();
    this.#values.delete(environment);
  }

  dropAll(spared: string | undefined): void {
    for (const environment of [...this.#values.keys()]) if (environment !== spared) this.drop(environment);
  }
}

/** The app was locked between the typing and its use. */
export function lockedDuring(): KeelError {
  return new KeelError(
    'app-locked',
    'Keel was locked in the meantime; your input was not kept',
    'unlock Keel, and enter it again',
  );
}
