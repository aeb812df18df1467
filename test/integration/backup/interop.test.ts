import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { KeelFolder } from '#test/support/processes/keel-process';
import { fixture, lacking, python, runOther } from '#test/support/processes/other-programs';

const noAge = lacking({ age: ['age', '--version'], python3: [python, '--version'] });
const noMnemonic = lacking({ 'python3-mnemonic': [python, '-c', 'import mnemonic'] });
const noPython = lacking({ python3: [python, '--version'] });
const passphrase = 'seven unlikely words about a viper and clay';

/** A folder with a key in a file, for the command line. */
async function folderWithKey() {
  const folder = await KeelFolder.create();
  using key = generateEncryptionKey();
  const keyFile = await folder.file('the.key', `${key.toBase64()}\n`);
  return { folder, keyFile, base64: key.toBase64(), fingerprint: key.fingerprint };
}

describe.skipIf(noAge !== '')(`Debian's age${noAge}`, () => {
  const typing = (words: readonly string[]) =>
    runOther(python, [fixture('age/typed-passphrase.py'), ...words], { env: { PASSPHRASE: passphrase } });

  test('opens what Keel sealed under a passphrase, and Keel what age sealed', async () => {
    const { folder, keyFile, base64, fingerprint } = await folderWithKey();
    await using _ = folder;
    const passphraseFile = await folder.file('passphrase', `${passphrase}\n`);
    const [ours, theirs, opened] = ['ours.age', 'theirs.age', 'opened'].map((name) =>
      join(folder.path, name),
    ) as [string, string, string];
    const options = ['--passphrase-file', passphraseFile, '--json'];
    const made = await folder.run([
      'backup',
      'create',
      '--format',
      'age',
      '--key-file',
      keyFile,
      '--out',
      ours,
      ...options,
    ]);
    expect(made).toMatchObject({ status: 0, json: { ok: true, artefact: { fingerprint, proven: true } } });
    typing(['age', '--decrypt', '-o', opened, ours]);
    expect(await readFile(opened, 'utf8')).toContain(`\nENCRYPTION_KEY=${base64}\n`);

    typing(['age', '--passphrase', '--armor', '-o', theirs, opened]);
    const drilled = await folder.run([
      'backup',
      'drill',
      '--artefact',
      theirs,
      '--expect',
      fingerprint,
      ...options,
    ]);
    expect(drilled).toMatchObject({ status: 0, json: { ok: true, drill: { result: 'correct' } } });
  });

  test('opens what Keel sealed to several recipients, each with its identity, and Keel what age sealed to one', async () => {
    const { folder, keyFile, base64, fingerprint } = await folderWithKey();
    await using _ = folder;
    const identities = ['first', 'second', 'other'].map((name) => join(folder.path, name));
    for (const identity of identities) runOther('age-keygen', ['-o', identity]);
    const recipients = identities
      .slice(0, 2)
      .map((identity) => runOther('age-keygen', ['-y', identity]).trim());
    const [ours, theirs] = ['ours.age', 'theirs.age'].map((name) => join(folder.path, name)) as [
      string,
      string,
    ];
    const to = recipients.flatMap((recipient) => ['--recipient', recipient]);
    const made = await folder.run([
      'backup',
      'create',
      '--format',
      'age',
      '--key-file',
      keyFile,
      '--out',
      ours,
      ...to,
      '--json',
    ]);
    expect(made).toMatchObject({ status: 0, json: { artefact: { opensBy: 'identity', proven: false } } });
    for (const identity of identities.slice(0, 2)) {
      expect(runOther('age', ['--decrypt', '-i', identity, ours])).toContain(`\nENCRYPTION_KEY=${base64}\n`);
    }

    const input = `# by hand\nENCRYPTION_KEY=${base64}\n`;
    runOther('age', ['-r', recipients[0] as string, '-o', theirs], { input });
    for (const [artefact, identity, status, result] of [
      [ours, identities[0], 0, { result: 'correct' }],
      [ours, identities[1], 0, { result: 'correct' }],
      [theirs, identities[0], 0, { result: 'correct' }],
      [theirs, identities[2], 3, { result: 'invalid', breaksAt: 'identity' }],
      [ours, ours, 3, { result: 'invalid', breaksAt: 'identity' }],
    ] as const) {
      const run = await folder.run([
        'backup',
        'drill',
        '--artefact',
        artefact,
        '--expect',
        fingerprint,
        '--identity',
        `${identity}`,
        '--json',
      ]);
      expect(run).toMatchObject({ status, json: { drill: result } });
    }
  });
});

