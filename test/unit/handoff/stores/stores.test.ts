import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { lacking } from '#test/support/processes/other-programs';
import { test as withFolder } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey, third } from '../keys.ts';
import { item, json, sealed, sopsText, test } from './stand-in-programs.ts';

const thirdText = third.toBase64();

/** Each place, with what is kept before and after a hand-off. */
const places: readonly {
  readonly name: string;
  readonly target: HandoffTarget;
  readonly kept: (key: string) => object;
  readonly now: (kept: any) => unknown;
  readonly want: (key: string) => unknown;
}[] = [
  {
    name: 'AWS, the key itself',
    target: { kind: 'aws-secret', id: 'prod/ballast', region: 'eu-west-1' },
    kept: (key) => ({ 'prod/ballast': [{ SecretString: key }] }),
    now: (kept) => kept['prod/ballast'].at(-1).SecretString,
    want: (key) => key,
  },
  {
    name: 'AWS, a field',
    target: { kind: 'aws-secret', id: 'prod/ballast', field: 'ENCRYPTION_KEY', profile: 'ops' },
    kept: (key) => ({ 'prod/ballast': [{ SecretString: json(key) }] }),
    now: (kept) => kept['prod/ballast'].at(-1).SecretString,
    want: json,
  },
  {
    name: 'Google, the key with a line end',
    target: { kind: 'gcp-secret', name: 'ballast-key', project: 'acme-prod' },
    kept: (key) => ({ 'ballast-key': [`${key}\n`] }),
    now: (kept) => kept['ballast-key'].at(-1),
    want: (key) => `${key}\n`,
  },
  {
    name: 'Google, a field',
    target: { kind: 'gcp-secret', name: 'ballast', field: 'ENCRYPTION_KEY' },
    kept: (key) => ({ ballast: [json(key)] }),
    now: (kept) => kept.ballast.at(-1),
    want: json,
  },
  {
    name: 'Azure, with tags, a type and dates',
    target: { kind: 'azure-secret', vault: 'acme', name: 'ballast' },
    kept: (key) => ({
      'acme/ballast': [
        {
          value: key,
          tags: { owner: 'ops=team', stage: 'prod' },
          contentType: 'text/plain',
          attributes: {
            enabled: true,
            expires: '2027-05-01T00:00:00+00:00',
            notBefore: '2025-05-01T00:00:00+00:00',
          },
        },
      ],
    }),
    now: (kept) => kept['acme/ballast'].at(-1),
    want: (key) => ({
      value: key,
      tags: { owner: 'ops=team', stage: 'prod' },
      contentType: 'text/plain',
      attributes: {
        enabled: true,
        expires: '2027-05-01T00:00:00+00:00',
        notBefore: '2025-05-01T00:00:00+00:00',
      },
    }),
  },
  {
    name: 'Azure, a field, without tags',
    target: { kind: 'azure-secret', vault: 'acme', name: 'ballast', field: 'ENCRYPTION_KEY' },
    kept: (key) => ({
      'acme/ballast': [
        {
          value: json(key),
          tags: {},
          contentType: null,
          attributes: { enabled: true, expires: null, notBefore: null },
        },
      ],
    }),
    now: (kept) => kept['acme/ballast'].at(-1),
    want: (key) => ({
      value: json(key),
      tags: {},
      contentType: null,
      attributes: { enabled: true, expires: null, notBefore: null },
    }),
  },
  {
    name: '1Password',
    target: { kind: 'one-password', vault: 'prod', item: 'ballast', field: 'credential' },
    kept: (key) => ({ 'prod/ballast': item(key) }),
    now: (kept) => kept['prod/ballast'].fields,
    want: (key) => item(key).fields,
  },
];

describe.skipIf(process.platform === 'win32').for(places)(
  'a secret of $name',
  ({ target, kept, now, want }) => {
    test('gets the key and nothing else, by no argument, and goes back', async ({ programs }) => {
      await programs.keep(kept(old));
      expect(await planHandoff(target, newKey)).toMatchObject({ holds: oldKey.fingerprint, vacant: false });
      expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
      expect(now(await programs.kept())).toEqual(want(fresh));
      expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: false });
      await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
      expect(now(await programs.kept())).toEqual(want(old));
      const words = await programs.words();
      for (const key of [old, fresh]) expect(words).not.toContain(key);
    });

    test('that holds another key is not changed', async ({ programs }) => {
      await programs.keep(kept(thirdText));
      await expect(applyHandoff(target, oldKey.fingerprint, newKey)).rejects.toMatchObject({
        code: 'key-wrong',
      });
      expect(now(await programs.kept())).toEqual(want(thirdText));
    });

    test('that is not there is not made', async ({ programs }) => {
      await programs.keep({});
      await expect(applyHandoff(target, undefined, newKey)).rejects.toMatchObject({
        code: 'file-unwritable',
        message: expect.stringMatching(/^there is no secret at /),
      });
      expect(await programs.kept()).toEqual({});
    });
  },
);

