import { basename } from 'node:path';
import type { Connection, DatabaseAddress, Transport } from '#contract/environments';
import type { Secret } from '#crypto/secret';
import { environmentNameOf } from '#environments/environment-name';
import {
  readEnvironmentSettings,
  removeEnvironmentSettings,
  writeEnvironmentSettings,
} from '#environments/environment-settings';
import { environmentFolder } from '#environments/keel-home';
import { KeelError } from '#errors/keel-error';
import { keychainWorks } from '#keyring/keychain';
import type { PasswordStore } from '#keyring/password-store';
import { targetFromAddress } from '#postgres/database-address';
import { type Database, databaseAt } from '../compose.ts';
import { environmentCard, type Needs } from './environment-card.ts';
import type { Implementations } from './implementations.ts';
import type { NoteActivity } from './note-activity.ts';
import { checkPassphrase } from './sealed-passphrase.ts';
import type { SessionSecrets } from './session-secrets.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface EnvironmentPorts {
  readonly home: string;
  readonly workspaces: Workspaces;
  readonly secrets: SessionSecrets;
  readonly passwords: PasswordStore;
  readonly note: NoteActivity;
  readonly changed: () => void;
  /** What was typed, pasted or imported, as address and password; the caller disposes the password. */
  readonly resolveConnection: (
    connection: Connection,
  ) => Promise<{ readonly address: DatabaseAddress; readonly password?: Secret }>;
  /** How the connection to a database is protected. Connects. */
  readonly transportOf: (database: Database) => Promise<Transport>;
}

type Names = 'list' | 'add' | 'update' | 'remove' | 'unlock';

/** The environments that the window shows, and what is typed to use them. */
export function environmentProcedures(
  ports: EnvironmentPorts,
): Pick<Implementations, `environments.${Names}`> {
  const { home, workspaces, secrets, passwords, note, changed } = ports;
  return {
    async 'environments.list'() {
      const now = new Date();
      const cards = [];
      for (const workspace of await workspaces.list()) {
        using open = workspace;
        cards.push(await environmentCard(open, await needsOf(open, ports), now));
      }
      return cards;
    },

    async 'environments.add'({ connection, rememberPassword, keyPlace, passphrase, ...looks }) {
      const { address, password } = await ports.resolveConnection(connection);
      using _ = password;
      const name = environmentNameOf(address.host, address.port, address.database);
      const folder = await environmentFolder(home, name);
      const id = basename(folder);
      const known = await readEnvironmentSettings(folder);
      if (known) {
        throw new KeelError(
          'environment-exists',
          `this database is connected already, as ${known.name}; nothing was changed`,
          'open that environment, or connect another database',
        );
      }
      const transport = await ports.transportOf(databaseAt(targetFromAddress(address, password)));
      if (keyPlace === 'keychain') await assertKeychain();
      else await checkPassphrase(folder, passphrase);
      if (rememberPassword && password) await passwords.put(id, password);
      await writeEnvironmentSettings(folder, {
        version: 1,
        ...looks,
        addedAt: new Date().toISOString(),
        address,
        keyPlace,
        hasPassword: password !== undefined,
        rememberPassword,
        inventory: [],
        excluded: [],
        transport,
      });
      secrets.keep(id, {
        ...(password && { password: password.bytes.toString('utf8') }),
        ...(passphrase !== undefined && { passphrase }),
      });
      await note({
        environment: id,
        action: 'database connected',
        detail: `${address.user}@${address.host}:${address.port}/${address.database}`,
        outcome: 'done',
      });
      changed();
      return { environment: id };
    },

    async 'environments.update'({ environment, ...looks }) {
      using workspace = await workspaces.open(environment);
      await workspace.change(looks);
      await note({ environment, action: 'environment renamed', detail: looks.name, outcome: 'done' });
      changed();
      return {};
    },

    async 'environments.remove'({ environment }) {
      using workspace = await workspaces.open(environment);
      await removeEnvironmentSettings(workspace.folder);
      await passwords.remove(environment);
      secrets.forget(environment);
      await note({
        environment,
        action: 'environment forgotten',
        detail: `${workspace.settings.name}; its keys are kept`,
        outcome: 'done',
      });
      changed();
      return {};
    },

    async 'environments.unlock'({ environment, password, passphrase, rememberPassword }) {
      using workspace = await workspaces.open(environment);
      const { settings, folder } = workspace;
      if (passphrase !== undefined) await checkPassphrase(folder, passphrase);
      secrets.keep(environment, {
        ...(password !== undefined && { password }),
        ...(passphrase !== undefined && { passphrase }),
      });
      if (password !== undefined) {
        await tryPassword(workspace, secrets);
        const kept = secrets.password(environment);
        if (rememberPassword && kept) await passwords.put(environment, kept);
        if (rememberPassword || !settings.hasPassword) {
          await workspace.change({ hasPassword: true, rememberPassword: rememberPassword === true });
        }
      }
      changed();
      return {};
    },
  };
}

async function needsOf(
  { id, settings, practice }: Workspace,
  { secrets, passwords }: EnvironmentPorts,
): Promise<Needs> {
  if (practice) return [];
  const needs: Needs = [];
  if (settings.hasPassword && !secrets.password(id)) {
    using stored = settings.rememberPassword ? await passwords.get(id) : undefined;
    if (!stored) needs.push('password');
  }
  if (settings.keyPlace === 'sealed-file' && !secrets.passphrase(id)) needs.push('passphrase');
  return needs;
}

/** A password that the server refuses is not kept. */
async function tryPassword(workspace: Workspace, secrets: SessionSecrets): Promise<void> {
  try {
    const client = await (await workspace.database()).open('keel connect');
    await client.end();
  } catch (error) {
    if (error instanceof KeelError && error.code === 'login-refused') secrets.forget(workspace.id);
    throw error;
  }
}

async function assertKeychain(): Promise<void> {
  const check = await keychainWorks();
  if (check.works) return;
  const [why] = check.error.message.split('; ');
  throw new KeelError(
    'keychain-unavailable',
    `${why}; nothing was changed`,
    'unlock or install a keychain, or choose to keep keys in a file sealed under a passphrase',
  );
}
