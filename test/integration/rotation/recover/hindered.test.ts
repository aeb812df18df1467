import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { prepareVault, type Vault } from '#test/support/databases/vault';

const killAt = join(import.meta.dirname, '../../../support/processes/kill-at.mjs');

function killedAt(step: string): { preload: string; env: Record<string, string> } {
  return { preload: killAt, env: { KEEL_KILL_AT: step, KEEL_KILL_AFTER: '0' } };
}

async function onTheDatabase(vault: Vault, ...statements: string[]): Promise<void> {
  const client = await vault.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

describe.concurrent('recover names the right key', () => {
  test('where the key’s file is gone', async () => {
    await using vault = await prepareVault();
    expect((await vault.rotate([], killedAt('committed'))).status).toBeNull();
    await rm(vault.keyFiles.to);
    expect(await vault.recover()).toMatchObject({
      status: 0,
      json: {
        recovered: [{ outcome: 'committed' }],
        ballast: vault.fingerprints.to,
        untried: { code: expect.any(String) },
      },
    });
  });

  test.for([4, 16])('where its file is gone, and %i of 20 values were written late', async (late) => {
    await using vault = await prepareVault();
    expect((await vault.rotate()).status).toBe(0);
    const client = await vault.connect();
    for (let id = 1; id <= late; id++) {
      const cell = base64(`{"password": "written late, number ${id}"}`, vault.keys.from);
      await client.query('UPDATE vault SET s = $2 WHERE id = $1', [id, cell]);
    }
    await client.end();
    await rm(vault.keyFiles.to);
    const { json } = await vault.recover();
    expect(json).toMatchObject({ ballast: vault.fingerprints.to, untried: { code: expect.any(String) } });
    expect(json).not.toHaveProperty('corrected');
  });

  test('where the table has another name by now', async () => {
    await using vault = await prepareVault();
    expect((await vault.rotate([], killedAt('committed'))).status).toBeNull();
    await onTheDatabase(vault, 'ALTER TABLE vault RENAME TO safe');
    expect(await vault.recover()).toMatchObject({
      status: 0,
      json: {
        recovered: [{ outcome: 'committed' }],
        ballast: vault.fingerprints.to,
        untried: { code: 'inventory-mismatch' },
      },
    });
  });

  test('where the store that the keys lie in cannot be opened', async () => {
    await using vault = await prepareVault();
    const sealed = {
      ...killedAt('committed'),
      env: { ...killedAt('committed').env, KEEL_PASSPHRASE: 'correct horse battery staple' },
    };
    expect((await vault.rotate(['--keep-keys-in', 'sealed-file'], sealed)).status).toBeNull();
    const found = await vault.recover();
    expect(found).toMatchObject({
      status: 0,
      json: {
        recovered: [{ outcome: 'committed' }],
        ballast: vault.fingerprints.to,
        untried: { code: 'passphrase-missing' },
      },
    });
  });

  test('in a sentence of its own', async () => {
    await using vault = await prepareVault();
    expect((await vault.rotate([], killedAt('committed'))).status).toBeNull();
    const { stdout } = await vault.folder.run(['recover', '--database', vault.url]);
    expect(stdout).toContain('was committed');
    expect(stdout).toContain(`Ballast needs key ${vault.fingerprints.to}.`);
  });
});

describe.concurrent('recover compares the key ring with the database', () => {
  test('and fails where no key of the ring decrypts it', async () => {
    await using vault = await prepareVault();
    expect((await vault.rotate()).status).toBe(0);
    const stranger = randomBytes(32);
    const client = await vault.connect();
    for (let i = 1; i <= 20; i++) {
      await client.query('UPDATE vault SET s = $2 WHERE id = $1', [
        i,
        base64(`{"password": "${i} of others"}`, stranger),
      ]);
    }
    await client.end();
    expect(await vault.recover()).toMatchObject({
      status: 3,
      json: { ok: false, active: { verdict: 'wrong' }, database: null, ballast: null },
    });
  });

  test('and does not take rows that were written late for an older database', async () => {
    await using vault = await prepareVault();
    expect((await vault.rotate()).status).toBe(0);
    const client = await vault.connect();
    for (let i = 1; i <= 15; i++) {
      const cell = base64(`{"password": "secret number ${i}"}`, vault.keys.from);
      await client.query('UPDATE vault SET s = $2 WHERE id = $1', [i, cell]);
    }
    await client.end();
    const { from, to } = vault.fingerprints;
    expect(await vault.recover()).toMatchObject({
      status: 0,
      json: { active: { fingerprint: to, verdict: 'mixed' }, ballast: to, alsoUnder: from },
    });
  });
});

describe.concurrent('recover needs no key', () => {
  test('where nothing was begun', async () => {
    await using vault = await prepareVault();
    expect(await vault.recover()).toMatchObject({
      status: 0,
      json: { ok: true, recovered: [], active: null },
    });
  });

  test('to drop what a killed rehearsal staged', async () => {
    await using vault = await prepareVault();
    expect((await vault.rotate(['--rehearse'], killedAt('locking'))).status).toBeNull();
    expect(await vault.recover()).toMatchObject({ status: 0, json: { ok: true, dropped: 1 } });
  });
});
