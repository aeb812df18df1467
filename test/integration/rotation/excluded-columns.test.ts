import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  createWrittenDatabase,
  discoverAndRotate,
  judge,
  stateOf,
} from '#test/support/forms/written-rotation';
import { countReadable, type WrittenForm, writeTable } from '#test/support/forms/written-table';

const joined: WrittenForm = { columns: { secret: '«iv+body:base64»' } };

test('a column wholly under a key of others, excluded by its name, is left as it is while the rest is rotated', async () => {
  await using database = await createWrittenDatabase({});
  const stranger = randomBytes(32);
  const vault = await writeTable(database.client, 'vault', joined, stranger);
  await database.client.query('ANALYZE');
  const before = await stateOf(database);
  const attempt = await discoverAndRotate(database, { byLooks: true, more: ['--exclude', 'vault.secret'] });
  const { verdict, why } = await judge(database, before, attempt, () => true);
  expect(verdict, why).toBe('rotated');
  expect(await countReadable(database.client, vault, stranger)).toBe(vault.rows.length);
});

test('a CFB8 column that was listed by its looks, and excluded since it does not decrypt, is not left under the old key in silence', async () => {
  await using database = await createWrittenDatabase({
    vault: { ...joined, cipher: { algorithm: 'aes-256-cfb8', padding: 'none', text: 'utf8' } },
  });
  const before = await stateOf(database);
  const attempt = await discoverAndRotate(database, { byLooks: true, more: ['--exclude', 'vault.secret'] });
  const { verdict, why } = await judge(database, before, attempt, (said) => said.includes('vault.secret'));
  expect(verdict, why).not.toBe('falls short');
});
