import { expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createWrittenDatabase, discoverAndRotateIn } from '#test/support/forms/written-rotation';
import { countReadable, type WrittenForm, writeTable } from '#test/support/forms/written-table';

const forms: Readonly<Record<string, WrittenForm>> = {
  column: { columns: { secret: '«body:base64»', secret_iv: '«iv:hex»' } },
  leaf: { columns: { secret: { type: 'jsonb', text: '{"n": "«iv:hex»", "encrypted": "«body:base64»"}' } } },
  behind: { columns: { secret: { type: 'bytea', text: '\\x«0x01+body+iv:hex»' } } },
  elements: { columns: { secret: { type: 'text[]', text: '{«iv#1+body#1:base64»,«iv#2+body#2:base64»}' } } },
  zero: { columns: { secret: '«body:base64»' }, ivOf: () => Buffer.alloc(16) },
};

for (const [name, form] of Object.entries(forms)) {
  test(`values of the form "${name}" come back by an undo`, async () => {
    await using database = await createWrittenDatabase({ vault: form });
    await using folder = await KeelFolder.create();
    const rows = database.tables.map((table) => table.rows.length);
    const readable = async (key: Buffer) => {
      const counts: number[] = [];
      for (const table of database.tables) counts.push(await countReadable(database.client, table, key));
      return counts;
    };
    const { rotated } = await discoverAndRotateIn(folder, database);
    expect(rotated.status, rotated.stdout).toBe(0);
    expect(await readable(database.to)).toEqual(rows);
    const undone = await folder.run([
      'undo',
      '--database',
      database.url,
      '--json',
      '--yes',
      '--accept',
      'other-sessions',
    ]);
    expect(undone.status, undone.stdout).toBe(0);
    expect(await readable(database.from)).toEqual(rows);
  });

  test(`a value of the form "${name}", written under the old key after a rotation, is no all-clear of a sweep`, async () => {
    await using database = await createWrittenDatabase({ vault: form });
    await using folder = await KeelFolder.create();
    const { rotated } = await discoverAndRotateIn(folder, database);
    expect(rotated.status, rotated.stdout).toBe(0);
    // one row, by an application that still runs with the old key
    await writeTable(database.client, 'late', { ...form, rows: 1 }, database.from);
    await database.client.query(
      'UPDATE late SET id = 1000; INSERT INTO vault SELECT * FROM late; DROP TABLE late',
    );
    const swept = await folder.run(['sweep', '--database', database.url, '--json']);
    const isReported = swept.status !== 0 || swept.json.stragglers > 0;
    expect(isReported, swept.stdout).toBe(true);
  });
}
