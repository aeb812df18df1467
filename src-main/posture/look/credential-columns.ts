import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { ivBytesOrName } from '#forms/cipher';
import type { Form } from '#forms/entry';
import { findValues, type RowValue } from '#forms/row-values';
import { readCatalog } from '#postgres/catalog';
import { sampleTable } from '#postgres/sample';
import { resolveInventory } from '#postgres/table-target';
import { columnPath } from '#shared/column-path';
import type { ColumnFacts, CredentialFacts } from '#posture/facts';
import { readOnly } from './read-only.ts';
import { shownText } from '#shared/visible-text';

/** Looks at a sample of each encrypted column, without any key: whether values are ciphertexts, each under an IV of its own. */
export async function lookAtColumns(
  client: Client,
  inventory: readonly EncryptedColumn[],
): Promise<Pick<CredentialFacts, 'columns' | 'fault'>> {
  try {
    return { columns: await readOnly(client, () => readColumns(client, inventory)) };
  } catch (error) {
    return { fault: error instanceof KeelError ? error.message : 'the columns could not be read' };
  }
}

async function readColumns(client: Client, inventory: readonly EncryptedColumn[]): Promise<ColumnFacts[]> {
  const columns: ColumnFacts[] = [];
  const catalog = await readCatalog(client);
  for (const target of resolveInventory({ version: 1, columns: [...inventory] }, catalog)) {
    const isNamed = ({ name }: { readonly name: string }) => target.columns.some((one) => one.name === name);
    const table = {
      ...target.catalog,
      columns: target.catalog.columns.filter(isNamed),
      ivColumns: target.catalog.ivColumns.filter(isNamed),
    };
    const sample = await sampleTable(client, table);
    const places = target.columns.map(({ name }) =>
      sample.columns.findIndex((column) => column.name === name),
    );
    const values = sample.rows.flatMap((row) =>
      findValues(
        target.columns,
        places.map((at) => row[at]),
      ),
    );
    for (const [column, { forms }] of target.columns.entries()) {
      for (const [at, form] of forms.entries()) {
        const mine = values.filter((value) => value.column === column && value.form === at);
        columns.push({ ...judgeSample(mine, form), label: shownText(columnPath(form.entry)) });
      }
    }
  }
  return columns;
}

function judgeSample(values: readonly RowValue[], { entry }: Form): Omit<ColumnFacts, 'label'> {
  const seen = new Map<string, number>();
  let unencrypted = 0;
  for (const { ciphertext } of values) {
    if (!ciphertext) unencrypted++;
    else {
      const iv = ivBytesOrName(ciphertext.iv);
      seen.set(iv, (seen.get(iv) ?? 0) + 1);
    }
  }
  const repeatedIvs = [...seen.values()].reduce((sum, times) => sum + (times > 1 ? times : 0), 0);
  return { kind: entry.kind, looked: values.length, unencrypted, repeatedIvs };
}
