import type { Client } from 'pg';
import { createKey, type MadeKey, type NewKey, replaceKey, revokeKey } from '#api-keys/change-keys';
import { proposeColumns, rolesOf } from '#api-keys/column-roles';
import { findKeyTables } from '#api-keys/discovery';
import { type KeyRow, readKeyRows, revocationOf } from '#api-keys/key-rows';
import { type KeyTable, openKeyTable } from '#api-keys/key-table';
import { parseApiKey } from '#api-keys/key-text';
import { neededForNewKey } from '#api-keys/new-row';
import { readTableFacts } from '#api-keys/table-facts';
import { verifyKey } from '#api-keys/verify';
import { KeelError } from '#errors/keel-error';
import type { FreshApiKeys } from './fresh-api-keys.ts';
import { allowReveal } from './allow-reveal.ts';
import type { Implementations } from './implementations.ts';
import type { Native } from './native.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface ApiKeyPorts {
  readonly workspaces: Workspaces;
  readonly native: Native;
  readonly note: NoteActivity;
  readonly changed: () => void;
  readonly fresh: FreshApiKeys;
  readonly isGestureHeld: () => boolean;
  readonly clipboardSeconds: () => number;
  /** Throws `app-locked` once the app is locked or ending. */
  readonly assertOpen: () => void;
}

type Verbs =
  | 'table'
  | 'find'
  | 'tables'
  | 'chooseTable'
  | 'list'
  | 'create'
  | 'verify'
  | 'revoke'
  | 'replace'
  | 'fresh'
  | 'reveal'
  | 'copy'
  | 'discard';

/** No more rows than this are listed. */
const mostListed = 1_000;

