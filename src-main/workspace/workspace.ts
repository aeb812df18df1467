import { basename, dirname } from 'node:path';
import { environmentNameIn } from '#environments/environment-name';
import {
  changeEnvironmentSettings,
  type EnvironmentSettings,
  type SettingsChange,
  removeEnvironmentSettings,
} from '#environments/environment-settings';
import { KeelError } from '#errors/keel-error';
import type { KeyRingState } from '#keyring/key-entry';
import { type KeyRing, openKeyRing } from '#keyring/key-ring';
import { readKeyRing } from '#keyring/key-ring-file';
import { ownFileStore } from '#keyring/own-file-store';
import { RotationRecords } from '#records/rotation-record';
import type { Database } from './database.ts';
import type { OpenKeyRing } from './key-place.ts';

/**
 * What a use case works on: the folder of one database's environment, its settings if it was added as one,
 * its records, and access to its database and key ring. Whoever opened it disposes it, which wipes the
 * secrets that it owns.
 */
export interface Workspace extends Disposable {
  /** The name of its folder, and of the environment in contract and log. */
  readonly id: string;
  /** Need not exist before something is stored in it. */
  readonly folder: string;
  /** Its display name: the admin's name for it, or `host:port/name`. */
  readonly name: string;
  /** As read when it was opened; undefined for a database that was never added as an environment. */
  readonly settings: EnvironmentSettings | undefined;
  readonly records: RotationRecords;
  /** Its database is one of a fleet; this is its name on the server of the environment's own. */
  readonly member?: string;
  /** What is known of its keys, without any of them. */
  readRing(): Promise<KeyRingState>;
  /** What can be read and recorded about its keys without opening the store that they are in. */
  readonly ringNotes: Pick<KeyRing, 'list' | 'activate' | 'recordMade' | 'recordProof' | 'forgetArtefact'>;
  /**
   * Its database, or another one on the same server. Throws `password-missing` if one has to be typed first,
   * and `cancelled`.
   */
  database(name?: string): Promise<Database>;
  /**
   * Throws `passphrase-missing` if an encrypted key file has to be opened first, and `keychain-unavailable`.
   */
  openKeys(): Promise<OpenKeyRing>;
  /**
   * Changes settings on disk, based on their current content. Throws `environment-missing` once they were
   * removed.
   */
  change(patch: SettingsChange): Promise<void>;
  /** Removes the settings. Key ring and records stay. */
  forget(): Promise<void>;
}

/** The workspace of a database that was added as an environment. */
export type KnownWorkspace = Workspace & { readonly settings: EnvironmentSettings };

/** Whether its database was added as an environment. */
export function isKnown(workspace: Workspace): workspace is KnownWorkspace {
  return workspace.settings !== undefined;
}

/** How whoever opens a workspace reaches its database and keys. */
export interface WorkspaceAccess {
  readonly database: Workspace['database'];
  readonly openKeys: Workspace['openKeys'];
  /** Cancels the work: the database is then not queried. */
  readonly signal?: AbortSignal | undefined;
  /** Wiped with the workspace. */
  readonly owned?: readonly Disposable[];
}

/** The workspace in an environment's folder. Reads nothing and creates nothing yet. */
export function openWorkspace<Settings extends EnvironmentSettings | undefined>(
  folder: string,
  settings: Settings,
  { database, openKeys, signal, owned = [] }: WorkspaceAccess,
): Workspace & { readonly settings: Settings } {
  const id = basename(folder);
  let opening: Promise<OpenKeyRing> | undefined;
  return {
    id,
    folder,
    name: settings?.name ?? environmentNameIn(id),
    settings,
    records: new RotationRecords(folder),
    readRing: () => readKeyRing(folder),
    ringNotes: openKeyRing(folder, ownFileStore('')),
    async database(name) {
      if (!signal?.aborted) return database(name);
      throw new KeelError(
        'cancelled',
        'cancelled before the database was queried; nothing was changed',
        'start it again when you are ready',
      );
    },
    openKeys() {
      // once per workspace: an encrypted key file is slow to open, and warnings are shown once
      opening ??= openKeys().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    change: (patch) => changeEnvironmentSettings(folder, patch),
    forget: () => removeEnvironmentSettings(folder),
    [Symbol.dispose]() {
      for (const secret of owned) secret[Symbol.dispose]();
    },
  };
}

/** Keel's home, which contains the environment's folder. */
export function homeOf({ folder }: Pick<Workspace, 'folder'>): string {
  return dirname(dirname(folder));
}
