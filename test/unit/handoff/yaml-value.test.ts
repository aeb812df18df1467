import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey } from './keys.ts';

describe('a value of a YAML or JSON file', () => {
  const encoded = (key: string) => Buffer.from(key).toString('base64');

  test.for([
    [
      'Helm values',
      (key: string) => `# chart\nreplicas: 2\nballast:\n  env:\n    key: "${key}" # 32 bytes\n  port: 80\n`,
    ],
    ['flow style', (key: string) => `ballast: {env: {key: '${key}'}, port: 80}\n`],
    ['JSON', (key: string) => `{\n  "ballast": {"env": {"key": "${key}"}, "id": 1048576012345678901}\n}\n`],
    ['base64 of the text', (key: string) => `ballast:\n  env:\n    key: ${encoded(key)}\n`],
    ['through an anchor', (key: string) => `common: &c\n  key: ${key}\nballast:\n  env: *c\n`],
    ['Windows line ends', (key: string) => `ballast:\r\n  env:\r\n    key: ${key}\r\n`],
  ] as const)(
    'gets the key and nothing else, and goes back byte for byte: %s',
    async ([, text], { folder }) => {
      const path = join(folder, 'values.yaml');
      await writeFile(path, text(old));
      const target: HandoffTarget = { kind: 'yaml-value', path, at: ['ballast', 'env', 'key'] };
      expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
      expect(await readFile(path, 'utf8')).toBe(text(fresh));
      await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
      expect(await readFile(path, 'utf8')).toBe(text(old));
    },
  );

  test.for([
    ['nothing at the path', 'ballast:\n  env: {}\n', /there is no text value at ballast.env.key/],
    ['a map at the path', 'ballast:\n  env:\n    key: {a: b}\n', /there is no text value at/],
    [
      'a value that is used elsewhere',
      `x: &k ${old}\nballast:\n  env:\n    key: *k\nother: *k\n`,
      /also used for something else/,
    ],
    ['a reference', 'ballast:\n  env:\n    key: ref+awssecrets://x\n', /is a reference/],
    [
      'several documents',
      `ballast: {env: {key: a}}\n---\nballast: {env: {key: b}}\n`,
      /more than one document/,
    ],
  ] as const)('is left as it is where there is %s', async ([, text, message], { folder }) => {
    const path = join(folder, 'values.yaml');
    await writeFile(path, text);
    const plan = planHandoff({ kind: 'yaml-value', path, at: ['ballast', 'env', 'key'] }, newKey);
    await expect(plan).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});

test('a value that is there is not vacant, and an empty one is', async ({ folder }) => {
  const path = join(folder, 'values.yaml');
  const target: HandoffTarget = { kind: 'yaml-value', path, at: ['key'] };
  await writeFile(path, `key: "${old}"\n`);
  expect(await planHandoff(target, newKey)).toMatchObject({ vacant: false, holds: oldKey.fingerprint });
  await writeFile(path, 'key: ""\n');
  expect(await planHandoff(target, newKey)).toMatchObject({ vacant: true, holds: undefined });
});
