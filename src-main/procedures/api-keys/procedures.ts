import type { MadeKey, NewKey, ReplacedKey } from '#api-keys/change-keys';
import { proposeColumns, rolesOf } from '#api-keys/column-roles';
import { parseApiKey } from '#api-keys/key-text';
import { createApiKey } from '#api-keys/use-cases/create';
import { discloseApiKey } from '#api-keys/use-cases/disclose';
import { listApiKeys } from '#api-keys/use-cases/list';
import { replaceApiKey } from '#api-keys/use-cases/replace';
import { revokeApiKey } from '#api-keys/use-cases/revoke';
import { chooseTable, findTables, tablesWithHashes } from '#api-keys/use-cases/tables';
import { unsettledKey } from '#api-keys/unsettled-key';
import { verifyApiKey } from '#api-keys/use-cases/verify';
import { KeelError } from '#errors/keel-error';
import type { Ports } from '#procedures/ports';
import type { NewApiKeys } from './new-keys.ts';
import { inWindowWords } from '#procedures/act-text';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Consent } from '#procedures/consent/consent';
import type { Implementations } from '#procedures/implementations';
import { shownWhileHeld } from '#procedures/while-held';
import { windowAudit, windowContext, workContext } from '#procedures/window-context';
import type { Workspace } from '#procedures/workspaces';

export interface ApiKeyPorts
  extends Pick<Ports, 'workspaces' | 'native' | 'note' | 'changed' | 'clipboardSeconds' | 'assertOpen'> {
  readonly fresh: NewApiKeys;
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
const maxListed = 1_000;

/** Ballast's API keys. A new key stays here under its ticket; it leaves by `reveal` and `copy` only, and goes with the lock. */
export function apiKeyProcedures(ports: ApiKeyPorts): Pick<Implementations, `apiKeys.${Verbs}`> {
  const { workspaces, native, changed, fresh } = ports;
  const audit = windowAudit(ports.note);
  const context = windowContext<string>({ audit });
  /** The table that was chosen before. */
  const choice = {};
  /** Locked meanwhile, nobody could be shown the key: it is wiped, and its row told of. */
  const keep = (environment: string, made: MadeKey | ReplacedKey) => {
    const { key, row } = made;
    const unsettled = unsettledKey(made);
    try {
      ports.assertOpen();
    } catch (error) {
      key[Symbol.dispose]();
      throw madeInVain(made, error);
    }
    const kept = fresh.keep(environment, key, {
      label: row.key.label,
      id: row.key.id ?? '',
      ...('old' in made && { replaced: made.old.key.label }),
      ...(unsettled && {
        unsettled: { message: unsettled.message, remedy: inWindowWords(unsettled.remedy) },
      }),
    });
    // who hears of the change finds the key
    changed();
    return kept;
  };

  const askedContext = (consent: Consent, workspace: Workspace) =>
    windowContext<string>({ audit, confirm: confirmWith(consent, workspace) });

  return {
    async 'apiKeys.table'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { apiKeyTable } = workspace.settings;
      return apiKeyTable ? { table: apiKeyTable } : {};
    },

    async 'apiKeys.find'({ environment }, work) {
      using workspace = await workspaces.open(environment, work);
      work.progress('reading the catalog', 0);
      return await findTables(workspace, workContext(ports.note, work));
    },

    async 'apiKeys.tables'({ environment }) {
      using workspace = await workspaces.open(environment);
      return (await tablesWithHashes(workspace)).map(({ schema, table, columns }) => ({
        schema,
        table,
        columns: columns.map((column) => ({ name: column.name, roles: rolesOf(column) })),
        proposed: proposeColumns(columns),
      }));
    },

    async 'apiKeys.chooseTable'({ environment, table }) {
      using workspace = await workspaces.open(environment);
      await chooseTable(workspace, table, { audit });
      changed();
      return {};
    },

    async 'apiKeys.list'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { table, keys, needed, revokes } = await listApiKeys(workspace, choice, context);
      return {
        table: table.mapping,
        keys: keys.slice(0, maxListed),
        total: keys.length,
        needed,
        revokes,
      };
    },

    async 'apiKeys.create'({ environment, ...asked }, { consent }) {
      using workspace = await workspaces.open(environment);
      const input = { choice, asked: given(asked) };
      return keep(environment, await createApiKey(workspace, input, askedContext(consent, workspace)));
    },

    async 'apiKeys.verify'({ environment, key: typed, everything }, work) {
      const bytes = Buffer.from(typed, 'utf8');
      using key = parseApiKey(bytes);
      bytes.fill(0);
      using workspace = await workspaces.open(environment, work);
      const input = { choice, key, everything };
      const { table: _, ...verification } = await verifyApiKey(
        workspace,
        input,
        workContext(ports.note, work),
      );
      return verification;
    },

    async 'apiKeys.revoke'({ environment, id }, { consent }) {
      using workspace = await workspaces.open(environment);
      await revokeApiKey(workspace, { choice, which: { id } }, askedContext(consent, workspace));
      changed();
      return {};
    },

    async 'apiKeys.replace'({ environment, id, ...asked }, { consent }) {
      using workspace = await workspaces.open(environment);
      const input = { choice, which: { id }, asked: given(asked) };
      const made = await replaceApiKey(workspace, input, askedContext(consent, workspace));
      return keep(environment, made);
    },

    async 'apiKeys.fresh'({ environment }) {
      return fresh.list(environment);
    },

    async 'apiKeys.reveal'({ environment, ticket }, { press }) {
      const { key, label } = fresh.find(environment, ticket);
      await shownWhileHeld({ ...ports, press }, (confirm) =>
        discloseApiKey({ id: environment }, { label, to: 'screen' }, windowContext({ audit, confirm })),
      );
      ports.assertOpen();
      return { key: key.bytes.toString('ascii') };
    },

    async 'apiKeys.copy'({ environment, ticket }) {
      const { label } = fresh.find(environment, ticket);
      const clearsInSeconds = ports.clipboardSeconds();
      await discloseApiKey(
        { id: environment },
        { label, to: { clipboardSeconds: clearsInSeconds } },
        // the press that the router took for it
        windowContext({ audit, confirm: async () => {} }),
      );
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

/** Without the fields that were left out: they are absent, not undefined. */
function given(asked: { readonly [Name in keyof NewKey]: NewKey[Name] | undefined }): NewKey {
  return Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined),
  ) as unknown as NewKey;
}

function madeInVain({ row: { key }, isSettled }: MadeKey, cause: unknown): KeelError {
  return new KeelError(
    'app-locked',
    `Keel was locked while ${key.label} was being created: its hash ${isSettled ? 'is' : 'may be'} in the table, and the key itself is lost`,
    'unlock Keel, and replace or revoke that key',
    { cause },
  );
}
