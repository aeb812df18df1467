import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { planSystemdUnit } from '#handoff/systemd-unit';
import { applyHandoff, takeBackHandoff } from '#handoff/target';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey } from './keys.ts';

const plan = (text: string) => planSystemdUnit('ENCRYPTION_KEY')(text, newKey, 'ballast.service');

describe('a systemd unit, a drop-in or a Quadlet', () => {
  test.for([
    ['a word of its own', '[Service]\nEnvironment=ENCRYPTION_KEY=#\nEnvironment="LOG=info"\n'],
    ['a quoted word', '[Service]\nEnvironment="ENCRYPTION_KEY=#"\n'],
    ['a quoted value', "[Service]\nEnvironment=ENCRYPTION_KEY='#'\n"],
    ['a word among others', '[Container]\nEnvironment=A=1 "B=a b" ENCRYPTION_KEY=# C=2\n'],
    ['a line that goes on', '[Service]\nEnvironment=A=1 \\\n  ENCRYPTION_KEY=#\nUser=ballast\n'],
    ['blanks and Windows line ends', '[Service]\r\n  Environment = ENCRYPTION_KEY=#\r\n'],
    ['another variable of a like name', '[Service]\nEnvironment=OLD_ENCRYPTION_KEY=x ENCRYPTION_KEY=#\n'],
    ['comments', '[Service]\n# Environment=ENCRYPTION_KEY=x\nEnvironment=ENCRYPTION_KEY=#\n'],
  ] as const)('keeps everything but the value, with %s', ([, shape]) => {
    const withKey = (key: string) => shape.replace(/#(?! Env)/, key);
    const change = plan(withKey(old));
    expect(change).toMatchObject({ text: withKey(fresh), holds: oldKey.fingerprint });
    for (const key of [old, fresh]) expect(change.diffMasked).not.toContain(key);
  });

  test('is refused where it does not set the variable once, with where it may be', () => {
    for (const [text, message, remedy] of [
      ['[Service]\nUser=a\n', /no Environment= in it sets/, /specify the unit or drop-in/],
      ['[Service]\nEnvironmentFile=-/etc/ballast.env\n', /no Environment=/, /reads: \/etc\/ballast.env/],
      [
        `[Service]\nEnvironment=ENCRYPTION_KEY=${old}\nEnvironment=ENCRYPTION_KEY=${old}\n`,
        /more than once \(lines 2, 3\)/,
        /keep the last/,
      ],
    ] as const)
      expect(() => plan(text)).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(message),
          remedy: expect.stringMatching(remedy),
        }),
      );
  });

  test('counts what an empty Environment= does not take back', () => {
    const text = (key: string) =>
      `[Service]\nEnvironment=ENCRYPTION_KEY=${old}\nEnvironment=\nEnvironment=ENCRYPTION_KEY=${key}\n`;
    expect(plan(text(old)).text).toBe(text(fresh));
    expect(() => plan(`[Service]\nEnvironment=ENCRYPTION_KEY=${old}\nEnvironment=\n`)).toThrow(
      /no Environment=/,
    );
  });

  test('is written and taken back to the byte', async ({ folder }) => {
    const path = join(folder, 'ballast.service');
    const text = (key: string) => `[Service]\nEnvironment=ENCRYPTION_KEY=${key}\n`;
    await writeFile(path, text(old));
    const target = { kind: 'systemd-unit', path, variable: 'ENCRYPTION_KEY' } as const;
    expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
    expect(await readFile(path, 'utf8')).toBe(text(fresh));
    await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
    expect(await readFile(path, 'utf8')).toBe(text(old));
  });
});

test('an empty value is filled, and emptied again when it is taken back', async ({ folder }) => {
  for (const [kind, name, empty] of [
    ['env-file', '.env', 'A=1\nENCRYPTION_KEY=""\n'],
    ['compose-file', 'compose.yaml', 'services:\n  a:\n    environment:\n      ENCRYPTION_KEY: ""\n'],
    ['systemd-unit', 'a.service', '[Service]\nEnvironment=ENCRYPTION_KEY=\n'],
  ] as const) {
    const path = join(folder, name);
    await writeFile(path, empty);
    const target = { kind, path, variable: 'ENCRYPTION_KEY' } as const;
    await applyHandoff(target, oldKey.fingerprint, newKey);
    expect(await readFile(path, 'utf8')).toContain(fresh);
    await takeBackHandoff(target, { given: newKey.fingerprint });
    expect(await readFile(path, 'utf8')).toBe(empty);
  }
});
