import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { askLibrary, type CipherLibrary, libraries } from '#test/support/forms/other-libraries';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { type BatchTable, rotateBatch } from '#test/support/forms/written-batch';
import { plaintextOf } from '#test/support/forms/written-plaintexts';
import type { Outcome } from '#test/support/forms/written-rotation';

const rows = 40;

/** Texts within encoded texts: a census finds their ciphertexts, and Keel does not rewrite them yet. */
const refusedLayouts: readonly string[] = ['double-colon', 'document-in-base64'];

/** What each library wrote, as its users write it, is read back by that library after the rotation. */
for (const library of libraries) {
  describe.skipIf(library.lacking !== '')(`${library.name}${library.lacking}`, () => {
    let outcomes: ReadonlyMap<string, Outcome>;
    beforeAll(async () => {
      outcomes = await rotateLayouts(library);
    });
    for (const layout of Object.keys(library.layouts)) {
      const wanted = refusedLayouts.includes(layout) ? 'refused' : 'rotated';
      const name =
        wanted === 'refused'
          ? `is refused by the name of its layout ${layout}`
          : `reads every value of its layout ${layout} under the new key`;
      test(name, () => {
        const { verdict, why } = outcomes.get(tableOf(layout)) ?? { verdict: 'missing', why: '' };
        expect(verdict, why).toBe(wanted);
      });
    }
  });
}

const tableOf = (layout: string) => `by_${layout.replaceAll('-', '_')}`;

async function rotateLayouts(library: CipherLibrary): Promise<ReadonlyMap<string, Outcome>> {
  await using database = await createTestDatabase();
  const [from, to] = [randomBytes(32), randomBytes(32)];
  const tables: BatchTable[] = [];
  for (const layout of Object.keys(library.layouts)) {
    tables.push(await writeLayout(database.client, library, layout, from));
  }
  await database.client.query('ANALYZE');
  return await rotateBatch({ ...database, from, to }, tables);
}

async function writeLayout(
  client: pg.Client,
  library: CipherLibrary,
  layout: string,
  key: Buffer,
): Promise<BatchTable> {
  const name = tableOf(layout);
  const type = library.layouts[layout];
  const columns = type === 'two columns' ? ['secret', 'secret_iv'] : ['secret'];
  const columnType = type === 'bytea' ? 'bytea' : 'text';
  const plaintexts = Array.from({ length: rows }, (_, i) => plaintextOf(i));
  const cells = askLibrary(
    library,
    key,
    'seal',
    layout,
    plaintexts.map((text) => Buffer.from(text)),
  );
  await client.query(
    `CREATE TABLE ${name} (id int PRIMARY KEY, ${columns.map((column) => `${column} ${columnType}`).join(', ')})`,
  );
  for (const [i, cell] of cells.entries()) {
    if (!cell) throw new Error(`${library.name} could not encrypt in the layout ${layout}`);
    const values = type === 'bytea' ? [cell] : cell.toString().split('\t');
    const places = values.map((_, n) => `$${n + 2}`).join(', ');
    await client.query(`INSERT INTO ${name} VALUES ($1, ${places})`, [i, ...values]);
  }
  return {
    name,
    columns,
    rows,
    countReadable: async (key) => {
      const found = await client.query({
        text: `SELECT ${columns.join(', ')} FROM ${name} ORDER BY id`,
        rowMode: 'array',
      });
      const cells = (found.rows as (string | Buffer)[][]).map((values) =>
        Buffer.isBuffer(values[0]) ? values[0] : Buffer.from(values.join('\t')),
      );
      const opened = askLibrary(library, key, 'open', layout, cells);
      return opened.filter((bytes, i) => bytes?.equals(Buffer.from(plaintexts[i] as string))).length;
    },
  };
}
