import { describe, expect, test } from 'vitest';
import { prepareVault } from '#test/support/databases/vault';

describe.concurrent('while somebody holds a table for themselves', () => {
  test('one that has nothing to do with it, keys are proven, and what could not be read is named', async () => {
    await using vault = await prepareVault({ setup: 'CREATE TABLE busy (id int PRIMARY KEY, note text)' });
    const other = await vault.connect();
    await other.query('BEGIN; LOCK TABLE busy IN ACCESS EXCLUSIVE MODE');
    const out = `${vault.folder.path}/found.json`;
    const key = ['--key-file', vault.keyFiles.from];
    const discovered = await vault.run(['discover', ...key, '--out', out]);
    expect(discovered).toMatchObject({ status: 0 });
    expect(JSON.stringify(discovered.json)).toContain('public.busy');
    const proven = await vault.run(['prove', '--inventory', out, ...key]);
    expect(proven).toMatchObject({ status: 0, json: { verdict: 'correct' } });
    const rotated = await vault.rotate();
    expect(rotated).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(rotated.json.error.message).toContain('busy');
    await other.query('ROLLBACK');
    await other.end();
    expect((await vault.rotate()).status).toBe(0);
  });

  test('the one that is to be read, Keel says so instead of waiting', async () => {
    await using vault = await prepareVault();
    const other = await vault.connect();
    await other.query('BEGIN; LOCK TABLE vault IN ACCESS EXCLUSIVE MODE');
    expect(await vault.rotate()).toMatchObject({ status: 4, json: { error: { code: 'lock-timeout' } } });
    await other.end();
  });
});

test('a schema keel that was there before stays, and keeps the journal', async () => {
  await using vault = await prepareVault({ setup: 'CREATE SCHEMA keel' });
  const schema = async () => {
    const client = await vault.connect();
    const { rows } = await client.query(`SELECT oid FROM pg_namespace WHERE nspname = 'keel'`);
    await client.end();
    return rows;
  };
  const before = await schema();
  expect((await vault.rotate(['--rehearse'])).status).toBe(0);
  expect(await schema()).toEqual(before);
  expect((await vault.recover()).status).toBe(0);
  expect(await schema()).toEqual(before);
  expect((await vault.rotate()).status).toBe(0);
  const client = await vault.connect();
  expect((await client.query('SELECT to_key FROM keel.rotation')).rows).toEqual([
    { to_key: vault.fingerprints.to },
  ]);
  await client.end();
});
