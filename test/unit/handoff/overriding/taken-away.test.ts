import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { applyHandoff } from '#handoff/target';
import { overridersOf, type SettingPlace } from '#handoff/overriding/overriders';
import { newKey, oldKey } from '../keys.ts';
import { test } from './files.ts';

const variable = 'ENCRYPTION_KEY';
const service = (of: string) => `services:\n  api:\n    image: b:1\n${of}`;
const literal = (value: string) => service(`    environment:\n      ENCRYPTION_KEY: "${value}"\n`);

describe('a compose file whose setting a later file takes away', () => {
  test.for<[string, string]>([
    ['!reset of the variable', '    environment:\n      ENCRYPTION_KEY: !reset null\n'],
    ['!reset of environment', '    environment: !reset {}\n'],
    ['!override of environment', '    environment: !override\n      A: b\n'],
    ['!override of environment, as a list', '    environment: !override [A=b]\n'],
  ])('is not what the service reads: %s', async ([, of], { folder, files }) => {
    await files({ 'compose.yaml': literal('@NEW'), 'compose.override.yaml': service(of) });
    const place = { kind: 'compose-file', path: join(folder, 'compose.yaml'), variable } as const;
    expect(await overridersOf(place, newKey)).toEqual([
      { where: `${join(folder, 'compose.override.yaml')}, service api`, removes: true },
    ]);
  });

  test('is read where the later file sets the variable again', async ({ folder, files }) => {
    await files({
      'compose.yaml': literal('@OLD'),
      'compose.override.yaml': service('    environment: !override\n      ENCRYPTION_KEY: "@NEW"\n'),
    });
    const at = (name: string) => ({ kind: 'compose-file', path: join(folder, name), variable }) as const;
    expect(await overridersOf(at('compose.override.yaml'), newKey)).toEqual([]);
    expect(await overridersOf(at('compose.yaml'), newKey)).toEqual([
      { where: `${join(folder, 'compose.override.yaml')}, service api`, holds: newKey.fingerprint },
    ]);
  });

  test('sets nothing itself where the tag is on its own setting, and is left', async ({ folder, files }) => {
    for (const text of [
      service('    environment: !reset\n      ENCRYPTION_KEY: "@OLD"\n'),
      service('    environment:\n      ENCRYPTION_KEY: !reset "@OLD"\n'),
    ]) {
      await files({ 'compose.yaml': text });
      const place = { kind: 'compose-file', path: join(folder, 'compose.yaml'), variable } as const;
      await expect(applyHandoff(place, oldKey.fingerprint, newKey)).rejects.toMatchObject({
        code: 'file-unwritable',
        message: expect.stringContaining('`!reset`'),
      });
    }
  });
});

describe('an environment file that a later compose file takes away', () => {
  const place = (folder: string, name: string): SettingPlace => ({
    kind: 'env-file',
    path: join(folder, name),
    variable,
  });
  const twoFiles = (instead: string) => ({
    'compose.yaml': service('    env_file: [a.env]\n'),
    'compose.override.yaml': service(`    env_file: ${instead}\n`),
    'a.env': 'ENCRYPTION_KEY=@NEW\n',
    'b.env': 'ENCRYPTION_KEY=@OLD\n',
    'c.env': 'PORT=1\n',
  });

  test('gives way to the one instead of it, and to nothing', async ({ folder, files }) => {
    await files(twoFiles('!override [b.env]'));
    expect(await overridersOf(place(folder, 'a.env'), newKey)).toEqual([
      { where: join(folder, 'b.env'), holds: oldKey.fingerprint },
    ]);
    expect(await overridersOf(place(folder, 'b.env'), newKey)).toEqual([]);
    for (const instead of ['!override [c.env]', '!reset []']) {
      await files(twoFiles(instead));
      expect(await overridersOf(place(folder, 'a.env'), newKey)).toEqual([
        { where: `${join(folder, 'compose.override.yaml')}, service api`, removes: true },
      ]);
    }
  });

  test('is read still where another service reads it', async ({ folder, files }) => {
    const { 'compose.yaml': main, ...others } = twoFiles('!reset []');
    await files({ ...others, 'compose.yaml': `${main}  worker:\n    env_file: a.env\n` });
    expect(await overridersOf(place(folder, 'a.env'), newKey)).toEqual([]);
  });

  test('counts again where environment, which counted more, is taken away', async ({ folder, files }) => {
    const main = literal('@OLD').replace('    image', '    env_file: .env\n    image');
    const without = service('    environment:\n      ENCRYPTION_KEY: !reset\n');
    await files({ '.env': 'ENCRYPTION_KEY=@NEW\n', 'compose.yaml': main, 'compose.override.yaml': without });
    expect(await overridersOf(place(folder, '.env'), newKey)).toEqual([]);
    // of a list, compose takes no single variable away
    const listed = main.replace('ENCRYPTION_KEY: "@OLD"', '- ENCRYPTION_KEY=@OLD');
    await files({ 'compose.yaml': listed });
    expect(await overridersOf(place(folder, '.env'), newKey)).toEqual([
      { where: `${join(folder, 'compose.yaml')}, service api`, holds: oldKey.fingerprint },
    ]);
  });
});

