import { basename } from 'node:path';
import type { DatabaseAddress } from '#contract/environments';
import { databaseAt } from '#workspace/database';
import { openKeyRingOf } from '#workspace/key-place';
import { type KnownWorkspace, openWorkspace } from '#workspace/workspace';
import { Secret } from '#crypto/secret';
import { listEnvironmentFolders, readEnvironmentSettings } from '#environments/environment-settings';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import type { PasswordStore } from '#keyring/password-store';
import { targetFromAddress } from '#postgres/database-address';
import type { Work } from './implementations.ts';
import type { SessionSecrets } from './session-secrets.ts';

/** An environment, opened for one call. It owns copies of the secrets it hands out, which go when it is disposed. */
export type Workspace = KnownWorkspace & { readonly practice: boolean };

export interface Workspaces {
  /** All of them, in the order in which they were added, and what kept one from being opened. */
  list(): Promise<{ workspaces: Workspace[]; damaged: KeelError[] }>;
  /** Where their databases are. */
  addresses(): Promise<DatabaseAddress[]>;
  /** Long work gives its signal, which ends what connections to the database wait for. Throws `environment-missing`. */
  open(id: string, work?: Pick<Work, 'signal'>): Promise<Workspace>;
  /** Lets environments under another home join, until `leave`: those of the practice. */
  join(home: string, options: { readonly workFactor: number }): void;
  leave(home: string): void;
}

export interface WorkspacesOptions {
  readonly home: string;
  readonly secrets: SessionSecrets;
  readonly passwords: PasswordStore;
  /** See `KeyPlaceChoice`. */
  readonly workFactor: number | undefined;
}

export function createWorkspaces({ home, secrets, passwords, workFactor }: WorkspacesOptions): Workspaces {
  const joined = new Map<string, { readonly workFactor: number }>();
  const openIn = async (
    base: string,
    folder: string,
    signal?: AbortSignal,
  ): Promise<Workspace | undefined> => {
    const settings = await readEnvironmentSettings(folder);
    if (!settings) return undefined;
    const id = basename(folder);
    const owned: Disposable[] = [];
    const own = (secret: Secret | undefined) => {
      if (!secret) return undefined;
      const copy = new Secret(Buffer.from(secret.bytes));
      owned.push(copy);
      return copy;
    };
    const password = async () => {
      const typed = own(secrets.password(id));
      if (typed || !settings.hasPassword) return typed;
      const stored = settings.rememberPassword ? await passwords.get(id) : undefined;
      if (!stored) throw passwordMissing(settings.name);
      owned.push(stored);
      return stored;
    };
    const workspace = openWorkspace(folder, settings, {
      owned,
      signal,
      database: async (name) => {
        const address = name === undefined ? settings.address : { ...settings.address, database: name };
        return databaseAt(targetFromAddress(address, await password()), signal);
      },
      openKeys: async () => {
        const passphrase = own(secrets.passphrase(id));
        const memory = secrets.derived(id);
        if (settings.keyPlace === 'sealed-file' && !passphrase) throw passphraseMissing(settings.name);
        return openKeyRingOf(folder, {
          place: settings.keyPlace,
          ...(passphrase && { passphrase }),
          ...(memory && { memory }),
          ...(workFactor !== undefined && { workFactor }),
          ...joined.get(base),
          ownFiles: new Map(),
        });
      },
    });
    return { ...workspace, practice: joined.has(base) };
  };

  const homes = () => [home, ...joined.keys()];

  const list: Workspaces['list'] = async () => {
    const workspaces: Workspace[] = [];
    const damaged: KeelError[] = [];
    for (const base of homes()) {
      for (const folder of await listEnvironmentFolders(base)) {
        try {
          const workspace = await openIn(base, folder);
          if (workspace) workspaces.push(workspace);
        } catch (error) {
          damaged.push(expectedFailure(error));
        }
      }
    }
    workspaces.sort((a, b) => a.settings.addedAt.localeCompare(b.settings.addedAt));
    return { workspaces, damaged };
  };

  return {
    list,
    async addresses() {
      const { workspaces } = await list();
      return workspaces.map((one) => {
        using open = one;
        return open.settings.address;
      });
    },
    async open(id, work) {
      for (const base of homes()) {
        // looked up among the folders that are there: nothing that a page calls an id leads anywhere else
        const folder = (await listEnvironmentFolders(base)).find((one) => basename(one) === id);
        const workspace = folder === undefined ? undefined : await openIn(base, folder, work?.signal);
        if (workspace) return workspace;
      }
      throw environmentMissing();
    },
    join(base, options) {
      joined.set(base, options);
    },
    leave(base) {
      joined.delete(base);
    },
  };
}

function environmentMissing(): KeelError {
  return new KeelError(
    'environment-missing',
    'this environment no longer exists; nothing was done',
    'connect its database again',
  );
}

function passwordMissing(name: string): KeelError {
  return new KeelError(
    'password-missing',
    `the database password of ${name} is needed; nothing was done`,
    'enter it once for this session, or save it in the keychain',
  );
}

function passphraseMissing(name: string): KeelError {
  return new KeelError(
    'passphrase-missing',
    `the keys of ${name} are in an encrypted key file, which is locked; nothing was done`,
    'enter its passphrase once for this session',
  );
}
