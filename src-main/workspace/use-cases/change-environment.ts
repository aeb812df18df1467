import type { Audit } from '#audit/audit';
import type { EnvironmentColour } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import type { PasswordStore } from '#keyring/password-store';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { everyRecord } from '#records/key-change';
import { hasLiveProcess } from '#records/rotation-record';
import { isUnsettled } from '#records/rotation-state';
import type { UseCaseContext } from '#workspace/use-case';
import { homeOf, type KnownWorkspace } from '#workspace/workspace';
import { assertNameFree } from './add-environment.ts';

export interface Appearance {
  readonly name?: string;
  readonly colour?: EnvironmentColour;
  readonly production?: boolean;
}

/**
 * Gives an environment another name, colour or mark. Removing the mark of production is asked for, since every question shows it. Throws
 * `usage` and `environment-exists` for a name that it cannot have, and what the confirmation throws; nothing was changed then.
 */
export async function changeAppearance(
  workspace: KnownWorkspace,
  { name: typed, colour, production }: Appearance,
  { confirm, audit }: Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<void> {
  const name = typed?.trim();
  const isRenamed = name !== undefined && name !== workspace.name;
  if (isRenamed) await assertNameFree(homeOf(workspace), name, workspace.id);
  if (workspace.settings.production && production === false)
    await confirm({ of: 'unmark-production', name: workspace.name });
  await workspace.change({
    ...(name !== undefined && { name }),
    ...(colour && { colour }),
    ...(production !== undefined && { production }),
  });
  await audit.after({
    environment: workspace.id,
    action: isRenamed ? 'environment renamed' : 'environment changed',
    detail: isRenamed ? `${workspace.name} is now ${name}` : workspace.name,
    outcome: 'done',
  });
}

/** Keeps reviewed columns, once the database was seen to fit them. Throws `inventory-mismatch`; nothing is kept then. */
export async function reviewInventory(
  workspace: KnownWorkspace,
  {
    columns,
    excluded,
  }: { readonly columns: readonly EncryptedColumn[]; readonly excluded?: readonly string[] },
  audit: Audit,
): Promise<void> {
  await using client = await (await workspace.database()).open('keel inventory');
  resolveInventory({ version: 1, columns: [...columns] }, await readCatalog(client));
  await workspace.change({ inventory: [...columns], ...(excluded && { excluded: [...excluded] }) });
  const count = `${columns.length} encrypted column${columns.length === 1 ? '' : 's'}`;
  const left = excluded && excluded.length > 0 ? `, rows excluded: ${excluded.join(', ')}` : '';
  await audit.after({
    environment: workspace.id,
    action: 'inventory reviewed',
    detail: count + left,
    outcome: 'done',
  });
}

/**
 * Forgets an environment: its settings and the remembered password go, its keys, key ring and records stay. Throws
 * `rotation-running` while a process of this machine rotates it or a database of its fleet, and what the confirmation throws; nothing was changed then.
 */
export async function forgetEnvironment(
  workspace: KnownWorkspace,
  { passwords }: { readonly passwords: PasswordStore },
  { confirm, audit }: Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<void> {
  const { id, name } = workspace;
  await assertIdle(workspace);
  await confirm({ of: 'forget-environment', name });
  await assertIdle(workspace);
  await workspace.forget();
  if (workspace.settings.rememberPassword) await passwords.remove(id);
  const detail = `${name}; its keys are kept`;
  await audit.after({ environment: id, action: 'environment forgotten', detail, outcome: 'done' });
}

async function assertIdle({ name, folder }: KnownWorkspace): Promise<void> {
  const running = (await everyRecord(folder))
    .map(({ record }) => record)
    .find((record) => isUnsettled(record.state) && hasLiveProcess(record));
  if (!running) return;
  throw new KeelError(
    'rotation-running',
    `rotation ${running.id} is in progress on ${name}; nothing was changed`,
    'wait until it finishes',
  );
}
