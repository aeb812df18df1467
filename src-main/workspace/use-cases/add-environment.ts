import { basename } from 'node:path';
import type { Audit } from '#audit/audit';
import type { ChosenApplication } from '#contract/application';
import type { DatabaseAddress, EnvironmentColour } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import type { Secret } from '#crypto/secret';
import { environmentNameOf } from '#environments/environment-name';
import { addEnvironmentSettings, readEnvironmentSettings } from '#environments/environment-settings';
import { environmentFolder } from '#environments/keel-home';
import { knownEnvironments } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { keychainWorks } from '#keyring/keychain';
import type { PasswordStore } from '#keyring/password-store';
import { checkPassphrase } from '#keyring/sealed-passphrase';
import { readCatalog } from '#postgres/catalog';
import { targetFromAddress } from '#postgres/database-address';
import { resolveInventory } from '#postgres/table-target';
import { transportOf } from '#postgres/transport';
import { databaseAt } from '#workspace/database';

export interface AddEnvironmentInput {
  readonly home: string;
  readonly name: string;
  readonly colour: EnvironmentColour;
  readonly production: boolean;
  readonly address: DatabaseAddress;
  /** The caller disposes it. */
  readonly password?: Secret | undefined;
  /** Keeps the password in the keychain. */
  readonly rememberPassword: boolean;
  readonly keyPlace: 'keychain' | 'sealed-file';
  /** Of the sealed file. */
  readonly passphrase?: string | undefined;
  /** Whose database it is, where that is not Ballast. */
  readonly application?: ChosenApplication | undefined;
  /** The encrypted columns, where they are known already. */
  readonly columns?: readonly EncryptedColumn[];
}

interface AddEnvironmentPorts {
  readonly passwords: PasswordStore;
  readonly audit: Audit;
  /** Called before anything is stored. Throws where it must not be any more: connecting takes time. */
  readonly assertWanted?: () => void;
}

const longestName = 60;

/**
 * Adds a database as an environment: connects once, so that what cannot work is said here, and keeps its settings. Throws
 * `environment-exists` where the database was added before or another environment has the name, `usage` for a name that is empty or
 * too long, `inventory-mismatch`, `keychain-unavailable`, `passphrase-wrong`, and what the server does; nothing was changed then.
 */
export async function addEnvironment(
  input: AddEnvironmentInput,
  { passwords, audit, assertWanted }: AddEnvironmentPorts,
): Promise<{ readonly id: string; readonly folder: string }> {
  const { home, address, password, rememberPassword, keyPlace, columns = [] } = input;
  const name = input.name.trim();
  await assertNameFree(home, name);
  const { host, port, database } = address;
  const folder = await environmentFolder(home, environmentNameOf(host, port, database));
  const id = basename(folder);
  const known = await readEnvironmentSettings(folder);
  if (known) {
    throw new KeelError(
      'environment-exists',
      `this database is already connected, as ${known.name}; nothing was changed`,
      'open that environment, or connect another database',
    );
  }
  if (rememberPassword && !password) throw noPassword();
  const transport = await tryOut(address, password, columns);
  if (keyPlace === 'keychain') await assertKeychain();
  else (await checkPassphrase(folder, input.passphrase))[Symbol.dispose]();
  assertWanted?.();
  if (rememberPassword && password) await passwords.put(id, password);
  await addEnvironmentSettings(folder, {
    name,
    colour: input.colour,
    production: input.production,
    addedAt: new Date().toISOString(),
    address,
    keyPlace,
    hasPassword: password !== undefined,
    rememberPassword,
    ...(input.application !== undefined && { application: input.application }),
    inventory: [...columns],
    excluded: [],
    targets: [],
    transport,
  });
  await audit.after({
    environment: id,
    action: 'database connected',
    detail: `${address.user}@${host}:${port}/${database}`,
    outcome: 'done',
  });
  return { id, folder };
}

/** Throws `usage` for a name that is empty or too long, and `environment-exists` where another environment than `id` has it. */
export async function assertNameFree(home: string, name: string, id?: string): Promise<void> {
  if (name === '' || name.length > longestName) {
    throw new KeelError(
      'usage',
      `the name is empty or longer than ${longestName} characters; nothing was changed`,
      'choose a short name',
    );
  }
  const { environments } = await knownEnvironments(home);
  if (!environments.some((one) => one.settings.name === name && one.id !== id)) return;
  throw new KeelError(
    'environment-exists',
    `an environment named ${name} already exists; nothing was changed`,
    'choose another name',
  );
}

async function tryOut(
  address: DatabaseAddress,
  password: Secret | undefined,
  columns: readonly EncryptedColumn[],
) {
  const { target, open } = databaseAt(targetFromAddress(address, password));
  await using client = await open('keel connect');
  if (columns.length > 0) resolveInventory({ version: 1, columns: [...columns] }, await readCatalog(client));
  return transportOf(client, target);
}

async function assertKeychain(): Promise<void> {
  const check = await keychainWorks();
  if (check.works) return;
  throw new KeelError(
    'keychain-unavailable',
    `${check.why}; nothing was changed`,
    text`unlock or install a keychain, or ${{ do: 'seal-keys' }}`,
    { cause: check.error },
  );
}

function noPassword(): KeelError {
  return new KeelError(
    'password-missing',
    'there is no password to save; nothing was changed',
    text`${{ do: 'give-password-to-save' }}`,
  );
}
