import { link, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, describe, expect } from 'vitest';
import { parse } from 'yaml';
import type { HandoffTarget } from '#contract/handoff';
import { inTerminalWords } from '#commands/act-text';
import { KeelError } from '#errors/keel-error';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey } from './keys.ts';

const variable = 'ENCRYPTION_KEY';
const base64 = (text: string) => Buffer.from(text).toString('base64');

const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: app}\n';

/** A kind of file, and a text in which `#` is the key and `%` its base64. */
const cases: [string, (path: string) => HandoffTarget, string][] = [
  [
    'a literal block in a compose file',
    (path) => ({ kind: 'compose-file', path, variable }),
    'services:\n  a:\n    environment:\n      ENCRYPTION_KEY: |\n        #\n      A: b\n',
  ],
  [
    'a literal block at the end of a file without a line end',
    (path) => ({ kind: 'kubernetes-secret', path, variable }),
    `${secret}stringData:\n  ENCRYPTION_KEY: |\n    #`,
  ],
  [
    'a literal block of base64',
    (path) => ({ kind: 'kubernetes-secret', path, variable }),
    `${secret}data:\n  ENCRYPTION_KEY: |\n    %\n  A: Yg==\n`,
  ],
  [
    'a literal block of base64 as a value',
    (path) => ({ kind: 'yaml-value', path, at: ['a'] }),
    'a: |\n  %\nb: c\n',
  ],
  [
    'a quoted literal of kustomize',
    (path) => ({ kind: 'kubernetes-secret', path, variable }),
    `secretGenerator:\n- name: app\n  literals:\n  - 'ENCRYPTION_KEY="#"'\n`,
  ],
  [
    'JSON with comments and trailing commas',
    (path) => ({ kind: 'yaml-value', path, at: ['Encryption', 'Key'] }),
    '{\r\n  // the key\r\n  "Encryption": { "Key": "#", }, /* http://x */\r\n  "N": 1.0\r\n}\r\n',
  ],
  [
    'a variable of a container in a list',
    (path) => ({ kind: 'yaml-value', path, at: ['env', 'ENCRYPTION_KEY', 'value'] }),
    'env:\n  - name: A\n    value: b\n  - name: ENCRYPTION_KEY\n    value: #\n',
  ],
  [
    'a unit with a comment between the lines of a setting',
    (path) => ({ kind: 'systemd-unit', path, variable }),
    '[Service]\nEnvironment=A=b \\\n; ENCRYPTION_KEY=before\n; and \\\n ENCRYPTION_KEY=#\\\n C=d\n',
  ],
  [
    'an item of a list by its index',
    (path) => ({ kind: 'yaml-value', path, at: ['keys', '1'] }),
    'keys: [a, "#"]\n',
  ],
];

