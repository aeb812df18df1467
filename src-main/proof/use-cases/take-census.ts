import { formsOfChosen } from '#applications/applications';
import { formsBeside, isOfOtherApplication, type SoughtForm } from '#applications/of-inventory';
import { takeCensus } from '#census/census';
import type { CensusKeys } from '#census/census-keys';
import type { Census } from '#census/census-result';
import { takeSchemeCensus } from '#census/scheme-census';
import type { Inventory } from '#contract/inventory';
import { keepCensus } from '#records/known-databases';
import type { UnaskingContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

export interface CensusInput extends CensusKeys {
  readonly inventory: Inventory | undefined;
  /** Hears which table is read. */
  readonly onTable?: (read: number, total: number, table: string) => void;
}

/**
 * Reads every cell of a database that the role may read, and accounts for all that is under a key. Where Keel keeps keys for the
 * database, the census is kept: destroying one of them asks for it. The database is only read.
 */
export async function takeCensusOf(
  workspace: Workspace,
  { keys, alsoOpened, inventory, onTable }: CensusInput,
  { signal, onProgress, audit }: UnaskingContext<'census'>,
): Promise<Census> {
  await using client = await (await workspace.database()).open('keel census');
  const heard = (read: number, total: number, table: string) => {
    onProgress({ step: 'census', done: read, total });
    onTable?.(read, total, table);
  };
  const forms = soughtForms(workspace, inventory);
  const census = forms
    ? await takeSchemeCensus(client, {
        keys,
        forms,
        inventory,
        signal,
        onTable: heard,
        onDerivations: (derivations) => onProgress({ step: 'census', done: 0, derivations }),
      })
    : await takeCensus(client, {
        keys,
        alsoOpened,
        inventory,
        samplesLooks: true,
        signal,
        onProgress: heard,
      });
  if ((await workspace.readRing()).keys.length > 0) await keepCensus(workspace.folder, census);
  const others = census.places.filter(({ inInventory }) => !inInventory).length;
  await audit.after({
    environment: workspace.id,
    action: 'census taken',
    detail: `${census.cells} cells of ${census.tables} tables; ${others} places outside the inventory, ${census.unread.length} not read`,
    outcome: others + census.unread.length > 0 ? 'failed' : 'done',
  });
  return census;
}

/** In which forms values are looked for; undefined for Ballast's, which a census knows without. */
function soughtForms(
  { settings }: Workspace,
  inventory: Inventory | undefined,
): readonly SoughtForm[] | undefined {
  if (inventory && isOfOtherApplication(inventory)) return formsBeside(inventory);
  return formsOfChosen(settings?.application);
}
