import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { isSlowToDerive } from '#forms/layout';
import { derivationSeconds } from '#forms/scheme-cipher';
import type { Layout } from '#forms/layout';
import { quoteName } from '#postgres/identifiers';
import type { TableTarget } from '#postgres/table-target';
import type { Derivations } from '#shared/derivations';

/** Values in one place that each have a key of their own, which is slow to derive. */
export interface SlowValues {
  readonly place: string;
  readonly layout: Layout;
  readonly values: number;
}

/**
 * Such values in the columns of an inventory. What is not NULL counts as one value: documents may have several, and texts in another form
 * none.
 */
export async function slowValuesIn(client: Client, tables: readonly TableTarget[]): Promise<SlowValues[]> {
  const found: SlowValues[] = [];
  for (const { sql, label, columns } of tables) {
    const slow = columns.flatMap(({ name, forms }) => {
      const [layout] = forms.map((form) => form.layout).filter(isSlowToDerive);
      return layout ? [{ name, layout }] : [];
    });
    if (slow.length === 0) continue;
    const counts = slow.map(({ name }) => `pg_catalog.count(${quoteName(name)})`);
    const { rows } = await client.query({
      text: `SELECT ${counts.join(', ')} FROM ${sql}`,
      rowMode: 'array',
    });
    for (const [i, { name, layout }] of slow.entries())
      found.push({ place: `${label}.${name}`, layout, values: Number(rows[0]?.[i]) });
  }
  return found;
}

/**
 * How many keys are derived if each value takes `times` of them, and how long that takes: some are derived to see. Undefined where no value has a
 * slow key.
 */
export async function derivationsOf(
  slow: readonly SlowValues[],
  key: EncryptionKey,
  times: number,
): Promise<Derivations | undefined> {
  const filled = slow.filter(({ values }) => values > 0);
  if (filled.length === 0) return undefined;
  const each = new Map<string, number>();
  let [count, seconds] = [0, 0];
  for (const { layout, values } of filled) {
    const reading = layout.scheme?.key ?? '';
    const one = each.get(reading) ?? (await derivationSeconds(layout, key));
    each.set(reading, one);
    count += values * times;
    seconds += values * times * one;
  }
  return { places: [...new Set(filled.map(({ place }) => place))], count, seconds };
}
