import { chmod, chown, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { EncryptionKey } from '#crypto/encryption-key';
import { planEnvChange } from '#handoff/env-file';
import { applyHandoff } from '#handoff/target';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey, third } from './keys.ts';

const variable = 'ENCRYPTION_KEY';
const plan = (text: string) => planEnvChange(variable)(text, newKey, 'the file');
const apply = (path: string, expected: string | undefined, key: EncryptionKey) =>
  applyHandoff({ kind: 'env-file', path, variable }, expected, key);

describe('a change of a .env', () => {
  test.for([
    ['a bare value', 'ENCRYPTION_KEY=#\n'],
    ['double quotes', 'A=1\nENCRYPTION_KEY="#"\nB=2\n'],
    ['single quotes', "ENCRYPTION_KEY='#'\n"],
    ['backticks', 'ENCRYPTION_KEY=`#`\n'],
    ['export and indentation', '  export\tENCRYPTION_KEY=#\n'],
    ['blanks around the equals sign', 'ENCRYPTION_KEY = "#"\n'],
    ['Windows line ends', '# keys\r\nENCRYPTION_KEY=#\r\nB=2\r\n'],
    ['old Mac line ends', 'A=1\rENCRYPTION_KEY=#\rB=2'],
    ['no line end at the end', 'ENCRYPTION_KEY=#'],
    ['blanks at the end', 'ENCRYPTION_KEY=#  \nB=2\n'],
    ['a comment behind', 'ENCRYPTION_KEY=#   # from the safe\n'],
    ['a comment behind quotes', 'ENCRYPTION_KEY="#" # "from" the safe\n'],
    ['comments with its name', '# ENCRYPTION_KEY=old\n#ENCRYPTION_KEY=\nENCRYPTION_KEY=#\n'],
    ['variables of like names', 'MY_ENCRYPTION_KEY=x\nENCRYPTION_KEY_OLD=y\nENCRYPTION_KEY=#\n'],
    ['a byte order mark', '\uFEFFENCRYPTION_KEY=#\n'],
    ['a value of several lines before it', 'CERT="-----BEGIN\nabc=\n-----END"\nENCRYPTION_KEY=#\n'],
    ['an apostrophe in another value', "NAME=O'Brien\nENCRYPTION_KEY=#\n"],
    ['escaped quotes in another value', 'NAME="say \\"hi\\""\nENCRYPTION_KEY=#\n'],
  ] as const)('keeps %s', ([, shape]) => {
    // the first # at a value's place stands for the key
    const withKey = (key: string) =>
      shape.replace(/(?<=^[\uFEFF \t]*(?:export\s+)?ENCRYPTION_KEY *= *["'`]?)#/m, key);
    expect(plan(withKey(old))).toMatchObject({ text: withKey(fresh), holds: oldKey.fingerprint });
  });

  test('written with a colon is made, and it is told who reads that', () => {
    const { text, holds, cautions } = plan(`A=1\nENCRYPTION_KEY: ${old} # from the safe\n`);
    expect(text).toBe(`A=1\nENCRYPTION_KEY: ${fresh} # from the safe\n`);
    expect(holds).toBe(oldKey.fingerprint);
    expect(cautions?.[0]).toMatch(/with a colon, which Docker Compose and dotenv for Node.js read/);
  });

  test('in backticks is made, and it is told who reads that', () => {
    const { text, cautions } = plan(`ENCRYPTION_KEY=\`${old}\`\n`);
    expect(text).toBe(`ENCRYPTION_KEY=\`${fresh}\`\n`);
    expect(cautions).toEqual([
      expect.stringContaining('in backticks, which dotenv for Node.js reads as quotes'),
    ]);
  });

  test('fills an empty value', () => {
    for (const [before, after] of [
      ['ENCRYPTION_KEY=\nB=1\n', `ENCRYPTION_KEY=${fresh}\nB=1\n`],
      ['ENCRYPTION_KEY=""', `ENCRYPTION_KEY="${fresh}"`],
      ['ENCRYPTION_KEY= # later', `ENCRYPTION_KEY=${fresh} # later`],
    ] as const) {
      const { text, holds, diffMasked } = plan(before);
      expect(text).toBe(after);
      expect(holds).toBeUndefined();
      expect(diffMasked).toContain('[empty]');
    }
  });

  test('is shown without any key, also where a comment holds one', () => {
    const { diffMasked } = plan(`export ENCRYPTION_KEY="${old}" # before: ${third.toBase64()}\n`);
    expect(diffMasked).toBe(
      `-export ENCRYPTION_KEY="[key ${oldKey.fingerprint}]" # …\n` +
        `+export ENCRYPTION_KEY="[key ${newKey.fingerprint}]" # …`,
    );
    expect(plan('ENCRYPTION_KEY=hunter2').diffMasked).toMatch(/^-ENCRYPTION_KEY=\[no key\]\n/);
  });

  test.for([
    ['nothing', '', /does not set ENCRYPTION_KEY/, /add the line/],
    ['no such variable', 'A=1\n# ENCRYPTION_KEY=x\n', /does not set/, /add the line/],
    ['a name without a value', 'ENCRYPTION_KEY\n', /does not set/, /add the line/],
    [
      'the variable twice',
      'ENCRYPTION_KEY=a\nB=1\nexport ENCRYPTION_KEY=a\n',
      /more than once \(lines 1, 3\)/,
      /keep one/,
    ],
    [
      'the variable within another value',
      'A=1\nNOTE="was:\nENCRYPTION_KEY=a\n"\n',
      /line 3 is inside the quotes that are opened on line 2/,
      /close the quotes on line 2/,
    ],
    [
      'the variable twice, once with a colon',
      'ENCRYPTION_KEY=a\nB=1\nENCRYPTION_KEY: a\n',
      /more than once \(lines 1, 3\)/,
      /keep one/,
    ],
    [
      'a value taken from another variable',
      `ENCRYPTION_KEY=\${KEY}\n`,
      /line 1 takes ENCRYPTION_KEY from another variable/,
      /specify the variable that contains the key/,
    ],
    [
      'the lines of a systemd unit',
      '[Service]\nEnvironment=A=1\n',
      /does not set/,
      /add it as a systemd unit/,
    ],
    ['the lines of a compose file', 'services:\n  a: {}\n', /does not set/, /add it as a compose file/],
    ['the lines of a manifest', 'apiVersion: v1\nkind: Secret\n', /does not set/, /Secret manifest/],
    ['text in UTF-16', '\u00FF\u00FEE\0N\0', /does not set/, /save it as UTF-8/],
    ['an unclosed quote', 'ENCRYPTION_KEY="abc\n', /quotes on line 1/, /on one line/],
    ['more behind the quotes', 'ENCRYPTION_KEY="abc"def\n', /quotes on line 1/, /on one line/],
  ] as const)('is refused for a file with %s', ([, text, message, remedy]) => {
    expect(() => plan(text)).toThrow(
      expect.objectContaining({
        code: 'file-unwritable',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      }),
    );
  });
});

describe('applying the change', () => {
  test('writes the new key and nothing else, and tells so without it', async ({ folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, `# Größe\nENCRYPTION_KEY="${old}"\n`);
    const applied = await apply(path, oldKey.fingerprint, newKey);
    expect(applied).toMatchObject({ where: path, changed: true });
    expect(JSON.stringify(applied)).not.toContain(fresh);
    expect(await readFile(path, 'utf8')).toBe(`# Größe\nENCRYPTION_KEY="${fresh}"\n`);
    expect(await readdir(folder)).toEqual(['.env']);
  });

  test('keeps bytes of any encoding', async ({ folder }) => {
    const path = join(folder, '.env');
    const around = [
      Buffer.from('\u00EF\u00BB\u00BFA=\xff\xa0\xe9\n', 'latin1'),
      Buffer.from('\nB=à\u2028\n'),
    ];
    const file = (key: string) =>
      Buffer.concat([around[0] as Buffer, Buffer.from(`ENCRYPTION_KEY=${key}`), around[1] as Buffer]);
    await writeFile(path, file(old));
    await apply(path, undefined, newKey);
    expect(await readFile(path)).toEqual(file(fresh));
  });

  test('keeps the mode', async ({ folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, `ENCRYPTION_KEY=${old}`);
    for (const [mode, key] of [
      [0o640, newKey],
      [0o2660, oldKey],
    ] as const) {
      await chmod(path, mode);
      await apply(path, undefined, key);
      expect((await stat(path)).mode & 0o7777).toBe(mode);
    }
  });

  test.skipIf(process.getuid?.() !== 0)('keeps the owner (only root can try)', async ({ folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, `ENCRYPTION_KEY=${old}`);
    await chown(path, 1234, 4321);
    await apply(path, undefined, newKey);
    expect(await stat(path)).toMatchObject({ uid: 1234, gid: 4321 });
  });

  test('follows a symlink and leaves it one', async ({ folder }) => {
    await mkdir(join(folder, 'shared'));
    const target = join(folder, 'shared', 'env');
    await writeFile(target, `ENCRYPTION_KEY=${old}`);
    await symlink(join('shared', 'env'), join(folder, '.env'));
    const applied = await apply(join(folder, '.env'), undefined, newKey);
    expect(applied.where).toMatch(/shared.env$/);
    expect((await lstat(join(folder, '.env'))).isSymbolicLink()).toBe(true);
    expect(await readFile(target, 'utf8')).toBe(`ENCRYPTION_KEY=${fresh}`);
  });

  test.for([
    ['another key', third.toBase64(), `contains key ${third.fingerprint}`],
    ['no key', 'hunter2', 'contains no key'],
  ] as const)('is refused where the file holds %s than expected', async ([, value, message], { folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, `ENCRYPTION_KEY=${value}`);
    const refusal = apply(path, oldKey.fingerprint, newKey);
    await expect(refusal).rejects.toMatchObject({
      code: 'key-wrong',
      message: expect.stringContaining(message),
    });
    await expect(refusal).rejects.not.toThrow(value);
    expect(await readFile(path, 'utf8')).toBe(`ENCRYPTION_KEY=${value}`);
  });

  test('twice writes once', async ({ folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, `ENCRYPTION_KEY=${old}`);
    await apply(path, oldKey.fingerprint, newKey);
    const { mtimeNs } = await stat(path, { bigint: true });
    expect(await apply(path, oldKey.fingerprint, newKey)).toMatchObject({
      changed: false,
    });
    expect((await stat(path, { bigint: true })).mtimeNs).toBe(mtimeNs);
  });

  test('names the file that it could not read or use', async ({ folder }) => {
    const path = join(folder, '.env');
    await expect(apply(path, undefined, newKey)).rejects.toMatchObject({
      code: 'key-file-unreadable',
      message: `${path} cannot be read (the file does not exist); it was not changed`,
    });
    await writeFile(path, 'A=1\n');
    await expect(apply(path, undefined, newKey)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: `${path} was not changed: it does not set ENCRYPTION_KEY`,
    });
  });
});

test('quotes on the line after a value are no value of it, unless it is empty', () => {
  const text = (key: string) => `${variable}=${key}\n'a line of its own'\n`;
  expect(plan(text(old)).text).toBe(text(fresh));
  expect(() => plan(text(''))).toThrow(/the quotes on the next line/);
  expect(plan(`${variable}=''\n'a line of its own'\n`)).toMatchObject({ vacant: true });
});