test('a compose file that includes itself, which docker compose refuses, is left and said so', async ({
  folder,
  files,
}) => {
  await files({ 'compose.yaml': `include:\n  - path: ./compose.yaml\n${literal('@OLD')}` });
  const place = { kind: 'compose-file', path: join(folder, 'compose.yaml'), variable } as const;
  await expect(applyHandoff(place, oldKey.fingerprint, newKey)).rejects.toMatchObject({
    code: 'file-unwritable',
    message: expect.stringContaining('includes itself'),
  });
});

test('compose files that include each other many times are read once each', { timeout: 20_000 }, async ({
  folder,
  files,
}) => {
  const include = (name: string) => `include: [${Array.from({ length: 12 }, () => name).join(', ')}]\n`;
  await files({
    '.env': 'ENCRYPTION_KEY=@NEW\n',
    'compose.yaml': `${include('a.yaml')}services: {}\n`,
    'a.yaml': `${include('compose.yaml')}${literal('@OLD')}`,
  });
  const place = { kind: 'env-file', path: join(folder, '.env'), variable } as const;
  expect(await overridersOf(place, newKey)).toEqual([
    { where: `${join(folder, 'a.yaml')}, service api`, holds: oldKey.fingerprint },
  ]);
});

describe('a unit of systemd whose setting is taken away', () => {
  const place = (folder: string, name: string): SettingPlace => ({
    kind: 'systemd-unit',
    path: join(folder, name),
    variable,
  });
  const unit = '[Service]\nEnvironment=ENCRYPTION_KEY=@NEW\n';

  test.for<[string, string, string]>([
    ['UnsetEnvironment= of a drop-in', '[Service]\nUnsetEnvironment=A "ENCRYPTION_KEY"\n', 'b.service'],
    ['an empty Environment= of a later drop-in', '[Service]\nEnvironment=\nEnvironment=A=b\n', 'b.service'],
    [
      'UnsetEnvironment= of an earlier drop-in',
      '[Service]\nUnsetEnvironment=A \\\n  ENCRYPTION_KEY\n',
      'b.service.d/20-key.conf',
    ],
  ])('does not reach it: %s', async ([, dropIn, name], { folder, files }) => {
    await files({ [name]: unit, 'b.service.d/10-other.conf': dropIn });
    expect(await overridersOf(place(folder, name), newKey)).toEqual([
      { where: join(folder, 'b.service.d/10-other.conf'), removes: true },
    ]);
  });

  test.for<[string, string]>([
    ['a list that is emptied later', '[Service]\nUnsetEnvironment=ENCRYPTION_KEY\nUnsetEnvironment=\n'],
    ['another value', '[Service]\nUnsetEnvironment=ENCRYPTION_KEY=@OLD\n'],
    ['another variable', '[Service]\nUnsetEnvironment=ENCRYPTION_KEY_OLD\n'],
    ['a section that has no environment', '[Unit]\nUnsetEnvironment=ENCRYPTION_KEY\n'],
    [
      'an empty Environment= before it is set again',
      '[Service]\nEnvironment=\nEnvironment=ENCRYPTION_KEY=@NEW\n',
    ],
  ])('reaches it where UnsetEnvironment= or Environment= has %s', async ([, dropIn], { folder, files }) => {
    await files({ 'b.service': unit, 'b.service.d/x.conf': dropIn });
    const found = await overridersOf(place(folder, 'b.service'), newKey);
    expect(found.filter(({ removes }) => removes)).toEqual([]);
  });

  test.for<[string, string, string]>([
    [
      'UnsetEnvironment=',
      'Environment=ENCRYPTION_KEY=@OLD\nUnsetEnvironment=ENCRYPTION_KEY\n',
      'UnsetEnvironment=',
    ],
    ['PassEnvironment=', 'PassEnvironment=PORT ENCRYPTION_KEY\n', 'PassEnvironment='],
  ])('in the unit itself is left and said so: %s', async ([, of, said], { folder, files }) => {
    await files({ 'b.service': `[Service]\n${of}` });
    await expect(applyHandoff(place(folder, 'b.service'), oldKey.fingerprint, newKey)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining(said),
    });
  });
});
