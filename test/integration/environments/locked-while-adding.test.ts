import { expect } from 'vitest';
import { Secret } from '#crypto/secret';
import { knownEnvironments } from '#environments/known-environments';
import { addressOf } from '#postgres/database-address';
import { parseDatabaseUrl } from '#postgres/target';
import { createSessionSecrets } from '#procedures/session-secrets';
import { addEnvironment } from '#workspace/use-cases/add-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { test } from '#test/support/temp-folder';

test('an environment whose database is tried out while Keel is locked is not added, nor is its password kept', async ({
  folder,
}) => {
  await using database = await createTestDatabase();
  const target = parseDatabaseUrl(database.url);
  using password = new Secret(Buffer.from(decodeURIComponent(new URL(database.url).password)));
  const secrets = createSessionSecrets();
  const epoch = secrets.epoch();
  const kept: string[] = [];
  const passwords = {
    put: async (id: string) => void kept.push(id),
    get: async () => undefined,
    remove: async () => undefined,
  };
  const input = {
    home: folder,
    name: 'acme',
    colour: 'blue',
    production: false,
    address: addressOf(target),
    password,
    rememberPassword: true,
    keyPlace: 'sealed-file',
    passphrase: 'spare anvil under the bridge',
  } as const;
  const assertWanted = () => {
    secrets.wipe();
    secrets.assertSince(epoch);
  };
  const ports = { passwords, audit: { after: async () => undefined }, assertWanted } as never;
  await expect(addEnvironment(input, ports)).rejects.toMatchObject({ code: 'app-locked' });
  const { environments } = await knownEnvironments(folder);
  expect([kept, environments]).toEqual([[], []]);
});
