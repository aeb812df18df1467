import type { Client } from 'pg';
import type { CredentialAddress } from '#contract/credentials';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { listCredentials } from '#credentials/list-credentials';
import { openCredential, secretOf } from '#credentials/one-credential';
import { replaceCredential } from '#credentials/replace-credential';
import { formOf, revealed } from '#credentials/secret-form';
import { KeelError } from '#errors/keel-error';
import { loadActiveKey } from '#workspace/workspace';
import { allowReveal } from './allow-reveal.ts';
import type { Implementations } from './implementations.ts';
import type { Native } from './native.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import { assertConfirmed } from './rotation-plan.ts';
import { inventoryOf } from './rotation.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface CredentialPorts {
  readonly workspaces: Workspaces;
  readonly native: Native;
  readonly note: NoteActivity;
  /** Whether a secret may be shown at this moment. */
  readonly isGestureHeld: () => boolean;
}

type Verbs = 'list' | 'inspect' | 'reveal' | 'replace';

/** What work on credentials is given. */
interface Desk {
  readonly client: Client;
  readonly key: EncryptionKey;
  readonly inventory: Inventory;
}

/** The credentials of an environment, under its active key. No plaintext leaves but through `reveal`, one value at a time. */
export function credentialProcedures(ports: CredentialPorts): Pick<Implementations, `credentials.${Verbs}`> {
  const { workspaces, note } = ports;
  const atDesk = async <T>(
    environment: string,
    work: (desk: Desk, workspace: Workspace) => Promise<T>,
  ): Promise<T> => {
    using workspace = await workspaces.open(environment);
    const inventory = inventoryOf(workspace);
    const database = await workspace.database();
    using key = await loadActiveKey(workspace);
    const client = await database.open('keel credentials');
    try {
      return await work({ client, key, inventory }, workspace);
    } finally {
      await client.end();
    }
  };

  return {
    'credentials.list': ({ environment, ...query }) =>
      atDesk(environment, async ({ client, key, inventory }) => {
        const { credentials, next } = await listCredentials(client, key, inventory, query);
        return { credentials: credentials.map((one) => ({ ...one })), ...(next !== undefined && { next }) };
      }),

    'credentials.inspect': ({ environment, address }) =>
      atDesk(environment, async ({ client, key, inventory }) => {
        using credential = await openCredential(client, key, inventory, address);
        const { state, secret } = credential.opened;
        const form = secret && formOf(secret);
        const { version } = credential;
        return {
          state,
          version,
          ...(form && { form: form.form }),
          ...(form?.form === 'fields' && { fields: [...form.fields] }),
        };
      }),

    'credentials.reveal': ({ environment, address, version, field }) =>
      atDesk(environment, async ({ client, key, inventory }) => {
        using credential = await openCredential(client, key, inventory, address);
        if (credential.version !== version) throw changedSince();
        const secret = secretOf(credential);
        await allowReveal(ports, {
          environment,
          action: 'credential revealed',
          detail: `${nameOf(address, credential.identity.row)}, on the screen, while held`,
          fingerprint: key.fingerprint,
        });
        return { text: revealed(secret, field) };
      }),

    'credentials.replace': ({ environment, address, version, field, value, confirmation }) =>
      atDesk(environment, async ({ client, key, inventory }, workspace) => {
        assertConfirmed(workspace, confirmation);
        const { row } = await replaceCredential(client, key, inventory, address, { version, field, value });
        await noteEffect(note, {
          environment,
          action: 'credential replaced',
          detail: `${nameOf(address, row)}, read back and compared`,
          outcome: 'done',
          fingerprint: key.fingerprint,
        });
        return {};
      }),
  };
}

function nameOf({ schema, table, column, path, leaf }: CredentialAddress, row: string): string {
  const where = leaf ?? path;
  return `${schema}.${table}.${column}${where === undefined ? '' : ` ${where}`} ${row}`;
}

function changedSince(): KeelError {
  return new KeelError(
    'value-changed',
    'the credential was changed since it was looked at; nothing was shown',
    'look at it again',
  );
}
