import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tlsFixtures } from '#test/support/postgres/postgres-server';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

test.skipIf(process.platform === 'win32').for([
  ['other-ca.crt', 2],
  ['ca.crt', 0],
] as const)(
  'an account’s own root certificates are asked under sslmode=require, as libpq does (%s)',
  async ([roots]) => {
    await using folder = await KeelFolder.create();
    await using database = await createTestDatabase();
    await mkdir(join(folder.path, '.postgresql'));
    await copyFile(join(tlsFixtures, roots), join(folder.path, '.postgresql', 'root.crt'));
    const url = database.url.replace('sslmode=prefer', 'sslmode=require');
    expect(url).toContain('sslmode=require');
    const { status, stderr } = await folder.run(
      ['env', 'add', 'Own roots', '--database', url, '--keep-keys-in', 'sealed-file'],
      { env: { HOME: folder.path, KEEL_PASSPHRASE: 'correct horse battery staple again' } },
    );
    if (roots === 'ca.crt') expect({ status, stderr }).toMatchObject({ status: 0 });
    else {
      expect(status).not.toBe(0);
      expect(stderr).toContain('the CA that signed the certificate is not trusted');
    }
  },
);
