import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { applyHandoff } from '#handoff/target';
import { fresh, newKey, old, oldKey, third } from '../keys.ts';
import { item, json, sopsText, test } from './stand-in-programs.ts';

// A secret that somebody else writes just after Keel did is told of, whichever part of it is not as it was.

const thirdText = third.toBase64();
const unkept = { code: 'verification-failed' };
const azure = (value: string, tags: object) => ({
  'acme/ballast': [
    { value, tags, contentType: null, attributes: { enabled: true, expires: null, notBefore: null } },
  ],
});

const places: readonly (readonly [what: string, target: HandoffTarget, before: object, after: object])[] = [
  [
    'another key in a secret of AWS',
    { kind: 'aws-secret', id: 'ballast' },
    { ballast: [{ SecretString: old }] },
    { ballast: [{ SecretString: thirdText }] },
  ],
  [
    'another field of a secret of AWS',
    { kind: 'aws-secret', id: 'ballast', field: 'ENCRYPTION_KEY' },
    { ballast: [{ SecretString: json(old) }] },
    { ballast: [{ SecretString: json(fresh).replace('"x"', '"y"') }] },
  ],
  [
    'a number of a field of Google that only JavaScript takes for the same',
    { kind: 'gcp-secret', name: 'ballast', field: 'ENCRYPTION_KEY' },
    { ballast: [json(old)] },
    { ballast: [json(fresh).replace('1048576012345678901', '1048576012345678902')] },
  ],
  [
    'a tag of a secret of Azure',
    { kind: 'azure-secret', vault: 'acme', name: 'ballast' },
    azure(old, { owner: 'ops' }),
    azure(fresh, { owner: 'dev' }),
  ],
  [
    'another field of an item of 1Password',
    { kind: 'one-password', vault: 'prod', item: 'ballast', field: 'credential' },
    { 'prod/ballast': item(old) },
    {
      'prod/ballast': {
        ...item(fresh),
        fields: item(fresh).fields.map((field) =>
          field.id === 'username' ? { ...field, value: 'x' } : field,
        ),
      },
    },
  ],
];

describe.skipIf(process.platform === 'win32')('another hand that writes meanwhile is told of', () => {
  test.for(places)('where it changes %s', async ([, target, before, after], { programs }) => {
    await programs.keep(before);
    await programs.meanwhile(JSON.stringify(after));
    await expect(applyHandoff(target, oldKey.fingerprint, newKey)).rejects.toMatchObject(unkept);
    expect(await programs.kept()).toEqual(after);
  });

  test('where it changes another value of a file of SOPS', async ({ folder, programs }) => {
    const path = join(folder, 'secrets.yaml');
    const values = (key: string, port: string) => sopsText({ ballast: { key, port } });
    await writeFile(path, values(old, '8080'));
    await programs.meanwhile(values(fresh, '8081'), path);
    const target: HandoffTarget = { kind: 'sops-file', path, at: ['ballast', 'key'] };
    await expect(applyHandoff(target, oldKey.fingerprint, newKey)).rejects.toMatchObject(unkept);
  });
});
