import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { restoreKey } from '#backup/use-cases/restore';
import type { Inventory } from '#contract/inventory';
import { EncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { addedEnvironment, heardContext } from '#test/support/added-environment';
import { base64 } from '#test/support/databases/foreign-database';
import { memoryStore } from '#test/support/memory-store';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { test } from '#test/support/temp-folder';
import { openDatabase } from '#workspace/database';

const inventory: Inventory = {
  version: 1,
  columns: [{ schema: 'public', table: 'vault', column: 's', layout: 'base64', kind: 'credentials' }],
};
const artefact = { artefact: 'words', location: 'the safe' } as const;
const keyOf = (byte: number) => new EncryptionKey(Buffer.alloc(32, byte));

test('a restored key is kept where the database is encrypted with it, as the active one only where there is none', async ({
  folder,
}) => {
  await using database = await createTestDatabase();
  using right = keyOf(7);
  using wrong = keyOf(9);
  await database.client.query('CREATE TABLE vault (id int PRIMARY KEY, s text NOT NULL)');
  const restoreInto = async (home: string, key: EncryptionKey, active?: EncryptionKey) => {
    await mkdir(join(folder, home));
    const ring = openKeyRing(join(folder, home), memoryStore());
    if (active) await ring.hold(active, 'active');
    const workspace = await addedEnvironment(join(folder, home), ring, {
      database: async () => openDatabase(database.url),
    });
    const context = heardContext();
    const { signal } = new AbortController();
    const restored = await restoreKey(
      workspace,
      { keys: [key], artefact, inventory, excluded: [] },
      { ...context, signal },
    );
    const kept = (await ring.list()).map(({ fingerprint, state, proofs }) => [
      fingerprint,
      state,
      proofs.length,
    ]);
    return { restored, kept, noted: context.noted.map(({ action }) => action) };
  };
  // nothing is encrypted yet
  expect(await restoreInto('empty', right)).toEqual({
    restored: { kept: false, verdict: 'inconclusive', isEmpty: true },
    ...{ kept: [], noted: [] },
  });
  for (const id of [1, 2, 3, 4])
    await database.client.query('INSERT INTO vault VALUES ($1, $2)', [
      id,
      base64(`{"password": "secret ${id}"}`, right.bytes),
    ]);
  expect(await restoreInto('wrong', wrong)).toEqual({
    restored: { kept: false, verdict: 'wrong', isEmpty: false },
    ...{ kept: [], noted: [] },
  });
  expect(await restoreInto('first', right)).toMatchObject({
    restored: { kept: true, state: 'active' },
    kept: [[right.fingerprint, 'active', 1]],
    noted: ['key restored'],
  });
  expect(await restoreInto('second', right, wrong)).toMatchObject({
    restored: { kept: true, state: 'pending' },
    kept: [
      [wrong.fingerprint, 'active', 0],
      [right.fingerprint, 'pending', 1],
    ],
  });
});
