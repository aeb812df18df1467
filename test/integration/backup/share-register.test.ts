import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

// The register of shares on the command line. Of the database they need no more than that it names the environment.

const env = { KEEL_PASSPHRASE: 'five random words for a test' };

async function desk() {
  const database = await createTestDatabase();
  const folder = await KeelFolder.create();
  const bytes = randomBytes(32);
  using key = new EncryptionKey(Buffer.from(bytes));
  const run = (...args: string[]) => folder.run([...args, '--env', 'register'], { env });
  const keyFile = await folder.file('key', `${bytes.toString('base64')}\n`);
  const add = ['env', 'add', 'register', '--database', database.url, '--keep-keys-in', 'sealed-file'];
  const added = await folder.run(add, { env });
  expect(added.status, added.stderr + added.stdout).toBe(0);
  const held = await run('key', 'import', '--key-file', keyFile);
  expect(held.status, held.stderr + held.stdout).toBe(0);
  const shares = async (name: string, ...holders: string[]) => {
    const out = join(folder.path, name);
    const made = await run(
      ...['backup', 'create', '--key-file', keyFile, '--format', 'shares', '--threshold', '2', '--out', out],
      ...holders.flatMap((holder) => ['--holder', holder]),
      '--json',
    );
    expect(made.status, made.stderr + made.stdout).toBe(0);
    return (await readdir(out)).sort().map((file) => join(out, file));
  };
  // at the holder's, where nothing is known of the environment
  const answer = (...args: string[]) => folder.run(['share', 'answer', ...args]);
  const list = async () => (await run('share', 'list', '--json')).json.sets;
  return {
    folder,
    run,
    answer,
    shares,
    list,
    fingerprint: key.fingerprint,
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

test('holders prove their shares one at a time, here or by an answer from afar, until they are enough', async () => {
  await using at = await desk();
  const identity = await generateX25519Identity();
  const bobs = await at.folder.file('bob.txt', `${identity}\n`);
  const [ada, bob, carol] = (await at.shares(
    'shares',
    'Ada',
    `Bob=${await identityToRecipient(identity)}`,
    'Carol',
  )) as [string, string, string];
  expect(await at.list()).toMatchObject([
    { fingerprint: at.fingerprint, standing: 'counts', threshold: 2, proven: 0, provenSince: null },
  ]);
  const [{ set }] = await at.list();
  const here = await at.run('share', 'prove', '--artefact', ada);
  expect(here).toMatchObject({ status: 0 });
  expect(here.stdout).toContain(`PROVEN: share 1, Ada of set ${set}`);
  expect(here.stdout).toContain('1 share proven so far, but 2 restore the key');

  const asked = await at.run('share', 'ask', '--set', set, '--holder', 'bob', '--json');
  const { question } = asked.json;
  const answered = await at.answer('--artefact', bob, '--identity', bobs, '--question', question, '--json');
  expect(answered, answered.stderr).toMatchObject({ status: 0 });
  const { answer } = answered.json;
  const accepted = await at.run('share', 'accept', '--answer', answer, '--json');
  expect(accepted).toMatchObject({ status: 0, json: { share: { number: 2 }, set: { proven: 2 } } });
  // dated by the question, as nothing tells when it was answered
  const [{ shares, provenSince }] = await at.list();
  expect(provenSince).toBe(shares[0].provenAt);
  expect(shares[1]).toMatchObject({ holder: 'Bob', askedAt: null });
  expect(shares[2]).toMatchObject({ holder: 'Carol', provenAt: null });

  // an answer is good once, and for its own question
  expect(await at.run('share', 'accept', '--answer', answer, '--json')).toMatchObject({
    status: 2,
    json: { error: { code: 'usage', message: expect.stringContaining('no question about share 2') } },
  });
  await at.run('share', 'ask', '--set', set, '--holder', '2');
  expect(await at.run('share', 'accept', '--answer', answer, '--json')).toMatchObject({
    status: 3,
    json: { error: { code: 'drill-failed' } },
  });
  const toCarol = (await at.run('share', 'ask', '--set', set, '--holder', 'Carol', '--json')).json.question;
  expect(await at.answer('--artefact', ada, '--question', toCarol)).toMatchObject({
    status: 3,
  });
  expect(await at.run('share', 'ask', '--set', set, '--holder', 'Dan', '--json')).toMatchObject({
    status: 2,
    json: { error: { remedy: expect.stringContaining('3 (Carol)') } },
  });

  // what is on record and what was sent say nothing of the shares
  const words = (await readFile(carol, 'utf8'))
    .split('\n')
    .filter((line) => /^[a-z ]+$/.test(line))
    .join(' ');
  const log = await readFile(join(at.folder.path, 'home', 'activity.jsonl'), 'utf8');
  expect(log).toContain('share proven');
  const three = words.split(' ').slice(4, 7).join(' ');
  expect(three).toMatch(/^[a-z]+ [a-z]+ [a-z]+$/);
  expect([here.stdout, question, answer, log].join()).not.toContain(three);
});

test('the register says which set counts: a new one replaces the former, a void one has its reason, an unknown one is entered by a test', async () => {
  await using at = await desk();
  const first = await at.shares('first', 'Ada', 'Bob');
  const second = await at.shares('second', 'Ada', 'Carol');
  const [one, two] = await at.list();
  expect([one.standing, two.standing]).toEqual(['replaced', 'counts']);
  const drill = (files: readonly string[], ...more: string[]) =>
    at.run('backup', 'drill', '--artefact', ...files, '--expect', at.fingerprint, ...more);
  const old = await drill(first);
  expect(old).toMatchObject({ status: 0 });
  expect(old.stdout).toMatch(new RegExp(`Set ${one.set}: it was replaced on 20`));
  expect((await drill(second, '--json')).json.drill.set).toMatchObject({ standing: 'counts', proven: 2 });
  expect((await drill([second[1] as string], '--json')).json.drill).not.toHaveProperty('set');

  const gone = await at.run('share', 'mark', '--set', one.set, '--void', '--reason', 'Bob left');
  expect(gone.stdout).toContain(`Set ${one.set}: it is void: Bob left.`);
  expect(gone.stdout).toContain('still restore the key');
  const back = await at.run('share', 'mark', '--set', one.set, '--counts', '--json');
  expect(back.json).toMatchObject({ set: { standing: 'counts' }, replaced: [two.set] });
  expect(await at.run('share', 'mark', '--set', one.set, '--json')).toMatchObject({ status: 2 });
  expect(await at.run('share', 'mark', '--set', '0000', '--void', '--json')).toMatchObject({ status: 2 });

  // a share that was typed wrong, one of a set that nobody registered, and one that was altered so that its checksum is right
  const home = join(at.folder.path, 'home', 'environments');
  const [environment] = await readdir(home);
  const path = join(home, environment as string, 'keyring.json');
  const ring = JSON.parse(await readFile(path, 'utf8'));
  const sets = ring.keys[0].shareSets;
  ring.keys[0].shareSets = [{ ...sets[0], shares: sets[1].shares }];
  await writeFile(path, JSON.stringify(ring));
  const prove = async (file: string) =>
    (await at.run('share', 'prove', '--artefact', file, '--json')).json.share;
  expect(await prove(first[0] as string)).toMatchObject({
    message: expect.stringContaining('it is not share 1 of the set'),
  });
  expect(await prove(second[0] as string)).toMatchObject({
    message: `set ${two.set} is not registered here`,
  });
  const slip = await at.folder.file(
    'slip.txt',
    (await readFile(second[0] as string, 'utf8')).replace(/^\w+ /m, ''),
  );
  expect(await at.run('share', 'prove', '--artefact', slip)).toMatchObject({
    status: 3,
    stdout: expect.stringContaining('NOT PROVEN: '),
  });
  // the register no longer tells the tested set: nothing is dated, and the test stands
  expect((await drill(first, '--json')).json.drill).not.toHaveProperty('set');
  expect((await drill(second, '--json')).json.drill.set).toMatchObject({ standing: 'unmarked', proven: 2 });
});
