import type { EncryptedColumn } from '#contract/inventory';
import type { IvProof } from './iv-proofs.ts';

type Place = Pick<EncryptedColumn, 'schema' | 'table' | 'column'> & { readonly path?: string };

/** Columns of which a server accepted a credential, as proofs of where their IV is. */
export class AcceptedColumns {
  readonly #names = new Set<string>();

  add(place: Place): void {
    this.#names.add(nameOf(place));
  }

  /** One for each entry of the inventory. */
  proofs(inventory: readonly EncryptedColumn[], fingerprint: string): IvProof[] {
    const at = new Date().toISOString();
    return inventory
      .filter((entry) => this.#names.has(nameOf(entry)))
      .map((entry) => ({ entry, fingerprint, at, by: 'connection', shows: 'whole' }));
  }
}

function nameOf({
  schema,
  table,
  column,
  path,
}: { readonly [Name in keyof Place]: Place[Name] | undefined }): string {
  return JSON.stringify([schema, table, column, path]);
}