describe.skipIf(process.platform === 'win32')('what is not clear is refused', () => {
  test('JSON without a field named, and a field that is not there', async ({ programs }) => {
    await programs.keep({ ballast: [{ SecretString: json(old) }], plain: [{ SecretString: old }] });
    const plan = (more: object) => planHandoff({ kind: 'aws-secret', id: 'ballast', ...more }, newKey);
    await expect(plan({})).rejects.toMatchObject({
      message: expect.stringContaining('it is a JSON object with 4 fields'),
      remedy: 'specify the field that contains the key',
    });
    await expect(plan({ field: 'KEY' })).rejects.toMatchObject({
      message: expect.stringMatching(/it has no field KEY; it has 4 fields of other names$/),
    });
    await expect(plan({ field: 'id' })).rejects.toMatchObject({
      message: expect.stringContaining('is not text'),
    });
    await expect(plan({ id: 'plain', field: 'KEY' })).rejects.toMatchObject({
      message: expect.stringContaining('not a JSON object'),
    });
  });

  test('a binary secret of AWS, and a login of 1Password, whose passkey would be lost', async ({
    programs,
  }) => {
    await programs.keep({
      ballast: [{ SecretBinary: 'AAAA' }],
      'prod/ballast': { ...item(old), category: 'LOGIN' },
    });
    await expect(planHandoff({ kind: 'aws-secret', id: 'ballast' }, newKey)).rejects.toMatchObject({
      message: expect.stringContaining('binary'),
    });
    const login: HandoffTarget = {
      kind: 'one-password',
      vault: 'prod',
      item: 'ballast',
      field: 'credential',
    };
    await expect(applyHandoff(login, oldKey.fingerprint, newKey)).rejects.toMatchObject({
      message: expect.stringContaining('passkey'),
    });
    expect((await programs.kept())['prod/ballast'].version).toBe(3);
  });

  test('a program that refuses is told with why, not in its words', async ({ folder, programs }) => {
    await programs.keep({});
    await writeFile(
      join(folder, 'bin', 'aws'),
      '#!/bin/sh\necho "Token hunter2 has expired" >&2\nexit 255\n',
    );
    await expect(planHandoff({ kind: 'aws-secret', id: 'ballast' }, newKey)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringMatching(/: aws refused \(exit status 255\): it is not logged in, or [a-z ]+$/),
      remedy: expect.stringContaining('aws sso login'),
    });
  });
});

describe.skipIf(process.platform === 'win32')('a file of SOPS', () => {
  const values = (key: string) => ({ ballast: { 'encryption.key': key, port: '8080' }, other: 'x' });

  test('gets the key at its path by sops itself, and goes back', async ({ folder, programs }) => {
    const path = join(folder, 'secrets.yaml');
    await writeFile(path, sopsText(values(old)));
    const target: HandoffTarget = { kind: 'sops-file', path, at: ['ballast', 'encryption.key'] };
    expect(await planHandoff(target, newKey)).toMatchObject({ holds: oldKey.fingerprint });
    expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
    expect(await readFile(path, 'utf8')).toBe(sopsText(values(fresh)));
    await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
    expect(await readFile(path, 'utf8')).toBe(sopsText(values(old)));
    const words = await programs.words();
    for (const key of [old, fresh]) expect(words).not.toContain(key);
    await expect(planHandoff({ ...target, at: ['ballast', 'no'] }, newKey)).rejects.toMatchObject({
      message: expect.stringContaining('no text value'),
    });
  });

  test('that was tampered with is refused with why', async ({ folder, programs }) => {
    const path = join(folder, 'secrets.yaml');
    await writeFile(path, sopsText(values(old)).replace(sealed('x'), sealed('y')));
    const target: HandoffTarget = { kind: 'sops-file', path, at: ['ballast', 'encryption.key'] };
    await expect(planHandoff(target, newKey)).rejects.toMatchObject({
      message: expect.stringContaining('the contents were changed'),
    });
    expect(await programs.words()).toContain('decrypt');
  });
});

const noSops = lacking({ sops: ['sops', '--version'], age: ['age-keygen', '--version'] });

withFolder.skipIf(noSops !== '')(
  `a file of the real SOPS gets the key and no other value changes${noSops}`,
  async ({ folder }) => {
    const keyFile = join(folder, 'age.txt');
    spawnSync('age-keygen', ['-o', keyFile]);
    const recipient = /public key: (\S+)/.exec(await readFile(keyFile, 'utf8'))?.[1] ?? '';
    process.env['SOPS_AGE_KEY_FILE'] = keyFile;
    const path = join(folder, 'secrets.yaml');
    await writeFile(path, `ballast:\n  key: ${old}\n  port: "80"\n`);
    expect(spawnSync('sops', ['encrypt', '--age', recipient, '--in-place', path]).status).toBe(0);
    const target: HandoffTarget = { kind: 'sops-file', path, at: ['ballast', 'key'] };
    await applyHandoff(target, oldKey.fingerprint, newKey);
    expect(spawnSync('sops', ['decrypt', path]).stdout.toString()).toContain(fresh);
  },
);
