import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { aKey, findings, test, write } from '#test/support/key-files';

const example = 'aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=';

describe.skipIf(process.platform === 'win32')('the rights of a key file', () => {
  test.for([
    [0o600, /^pass/],
    [0o640, /^warn: its group can read/],
    [0o644, /^fail: every account on the machine can read/],
    [0o666, /^fail: every account on the machine can change or replace/],
  ] as const)('%o are judged', async ([mode, seen], { open }) => {
    expect((await findings(await write(join(open, '.env'), '', mode))).rights).toMatch(seen);
  });

  test('do not matter in a folder that lets nobody else in', async ({ open }) => {
    await chmod(open, 0o700);
    expect((await findings(await write(join(open, '.env'), '', 0o604))).rights).toMatch(/^pass/);
  });

  test('are of no use in a folder that everyone may write to', async ({ open }) => {
    const path = await write(join(open, '.env'), '');
    await chmod(open, 0o777);
    expect((await findings(path)).rights).toMatch(/^fail: .*replace/);
  });

  test('are those of the file that a link leads to', async ({ open }) => {
    const real = await write(join(open, 'real.env'), '', 0o644);
    await symlink(real, join(open, '.env'));
    expect((await findings(join(open, '.env'))).rights).toMatch(/^fail/);
  });
});

describe('the key is seen', () => {
  const key = aKey();
  const bytes = Buffer.from(key.text, 'base64');
  test.for<[string, string | Buffer]>([
    ['under a name with a beginning', `BALLAST_ENCRYPTION_KEY=${key.text}\n`],
    ['under another name', `MASTER="${key.text}"\n`],
    ['without its padding', `ENCRYPTION_KEY=${key.text.replace('=', '')}\n`],
    ['on the next line of YAML', `env:\n  ENCRYPTION_KEY: >-\n    ${key.text}\n`],
    ['in UTF-16', Buffer.from(`\uFEFFENCRYPTION_KEY=${key.text}\r\n`, 'utf16le')],
    ['in hex', `key: ${bytes.toString('hex')}\n`],
    ['in a comment', `# was ENCRYPTION_KEY=${key.text}\n`],
  ])('%s', async ([, text], { open }) => {
    const path = join(open, 'settings');
    await writeFile(path, text);
    expect((await findings(path, key.fingerprint)).content).toMatch(
      /^warn: it contains key .*, the active one/,
    );
  });

  test('where Keel does not know it, by its name alone', async ({ open }) => {
    const path = await write(join(open, '.env'), `BALLAST_ENCRYPTION_KEY=${key.text}\n`);
    expect((await findings(path)).content).toMatch(/^warn: it contains key/);
    const other = await write(join(open, 'other'), `MASTER=${key.text}\n`);
    expect((await findings(other)).content).toBe(
      'pass: neither a value of ENCRYPTION_KEY nor a key that Keel knows was found in it',
    );
  });
});

describe('what stands in it', () => {
  test.for([
    [
      '.env',
      (key: string) => `A=1\nexport ENCRYPTION_KEY="${key}" # ours\n`,
      /^warn: it contains key .*, the active one, in plain text/,
    ],
    [
      'compose.yaml',
      (key: string) => `services:\n  api:\n    environment:\n      - ENCRYPTION_KEY=${key}\n`,
      /^fail: key .*, the active one, in a compose file/,
    ],
    [
      'secret.yaml',
      (key: string) => `kind: Secret\ndata:\n  ENCRYPTION_KEY: ${Buffer.from(key).toString('base64')}\n`,
      /^warn: key .*, the active one, in a Kubernetes manifest/,
    ],
    ['encryption_key', (key: string) => `${key}\n`, /^warn: it contains key .*, the active one/],
  ] as const)('%s is found by its form', async ([name, text, seen], { open }) => {
    const key = aKey();
    const found = await findings(await write(join(open, name), text(key.text)), key.fingerprint);
    expect(found.content).toMatch(seen);
    expect(JSON.stringify(found)).not.toContain(key.text);
  });

  test.for([
    [example, /^fail: it contains the example key/],
    [Buffer.alloc(32, 7).toString('base64'), /^fail: it contains a key that repeats a few bytes/],
  ] as const)('a key that guards nothing fails: %s', async ([key, seen], { open }) => {
    expect((await findings(await write(join(open, '.env'), `ENCRYPTION_KEY=${key}\n`))).content).toMatch(
      seen,
    );
  });

  test('another variable is not taken for the key', async ({ open }) => {
    const text = `SESSION_SECRET=${aKey().text}\nENCRYPTION_KEY=\n`;
    expect((await findings(await write(join(open, '.env'), text))).content).toBe(
      'pass: neither a value of ENCRYPTION_KEY nor a key that Keel knows was found in it',
    );
  });

  test.for([
    'ENCRYPTION_KEY=changeme',
    'ENCRYPTION_KEY="correct horse battery staple"',
    'ENCRYPTION_KEY: "64 characters of something"',
  ])('a value of ENCRYPTION_KEY that is no key of a known form is not passed: %s', async (text, { open }) => {
    expect((await findings(await write(join(open, '.env'), `${text}\n`))).content).toBe(
      'unknown: ENCRYPTION_KEY has a value that Keel cannot read as a key',
    );
  });

  test('a key in hex is one, though Keel does not know it', async ({ open }) => {
    const hex = Buffer.from(aKey().text, 'base64').toString('hex');
    const path = await write(join(open, '.env'), `ENCRYPTION_KEY=${hex}\n`);
    expect((await findings(path)).content).toMatch(/^warn: it contains key .* in plain text/);
  });

  test.for([
    'ENCRYPTION_KEY=${ENCRYPTION_KEY:?}',
    'ENCRYPTION_KEY: "{{ vault_key }}"',
    'ENCRYPTION_KEY:\n  secretKeyRef:\n    name: ballast',
    'ENCRYPTION_KEY_FILE=/run/secrets/key',
    'ENCRYPTION_KEY=<your key>',
  ])('what refers to a key elsewhere is no value: %s', async (text, { open }) => {
    expect((await findings(await write(join(open, 'settings'), `${text}\n`))).content).toMatch(/^pass/);
  });
});

test('what cannot be read is not known, and a giant or a folder is not read', async ({ open }) => {
  const giant = await write(join(open, 'giant'), '');
  await truncate(giant, 20_000_000);
  await mkdir(join(open, 'folder'));
  for (const [name, why] of [
    ['missing', /the file does not exist/],
    ['folder', /it is a folder/],
    ['giant', /is too large/],
  ] as const)
    expect((await findings(join(open, name))).read).toMatch(new RegExp(`^unknown: .*${why.source}`));
});