describe.skipIf(noMnemonic !== '')(`python3-mnemonic${noMnemonic}`, () => {
  test('has the same words for a key, and the same key for words; the command in the file gives it back', async () => {
    const { folder, keyFile, base64, fingerprint } = await folderWithKey();
    await using _ = folder;
    const out = join(folder.path, 'words.txt');
    expect(
      await folder.run([
        'backup',
        'create',
        '--format',
        'words',
        '--key-file',
        keyFile,
        '--out',
        out,
        '--json',
      ]),
    ).toMatchObject({ status: 0, json: { artefact: { proven: true } } });
    const text = await readFile(out, 'utf8');
    const words = text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .join(' ');
    const toWords =
      'import sys, base64, mnemonic; print(mnemonic.Mnemonic("english").to_mnemonic(base64.b64decode(sys.stdin.read())))';
    expect(runOther(python, ['-c', toWords], { input: base64 }).trim()).toBe(words);

    const command = /^# {3}(grep -v .+)$/m
      .exec(text)?.[1]
      ?.replace('FILE', 'words.txt')
      .replace('python3', python);
    expect(runOther('sh', ['-c', `cd '${folder.path}' && ${command}`])).toBe(`ENCRYPTION_KEY=${base64}\n`);

    const theirs = runOther(python, [
      '-c',
      'import mnemonic; print(mnemonic.Mnemonic("english").generate(256))',
    ]);
    const drilled = await folder.run(
      ['backup', 'drill', '--artefact', '-', '--expect', fingerprint, '--json'],
      { stdin: theirs },
    );
    const toKey =
      'import sys, base64, mnemonic; print(base64.b64encode(mnemonic.Mnemonic("english").to_entropy(sys.stdin.read().split())).decode())';
    using other = new EncryptionKey(
      Buffer.from(runOther(python, ['-c', toKey], { input: theirs }), 'base64'),
    );
    expect(drilled).toMatchObject({
      status: 3,
      json: { drill: { result: 'wrong', fingerprint: other.fingerprint } },
    });
  });
});

describe.skipIf(noPython !== '')(`SLIP-39 in Python, from the standard's text${noPython}`, () => {
  test('combines any shares of ours, as many as are needed, to the key', async () => {
    const { folder, keyFile, base64 } = await folderWithKey();
    await using _ = folder;
    const out = join(folder.path, 'shares');
    const holders = ['Alice', 'Bob', 'Carol', 'Dora'].flatMap((name) => ['--holder', name]);
    expect(
      await folder.run([
        'backup',
        'create',
        '--format',
        'shares',
        '--key-file',
        keyFile,
        '--out',
        out,
        '--threshold',
        '3',
        ...holders,
        '--json',
      ]),
    ).toMatchObject({ status: 0, json: { artefact: { threshold: 3, proven: true } } });
    const texts = await Promise.all((await readdir(out)).map((name) => readFile(join(out, name), 'utf8')));
    const mnemonics = texts.map((text) => text.replace(/^#.*$/gm, '').trim().split(/\s+/).join(' '));
    expect(mnemonics).toHaveLength(4);
    const combine = (chosen: readonly string[]) =>
      runOther(python, [fixture('slip39/combine.py')], {
        input: JSON.stringify({ mnemonics: chosen }),
      }).trim();
    for (const without of mnemonics) {
      const chosen = mnemonics.filter((mnemonic) => mnemonic !== without).reverse();
      expect(Buffer.from(combine(chosen), 'hex').toString('base64')).toBe(base64);
    }
    expect(() => combine(mnemonics.slice(0, 2))).toThrow('3 shares are needed, not 2');
  });
});