/** Ballast's API keys. A new key stays here under its ticket; it leaves by `reveal` and `copy` only, and goes with the lock. */
export function apiKeyProcedures(ports: ApiKeyPorts): Pick<Implementations, `apiKeys.${Verbs}`> {
  const { workspaces, native, note, changed, fresh } = ports;

  /** Owns the connection for as long as the work takes. */
  const withClient = async <T>(workspace: Workspace, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = await (await workspace.database()).open('keel api-keys');
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const withTable = async <T>(
    environment: string,
    work: (client: Client, table: KeyTable) => Promise<T>,
  ): Promise<T> => {
    using workspace = await workspaces.open(environment);
    const { apiKeyTable } = workspace.settings;
    if (!apiKeyTable) throw notChosen();
    return await withClient(workspace, async (client) =>
      work(client, await openKeyTable(client, apiKeyTable)),
    );
  };
  /** Locked meanwhile, nobody could be shown the key: it is wiped, and its row told of. */
  const keep = (environment: string, { key, row }: MadeKey, replaced?: KeyRow) => {
    try {
      ports.assertOpen();
    } catch (error) {
      key[Symbol.dispose]();
      throw madeInVain(row, error);
    }
    const kept = fresh.keep(environment, key, {
      label: row.key.label,
      id: row.key.id ?? '',
      ...(replaced && { replaced: replaced.key.label }),
    });
    // who hears of the change finds the key
    changed();
    return kept;
  };

  return {
    async 'apiKeys.table'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { apiKeyTable } = workspace.settings;
      return apiKeyTable ? { table: apiKeyTable } : {};
    },

    async 'apiKeys.find'({ environment }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      progress('reading the catalog', 0);
      const onTable = (done: number, total: number) => progress('looking through the tables', done, total);
      return await withClient(workspace, (client) => findKeyTables(client, { signal, onTable }));
    },

    async 'apiKeys.tables'({ environment }) {
      using workspace = await workspaces.open(environment);
      const tables = await withClient(workspace, (client) => readTableFacts(client));
      return tables
        .filter(({ columns }) => columns.some((column) => rolesOf(column).includes('hash')))
        .map(({ schema, table, columns }) => ({
          schema,
          table,
          columns: columns.map((column) => ({ name: column.name, roles: rolesOf(column) })),
          proposed: proposeColumns(columns),
        }));
    },

    async 'apiKeys.chooseTable'({ environment, table }) {
      using workspace = await workspaces.open(environment);
      await withClient(workspace, (client) => openKeyTable(client, table));
      await workspace.change({ apiKeyTable: table });
      const detail = `${table.schema}.${table.table}, hashes in ${table.columns.hash}`;
      await noteEffect(note, { environment, action: 'table of API keys chosen', detail, outcome: 'done' });
      changed();
      return {};
    },

    async 'apiKeys.list'({ environment }) {
      return withTable(environment, async (client, table) => {
        const rows = await readKeyRows(client, table, new Date());
        return {
          table: table.mapping,
          keys: rows.slice(0, mostListed).map(({ key }) => key),
          total: rows.length,
          needed: await neededForNewKey(client, table),
          revokes: revocationOf(table),
        };
      });
    },

    async 'apiKeys.create'({ environment, ...asked }) {
      const made = await withTable(environment, (client, table) => createKey(client, table, given(asked)));
      const { key } = made.row;
      await noteEffect(note, {
        environment,
        action: 'API key created',
        detail: `${key.label}, for ${key.scope ?? 'no scope'}, ${untilWhen(key.expiresAt)}, cost ${asked.cost}`,
        outcome: 'done',
      });
      return keep(environment, made);
    },

    async 'apiKeys.verify'({ environment, key: typed, everything }, { signal, progress }) {
      const bytes = Buffer.from(typed, 'utf8');
      using key = parseApiKey(bytes);
      bytes.fill(0);
      progress('reading the keys', 0);
      const rows = await withTable(environment, (client, table) => readKeyRows(client, table, new Date()));
      const onTried = (done: number, total: number) => progress('comparing with the hashes', done, total);
      const verification = await verifyKey(rows, key, { everything, signal, onTried });
      const { match, tried } = verification;
      await noteEffect(note, {
        environment,
        action: 'API key verified',
        detail: match ? `it is ${match.label}` : `it is none of ${tried} keys that it was compared with`,
        outcome: match ? 'done' : 'failed',
      });
      return verification;
    },

    async 'apiKeys.revoke'({ environment, id, confirmation }) {
      const { key } = await withTable(environment, (client, table) =>
        revokeKey(client, table, id, (row) => assertNamed(row, confirmation)),
      );
      await noteEffect(note, { environment, action: 'API key revoked', detail: key.label, outcome: 'done' });
      changed();
      return {};
    },

    async 'apiKeys.replace'({ environment, id, confirmation, ...asked }) {
      const made = await withTable(environment, (client, table) =>
        replaceKey(client, table, id, given(asked), (row) => assertNamed(row, confirmation)),
      );
      const { key } = made.row;
      await noteEffect(note, {
        environment,
        action: 'API key replaced',
        detail: `${made.old.key.label} revoked, ${key.label} made in its place, ${untilWhen(key.expiresAt)}, cost ${asked.cost}`,
        outcome: 'done',
      });
      return keep(environment, made, made.old);
    },

    async 'apiKeys.fresh'({ environment }) {
      return fresh.list(environment);
    },

    async 'apiKeys.reveal'({ environment, ticket }) {
      const { key, label } = fresh.find(environment, ticket);
      const detail = `${label}, on the screen, while held`;
      await allowReveal(ports, { environment, action: 'API key revealed', detail });
      ports.assertOpen();
      return { key: key.bytes.toString('ascii') };
    },

    async 'apiKeys.copy'({ environment, ticket }) {
      const { label } = fresh.find(environment, ticket);
      const clearsInSeconds = ports.clipboardSeconds();
      const detail = `${label}, into the clipboard, for ${clearsInSeconds} s`;
      await note({ environment, action: 'API key copied', detail, outcome: 'done' });
      // the lock, and the end of the app, have cleared the clipboard by now: nothing would clear this
      ports.assertOpen();
      const { key } = fresh.find(environment, ticket);
      await native.copyText(key.bytes.toString('ascii'), { clearAfterMs: clearsInSeconds * 1000 });
      return { clearsInSeconds };
    },

    async 'apiKeys.discard'({ environment, ticket }) {
      fresh.discard(environment, ticket);
      changed();
      return {};
    },
  };
}

/** Throws `confirmation-missing` unless the label that stands in the table now was typed. */
function assertNamed({ key }: KeyRow, typed: string): void {
  if (typed.trim() === key.label) return;
  throw new KeelError(
    'confirmation-missing',
    'what was typed is not the name of the key; nothing was changed',
    'type the key’s name as it stands above',
  );
}

/** Without the fields that were left out: they are absent, not undefined. */
function given(asked: { readonly [Name in keyof NewKey]: NewKey[Name] | undefined }): NewKey {
  return Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined),
  ) as unknown as NewKey;
}

function untilWhen(expiresAt: string | undefined): string {
  return expiresAt === undefined ? 'it never expires' : `it expires on ${expiresAt.slice(0, 10)}`;
}

function madeInVain({ key }: KeyRow, cause: unknown): KeelError {
  return new KeelError(
    'app-locked',
    `Keel was locked while ${key.label} was made: its hash is in the table, and nobody has the key`,
    'unlock Keel, and replace or revoke that key',
    { cause },
  );
}

function notChosen(): KeelError {
  return new KeelError(
    'api-key-table-missing',
    'the table of API keys was not chosen yet; nothing was done',
    'look for it, or name it',
  );
}
