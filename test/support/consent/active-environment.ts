import { randomBytes } from 'node:crypto';
import { addAcme } from '#test/support/consent/acme-environment';
import { base64 } from '#test/support/databases/foreign-database';
import type { TestDatabase } from '#test/support/postgres/test-database';
import type { TestWindow } from '#test/support/window';

/** An environment whose key is proven, and so can be handed off. */
export async function activeEnvironment(window: TestWindow, { client, url }: TestDatabase) {
  const environment = await addAcme(window, { url });
  const key = randomBytes(32);
  await client.query('CREATE TABLE vault (id int PRIMARY KEY, s text NOT NULL)');
  for (const id of [1, 2, 3])
    await client.query('INSERT INTO vault VALUES ($1, $2)', [
      id,
      base64(`{"password": "secret ${id}"}`, key),
    ]);
  const source = { kind: 'typed', text: key.toString('base64') } as const;
  const { fingerprint } = await window.must('keys.adopt', { environment, source });
  const columns = [{ schema: 'public', table: 'vault', column: 's', layout: 'base64', kind: 'credentials' }];
  await window.must('inventory.write', { environment, columns: columns as never, excluded: [] });
  await window.must('proof.run', { environment, fingerprint });
  return { environment, key, fingerprint };
}
