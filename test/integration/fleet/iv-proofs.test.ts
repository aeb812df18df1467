import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { plainCfb, seal } from '#test/support/forms/application-cipher';
import { token } from '#test/support/databases/distant-ivs';
import { KeelFolder } from '#test/support/processes/keel-process';
import { connectPlainly, createTestDatabase, urlOf } from '#test/support/postgres/test-database';
import { base64Column } from '#test/support/databases/foreign-database';

test('what a known value showed of a column holds for each database of a fleet, and after its rotation', async () => {
  await using home = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const key = randomBytes(32);
  const prefix = `ivs_${randomBytes(4).toString('hex')}`;
  const names = [`${prefix}_a`, `${prefix}_b`];
  const tokens = Array.from({ length: 40 }, token);
  try {
    for (const name of names) {
      await home.client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
      const client = await connectPlainly(urlOf(home.url, name));
      await client.query('CREATE TABLE vault (id int PRIMARY KEY, secret text)');
      // it could be the place of the IVs, so that their absence is no warning but a stop
      await client.query('CREATE TABLE session (id int PRIMARY KEY, session_iv text)');
      for (const [id, plaintext] of tokens.entries()) {
        const { iv, body } = seal(plaintext, key, plainCfb);
        await client.query('INSERT INTO vault VALUES ($1, $2)', [
          id,
          Buffer.concat([iv, body]).toString('base64'),
        ]);
        await client.query('INSERT INTO session VALUES ($1, $2)', [id, randomBytes(16).toString('hex')]);
      }
      await client.end();
    }
    const columns = [base64Column('vault', 'secret')];
    const inventory = await folder.file('inventory.json', JSON.stringify({ version: 1, columns }));
    const oldFile = await folder.file('old.key', key.toString('base64'));
    const newFile = await folder.file('new.key', randomBytes(32).toString('base64'));
    const list = await folder.file('databases.txt', names.join('\n'));
    const url = new URL(urlOf(home.url, names[0] as string));
    const { password } = url;
    url.password = '';
    const env = {
      PGPASSWORD: decodeURIComponent(password),
      KEEL_PASSPHRASE: 'five random words for a test',
      VALUE: tokens[7] as string,
    };
    const keel = (...args: string[]) => folder.run([...args, '--env', 'fleet', '--json'], { env });
    const place = ['--database', url.href, '--keep-keys-in', 'sealed-file', '--inventory', inventory];
    const added = await folder.run(['env', 'add', 'fleet', ...place], { env });
    expect(added.status, added.stderr).toBe(0);
    const keys = ['--from-key-file', oldFile, '--to-key-file', newFile];
    const rotate = (...more: string[]) =>
      keel('fleet', 'rotate', '--databases', list, '--yes', '--accept', 'other-sessions', ...keys, ...more);
    const statesOf = ({ json }: Awaited<ReturnType<typeof keel>>) =>
      json.databases.map(({ state }: any) => state);

    const refused = await rotate('--rehearse');
    expect(statesOf(refused)).toEqual(['failed', 'failed']);
    expect(JSON.stringify(refused.json)).toContain('iv-assumed');
    const known = ['--known-value', 'vault.secret', '--known-value-env', 'VALUE'];
    const proven = await keel('prove', '--key-file', oldFile, ...known);
    expect(proven.status, proven.stderr).toBe(0);
    expect(statesOf(await rotate('--rehearse'))).toEqual(['done', 'done']);
    const rotated = await rotate();
    expect(statesOf(rotated), rotated.stderr).toEqual(['done', 'done']);
    expect(await folder.state()).toMatch(
      new RegExp(`"fingerprint": "${rotated.json.to}",\\s+"at": "[^"]+",\\s+"by": "known-value"`),
    );
  } finally {
    for (const name of names) await home.client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
});
