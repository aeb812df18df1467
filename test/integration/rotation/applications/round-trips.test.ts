import { describe, expect, test } from 'vitest';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';
import {
  consent,
  fill,
  type Leaves,
  leavesOf,
  plaintexts,
  readRows,
  target,
  vectorsOf,
} from '#test/support/schemes/application-database';
import { otherReadersLacking, readByOthers, type Vector } from '#test/support/schemes/vectors';

/** Applications with a form of each kind: parts, columns, documents, bytes, tokens, salts and plain CFB. */
const tried = [
  'n8n',
  'flowise',
  'langfuse',
  'typebot',
  'airweave',
  'airflow',
  'posthog',
  'laravel',
  'activepieces',
  'outline',
  'hoppscotch',
  'documenso',
  'semaphore',
  'directus',
  'harbor',
  'zitadel',
  'grafana',
  'plausible',
  'litellm',
  'trigger-dev',
  'formbricks',
  'lobehub',
  'plane',
  'postiz',
  'gitea',
  'rails',
];

/** Of the same class; a salt that is written with the key is kept. */
function freshKey(old: string): string {
  const [, key = old, salt = ''] = /^(\w{32})(:\w{32})$/.exec(old) ?? [];
  return makeKeyText(keyClassOf(Buffer.from(key))).toString() + salt;
}

describe.for(tried)('a database of %s', (application) => {
  test(`goes to a new key of the same class and back, and nothing else in its rows changes${otherReadersLacking}`, async ({
    skip,
  }) => {
    skip(otherReadersLacking !== '');
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf(application);
    const [first] = vectors as [Vector];
    await fill(database, vectors);
    const fromFile = await folder.file('from.key', `${first.key}\n`);
    const to = freshKey(first.key);
    const toFile = await folder.file('to.key', `${to}\n`);
    const named = ['--application', application];
    const before = await readRows(database);
    const expected = before.map(({ id }) => (vectors[id % vectors.length] as Vector).plaintext);
    expect(plaintexts(before, first, first.key)).toEqual(expected);

    const proven = await folder.run(['prove', ...target(database), ...named, '--key-file', fromFile]);
    expect(proven).toMatchObject({ status: 0, json: { ok: true, verdict: 'correct' } });
    const keys = ['--from-key-file', fromFile, '--to-key-file', toFile];
    const rotated = await folder.run(['rotate', ...target(database), ...named, ...keys, ...consent]);
    expect(rotated).toMatchObject({ status: 0, json: { ok: true } });
    const after = await readRows(database);
    expect(plaintexts(after, first, to)).toEqual(expected);
    expect(after.map(({ around }) => around)).toEqual(before.map(({ around }) => around));
    expect(after.map(({ ciphertext }) => ciphertext)).not.toEqual(before.map(({ ciphertext }) => ciphertext));

    const undone = await folder.run(['undo', ...target(database), ...consent]);
    expect(undone).toMatchObject({ status: 0, json: { ok: true } });
    const back = await readRows(database);
    expect(plaintexts(back, first, first.key)).toEqual(expected);
    expect(back.map(({ around }) => around)).toEqual(before.map(({ around }) => around));
  });
});

test(`the leaves of an application’s documents go to a new key, each where it was${otherReadersLacking}`, async ({
  skip,
}) => {
  skip(otherReadersLacking !== '');
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  // leaves of different depths are refused: no inventory can list both
  const vectors = vectorsOf('pulp').filter(({ kind }) => kind === 'short' || kind === 'url');
  const [first] = vectors as [Vector];
  await fill(database, vectors);
  const to = makeKeyText(keyClassOf(Buffer.from(first.key))).toString();
  const files = [
    ...['--from-key-file', await folder.file('from.key', first.key)],
    ...['--to-key-file', await folder.file('to.key', to)],
  ];
  const before = leavesOf(await readRows(database));
  const rotated = await folder.run([
    ...['rotate', ...target(database), '--application', 'pulp', ...files, ...consent],
  ]);
  expect(rotated).toMatchObject({ status: 0 });
  const after = leavesOf(await readRows(database));
  const read = (leaves: Leaves, key: string) =>
    readByOthers(
      leaves.map(([, ciphertext]) => ({ application: 'pulp', scheme: 'fernet', ciphertext, key })),
    );
  expect(after.map(([place]) => place)).toEqual(before.map(([place]) => place));
  expect(read(after, to)).toEqual(read(before, first.key));
  expect(read(after, to)).not.toContain(null);
});
