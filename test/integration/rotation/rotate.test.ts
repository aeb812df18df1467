import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  createForeignDatabase,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const rows = 120;

test('a database that Keel has never seen goes to the new key, and back, with every plaintext and everything else as it was', async () => {
  await using database = await createForeignDatabase({ rows, strangers: 4 });
  await using folder = await KeelFolder.create();
  const { client, url, from, to, stranger } = database;
  const fromFile = await folder.file('from.key', `${from.toString('base64')}\n`);
  const toFile = await folder.file('to.key', `${to.toString('base64')}\n`);
  const inventory = `${folder.path}/inventory.json`;
  const target = ['--database', url, '--json'];
  // the test itself is connected
  const consent = ['--yes', '--accept', 'other-sessions'];

  const before = await readPlaintexts(client, from, stranger);
  const around = await readSurroundings(client);
  expect(before).toContain("vault vault-7 🐍: the vault's secret 7");

  const discovered = await folder.run(['discover', ...target, '--key-file', fromFile, '--out', inventory]);
  expect(discovered).toMatchObject({ status: 0, json: { ok: true } });
  expect(discovered.json.inventory.columns.map(layoutOf).sort()).toEqual([
    "My Schema.Secrets Table.the Secret 'ENC:' base64",
    'public.doc.d $.auth.token base64',
    'public.doc.d $.list[*].secret base64',
    'public.nopk.a hex:base64',
    'public.part.s hex',
    'public.raw8.blob raw cfb8',
    'public.tok.acc base64',
    'public.tok.ref base64url',
    'public.vault.body $.data "{body base64}"',
  ]);

  const keys = ['--from-key-file', fromFile, '--to-key-file', toFile];
  const stopped = await folder.run(['rotate', ...target, '--inventory', inventory, ...keys, ...consent]);
  expect(stopped).toMatchObject({ status: 4, json: { ok: false, error: { code: 'rows-unopened' } } });
  expect(await readPlaintexts(client, from, stranger)).toEqual(before);

  const rotation = [
    'rotate',
    ...target,
    '--inventory',
    inventory,
    ...keys,
    ...consent,
    '--exclude',
    'tok.acc',
  ];
  const rehearsed = await folder.run([...rotation, '--rehearse']);
  expect(rehearsed).toMatchObject({ status: 0, json: { rotation: { rehearsal: true, excluded: 4 } } });
  expect(await readPlaintexts(client, from, stranger)).toEqual(before);

  const rotated = await folder.run(rotation);
  expect(rotated.json).toMatchObject({
    ok: true,
    rotation: {
      from: expect.stringMatching(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/),
      to: expect.stringMatching(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/),
      rehearsal: false,
      excluded: 4,
      lockMs: expect.any(Number),
      totalMs: expect.any(Number),
    },
  });
  expect(rotated.status).toBe(0);
  expect(rotated.stderr).toContain('keep');
  expect(await readPlaintexts(client, to, stranger)).toEqual(before);
  expect(await readSurroundings(client)).toEqual(around);
  expect(await tablesLeft(client)).toEqual(['rotation']);

  const proven = await folder.run([
    'prove',
    ...target,
    '--inventory',
    inventory,
    '--key-file',
    toFile,
    '--exclude',
    'tok.acc',
  ]);
  expect(proven).toMatchObject({ status: 0, json: { ok: true, verdict: 'correct' } });
  const swept = await folder.run(['sweep', ...target]);
  expect(swept).toMatchObject({ status: 0, json: { ok: true, stragglers: 0 } });
  const recovered = await folder.run(['recover', ...target]);
  expect(recovered.json).toMatchObject({
    ok: true,
    recovered: [],
    active: { fingerprint: rotated.json.rotation.to },
  });

  const undone = await folder.run(['undo', ...target, ...consent]);
  expect(undone).toMatchObject({
    status: 0,
    json: { rotation: { from: rotated.json.rotation.to, to: rotated.json.rotation.from } },
  });
  expect(await readPlaintexts(client, from, stranger)).toEqual(before);
  expect(await readSurroundings(client)).toEqual(around);

  // nothing that was said or kept holds a key or a plaintext
  const said = [discovered, stopped, rehearsed, rotated, proven, swept, recovered, undone];
  const everything = [
    ...said.flatMap((run) => [run.stdout, run.stderr]),
    await folder.state(),
    await readFile(inventory, 'utf8'),
  ];
  for (const text of everything) {
    for (const key of [from, to]) expect(text).not.toContain(key.toString('base64').slice(0, 40));
    expect(text).not.toMatch(/pässwörd|accessaccess|vault's secret|abcdefghijkl/);
  }
});

test('without an inventory, what the old key opens is found and rotated, and Keel makes and backs up the new key', async () => {
  await using database = await createForeignDatabase({ rows });
  await using folder = await KeelFolder.create();
  const before = await readPlaintexts(database.client, database.from);
  const fromFile = await folder.file('from.key', database.from.toString('base64'));
  const passphrase = await folder.file('passphrase', 'correct horse battery staple\n');
  const backup = `${folder.path}/new.age`;
  const args = ['rotate', '--database', database.url, '--json', '--from-key-file', fromFile, '--new-key'];
  const consent = ['--yes', '--accept', 'other-sessions', '--keep-keys-in', 'sealed-file'];

  const unbacked = await folder.run([...args, ...consent]);
  expect(unbacked).toMatchObject({ status: 4, json: { error: { code: 'artefact-missing' } } });
  const rotated = await folder.run([
    ...args,
    ...consent,
    '--backup',
    backup,
    '--passphrase-file',
    passphrase,
  ]);
  expect(rotated).toMatchObject({ status: 0, json: { ok: true } });

  const { readAgeFile } = await import('#backup/age/age-file');
  const { Secret } = await import('#crypto/secret');
  using key = await readAgeFile(backup, new Secret(Buffer.from('correct horse battery staple')));
  expect(key.fingerprint).toBe(rotated.json.rotation.to);
  expect(await readPlaintexts(database.client, Buffer.from(key.bytes))).toEqual(before);
});

interface Column {
  schema: string;
  table: string;
  column: string;
  path?: string;
  layout: string;
}

function layoutOf({ schema, table, column, path, layout }: Column): string {
  return `${schema}.${table}.${column} ${path ? `${path} ` : ''}${layout}`;
}

async function tablesLeft(client: { query: (text: string) => Promise<{ rows: { relname: string }[] }> }) {
  const { rows: left } = await client.query(
    `SELECT relname FROM pg_class WHERE relnamespace = 'keel'::regnamespace AND relkind = 'r'`,
  );
  return left.map(({ relname }) => relname);
}