describe('a hand-off changes the key and nothing else, and undo restores the file byte for byte', () => {
  test.for(cases)('in %s', async ([, targetOf, text], { folder }) => {
    const target = targetOf(join(folder, 'file'));
    const withKey = (key: string) => text.replace('#', key).replace('%', base64(key));
    await writeFile(join(folder, 'file'), withKey(old));
    await applyHandoff(target, oldKey.fingerprint, newKey);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe(withKey(fresh));
    await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe(withKey(old));
  });

  test.for<[string, string]>([
    ['with a comment', 'key: # fill in\nb: 1\n'],
    ['at the end of the line', 'key:\nb: 1\n'],
    ['in quotes', 'key: ""\nb: 1\n'],
  ])('where a value of YAML is empty, %s', async ([, text], { folder }) => {
    const path = join(folder, 'values.yaml');
    const target: HandoffTarget = { kind: 'yaml-value', path, at: ['key'] };
    await writeFile(path, text);
    await applyHandoff(target, undefined, newKey);
    expect(parse(await readFile(path, 'utf8'))).toEqual({ key: fresh, b: 1 });
    await takeBackHandoff(target, { given: newKey.fingerprint });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('where a variable of a .env is empty and a comment follows, so that shells read it too', async ({
    folder,
  }) => {
    const path = join(folder, '.env');
    const target: HandoffTarget = { kind: 'env-file', path, variable };
    await writeFile(path, 'ENCRYPTION_KEY= # openssl rand -base64 32\n');
    await applyHandoff(target, undefined, newKey);
    expect(await readFile(path, 'utf8')).toBe(`ENCRYPTION_KEY=${fresh} # openssl rand -base64 32\n`);
    await takeBackHandoff(target, { given: newKey.fingerprint });
    expect(await readFile(path, 'utf8')).toBe('ENCRYPTION_KEY= # openssl rand -base64 32\n');
  });
});

describe('a hand-off is refused', () => {
  test.for<[string, (path: string) => HandoffTarget, string, RegExp]>([
    [
      'where an alias takes the key from another field of a Secret',
      (path) => ({ kind: 'kubernetes-secret', path, variable }),
      `${secret}stringData:\n  OTHER: &key #\n  ENCRYPTION_KEY: *key\n`,
      /also used for something else \(line 5\)/,
    ],
    [
      'where an alias takes the key from another variable of a service',
      (path) => ({ kind: 'compose-file', path, variable }),
      'services:\n  a:\n    environment:\n      OTHER: &key #\n      ENCRYPTION_KEY: *key\n',
      /also used for something else \(line 4\)/,
    ],
    [
      'where the value is null',
      (path) => ({ kind: 'yaml-value', path, at: ['key'] }),
      'key: ~\n',
      /value on line 1 is null/,
    ],
    [
      'where Ansible Vault has encrypted the value',
      (path) => ({ kind: 'yaml-value', path, at: ['key'] }),
      'key: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  396132\n',
      /Ansible Vault/,
    ],
    [
      'with the store of an ExternalSecret',
      (path) => ({ kind: 'kubernetes-secret', path, variable }),
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app}\n',
      /an ExternalSecret, which fetches the value from the store/,
    ],
    ...(
      [
        [
          'file that a service extends',
          'services: {a: {extends: {file: base.yaml, service: b}}}\n',
          /base\.yaml/,
        ],
        ['service that a service extends', 'services: {a: {extends: b}}\n', /service that it extends: b/],
        ['file that is included', 'include: [part.yaml]\nservices: {}\n', /it includes: part\.yaml/],
        [
          'file of a secret',
          'services: {}\nsecrets: {k: {file: ./key.txt}}\n',
          /file of the secret.*key\.txt/,
        ],
      ] as const
    ).map(([what, text, message]): [string, (path: string) => HandoffTarget, string, RegExp] => [
      `with the ${what} of a compose file that does not set the variable`,
      (path) => ({ kind: 'compose-file', path, variable }),
      text,
      message,
    ]),
    [
      'with its kind, for a compose file that was given as a .env',
      (path) => ({ kind: 'env-file', path, variable }),
      'services:\n  a:\n    environment:\n      ENCRYPTION_KEY: #\n',
      /it is a compose file/,
    ],
    [
      'where systemd ignores the section',
      (path) => ({ kind: 'systemd-unit', path, variable }),
      '[Unit]\nEnvironment=ENCRYPTION_KEY=#\n',
      /no Environment= in it sets/,
    ],
    [
      'with the kind of a Deployment',
      (path) => ({ kind: 'kubernetes-secret', path, variable }),
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\n',
      /no Secret but a Deployment/,
    ],
  ])('%s', async ([, targetOf, text, message], { folder }) => {
    const path = join(folder, 'file.yaml');
    await writeFile(path, text.replace('#', old));
    const failure = await applyHandoff(targetOf(path), undefined, newKey).catch((error: unknown) => error);
    assert(failure instanceof KeelError);
    expect(`${failure.message} → ${inTerminalWords(failure.remedy)}`).toMatch(message);
    expect(await readFile(path, 'utf8')).toBe(text.replace('#', old));
  });
});

test('a file with hard links is handed off with a caution about the others', async ({ folder }) => {
  const path = join(folder, '.env');
  await writeFile(path, `ENCRYPTION_KEY=${old}\n`);
  await link(path, join(folder, 'other'));
  const { cautions } = await planHandoff({ kind: 'env-file', path, variable }, newKey);
  expect(cautions?.join()).toContain('one of 2 hard links');
});
