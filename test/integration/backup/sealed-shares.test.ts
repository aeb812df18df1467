import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { KeelFolder } from '#test/support/processes/keel-process';

async function holder() {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

test('shares encrypted to their holders restore the key by their identities, beside shares in plain text', async () => {
  await using folder = await KeelFolder.create();
  const bytes = randomBytes(32);
  using key = new EncryptionKey(Buffer.from(bytes));
  const keyFile = await folder.file('key', `${bytes.toString('base64')}\n`);
  const [ada, bob] = [await holder(), await holder()];
  const ofAda = await folder.file('ada.txt', `${ada.identity}\n`);
  const ofBoth = await folder.file('both.txt', `${ada.identity}\n${bob.identity}\n`);
  const shares = join(folder.path, 'shares');
  const create = ['backup', 'create', '--key-file', keyFile, '--json', '--threshold', '2'];
  const holders = [
    ...['--holder', `Ada=${ada.recipient}`, '--holder', `Bob = ${bob.recipient}`],
    ...['--holder', 'Carol'],
  ];
  const made = await folder.run([...create, '--format', 'shares', '--out', shares, ...holders]);
  expect(made).toMatchObject({
    status: 0,
    json: { artefact: { holders: ['Ada', 'Bob', 'Carol'], threshold: 2, proven: false } },
  });
  const names = ['share-1-of-3-ada.age', 'share-2-of-3-bob.age', 'share-3-of-3-carol.txt'];
  expect((await readdir(shares)).sort()).toEqual(names);
  const [first, second, third] = names.map((name) => join(shares, name)) as [string, string, string];
  expect(await readFile(first, 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n[^#]+$/);

  const drill = (artefacts: readonly string[], ...more: string[]) =>
    folder.run([
      ...['backup', 'drill', '--artefact', ...artefacts],
      ...['--expect', key.fingerprint, '--json', ...more],
    ]);
  expect(await drill([shares], '--identity', ofBoth)).toMatchObject({
    status: 0,
    json: { drill: { result: 'correct' } },
  });
  expect(await drill([first, second, third], '--identity', ofAda)).toMatchObject({
    status: 3,
    json: {
      drill: {
        shares: [
          { holder: 'Ada', state: 'good' },
          { state: 'damaged', message: 'it is encrypted, and no identity that was used decrypts it' },
          { holder: 'Carol', state: 'good' },
          { name: 'share 2 of 3', state: 'missing' },
        ],
      },
    },
  });
  expect(await drill([first], '--identity', ofAda)).toMatchObject({
    status: 3,
    json: { drill: { breaksAt: 'shares', message: expect.stringContaining('1 more') } },
  });

  const out = join(folder.path, 'restored');
  const restore = ['backup', 'restore', '--artefact', first, third, '--identity', ofAda, '--out', out];
  expect(await folder.run([...restore, '--expect', key.fingerprint])).toMatchObject({ status: 0 });
  expect(await readFile(out, 'utf8')).toBe(`${bytes.toString('base64')}\n`);
});

test('a holder with a wrong public key, or a printed set with public keys, is refused before anything is written', async () => {
  await using folder = await KeelFolder.create();
  const keyFile = await folder.file('key', `${randomBytes(32).toString('base64')}\n`);
  const { identity, recipient } = await holder();
  const out = join(folder.path, 'out');
  const create = (format: readonly string[], first: string) =>
    folder.run([
      ...['backup', 'create', '--key-file', keyFile, '--out', out, '--threshold', '2', '--json'],
      ...[...format, '--holder', first, '--holder', 'Bob'],
    ]);
  const wrong = `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`;
  for (const run of [
    await create(['--format', 'shares'], `Ada=${wrong}`),
    await create(['--format', 'shares'], `Ada=${identity}`),
    await create(['--format', 'paper', '--kind', 'share'], `Ada=${recipient}`),
  ]) {
    expect(run).toMatchObject({ status: 2, json: { error: { code: 'usage' } } });
    expect(run.json.error.message).toContain('nothing was written');
  }
  expect(await readdir(folder.path)).not.toContain('out');
});
