import { expect, test } from 'vitest';
import { prepareVault } from '#test/support/databases/vault';
import { base64 } from '#test/support/databases/foreign-database';
import { quoteName } from '#postgres/identifiers';

const hidden = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;
const hostile = 'pay\u001b[2J\u202eroll\nkeel: done \u2066\u0085';

test('names with escapes, breaks and bidirectional controls reach no terminal, and stand in JSON as escapes', async () => {
  const column = quoteName(hostile);
  await using vault = await prepareVault({
    setup: `CREATE TABLE ${column} (id int PRIMARY KEY, ${column} text);
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
      CREATE TRIGGER ${column} BEFORE UPDATE ON ${column} FOR EACH ROW EXECUTE FUNCTION nothing()`,
  });
  const client = await vault.connect();
  for (let i = 1; i <= 20; i++) {
    const cell = base64(`{"password": "hidden number ${i}"}`, vault.keys.from);
    await client.query(`INSERT INTO ${column} VALUES ($1, $2)`, [i, cell]);
  }
  await client.query(
    `ALTER TABLE ${column} ADD CONSTRAINT ${column} CHECK (${column} <> 'x' OR id > 0) NOT VALID`,
  );
  await client.query(`SET application_name = ''`);
  await client.end();
  const { folder } = vault;
  const out = `${folder.path}/found.json`;
  const key = ['--key-file', vault.keyFiles.from];
  const keys = ['--from-key-file', vault.keyFiles.from, '--to-key-file', vault.keyFiles.to];
  const commands = [
    ['discover', ...key, '--out', out],
    ['prove', ...key, '--inventory', out],
    ['census', ...key],
    ['posture', '--inventory', out],
    ['rotate', '--rehearse', '--accept', 'other-sessions', '--inventory', out, ...keys],
    ['rotate', '--rehearse', '--inventory', `${folder.path}/inventory.json`, ...keys],
  ];
  for (const command of commands) {
    for (const form of [[], ['--json']]) {
      const args = [...command, ...form, '--database', vault.url].map((word) =>
        form.length > 0 && word === out && command[0] === 'discover' ? `${out}.again` : word,
      );
      const { stdout, stderr } = await folder.run(args);
      expect(stdout + stderr).not.toMatch(hidden);
      expect(stderr).not.toMatch(/^keel: done/m);
      expect(stdout).not.toMatch(/^keel: done/m);
    }
  }
});
