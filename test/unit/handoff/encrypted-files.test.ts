import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { applyHandoff, planHandoff } from '#handoff/target';
import { test } from '#test/support/temp-folder';
import { newKey, old, oldKey } from './keys.ts';

const sealed = 'ENC[AES256_GCM,data:tzJ0NFpnVlc=,iv:aXY=,tag:dGFn,type:str]';

/** Files that a tool keeps encrypted, or under a checksum, with what must be named to change them. */
const encrypted: readonly (readonly [string, string, RegExp])[] = [
  ['a .env of SOPS', `PORT=1\nENCRYPTION_KEY=${sealed}\nsops_mac=${sealed}\nsops_version=3.9.0\n`, /SOPS/],
  ['a .env of SOPS with an empty value', `ENCRYPTION_KEY=\nA=${sealed}\nsops_mac=${sealed}\n`, /SOPS/],
  ['a .env of SOPS in which the key is in clear', `ENCRYPTION_KEY=${old}\nsops_mac=${sealed}\n`, /SOPS/],
  [
    'YAML of SOPS',
    `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  ENCRYPTION_KEY: ${sealed}\nsops:\n  mac: ${sealed}\n`,
    /SOPS/,
  ],
  ['JSON of SOPS', `{"data": "${sealed}", "sops": {"mac": "${sealed}"}}`, /SOPS/],
  ['a file of Ansible Vault', '$ANSIBLE_VAULT;1.1;AES256\n3038\n', /ansible-vault edit/],
  [
    'an armored age file',
    '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n',
    /age/,
  ],
  ['an age file', 'age-encryption.org/v1\n-> X25519 abc\n', /age/],
  ['an OpenPGP message', '-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n', /OpenPGP/],
  ['a file of git-crypt', '\0GITCRYPT\0abc', /git-crypt unlock/],
];

const kinds = ['env-file', 'compose-file', 'kubernetes-secret', 'systemd-unit', 'key-file'] as const;

describe.for(encrypted)('%s', ([, text, remedy]) => {
  test.for(kinds)(
    'is left as it is, with its own tool named, whatever it is named as: %s',
    async (kind, { folder }) => {
      const path = join(folder, 'file');
      await writeFile(path, text, 'latin1');
      const target = { kind, path, variable: 'ENCRYPTION_KEY' } as HandoffTarget;
      const attempts = [
        () => planHandoff(target, newKey),
        () => applyHandoff(target, oldKey.fingerprint, newKey),
      ];
      for (const begin of attempts) {
        const attempt = begin();
        await expect(attempt).rejects.toMatchObject({ code: 'file-unwritable' });
        const said = await attempt.catch(({ message, remedy: next }) => `${message} ${next}`);
        expect(said).toMatch(remedy);
        expect(said).not.toContain('add the line');
      }
      expect(await readFile(path, 'latin1')).toBe(text);
    },
  );
});

describe('a value that is a reference', () => {
  test.for([
    ['of 1Password', 'ENCRYPTION_KEY=op://prod/ballast/key\n', /1Password/],
    ['of 1Password in quotes', 'ENCRYPTION_KEY="op://prod/ballast/key"\n', /1Password/],
    ['of 1Password behind a blank', 'ENCRYPTION_KEY=" op://prod/ballast/key"\n', /1Password/],
    [
      'of dotenvx',
      'ENCRYPTION_KEY="encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt+Z9HPMfLEIRVz50hmLXPXRuDBXaJi"\n',
      /dotenvx set/,
    ],
    ['of vals', 'ENCRYPTION_KEY=ref+vault://secret/ballast#/key\n', /reference/],
    ['of Vault’s webhook', 'ENCRYPTION_KEY=vault:secret/data/ballast#key\n', /reference/],
    ['of a template', 'ENCRYPTION_KEY={{ ballast_key }}\n', /template/],
    ['by an address', 'ENCRYPTION_KEY=awssm://ballast/key\n', /reference/],
  ] as const)('%s is not replaced by a key in clear', async ([, text, what], { folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, text);
    const target: HandoffTarget = { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' };
    await expect(planHandoff(target, newKey)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringMatching(what),
      remedy: expect.stringContaining('the place that the reference points to'),
    });
  });

  test('is refused in a unit, a compose file and a manifest too', async ({ folder }) => {
    const write = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    const variable = 'ENCRYPTION_KEY';
    const targets: HandoffTarget[] = [
      {
        kind: 'systemd-unit',
        path: await write('a.service', '[Service]\nEnvironment=ENCRYPTION_KEY=op://a/b/c\n'),
        variable,
      },
      {
        kind: 'compose-file',
        path: await write('c.yaml', 'services:\n  a:\n    environment:\n      ENCRYPTION_KEY: op://a/b/c\n'),
        variable,
      },
      {
        kind: 'kubernetes-secret',
        path: await write(
          's.yaml',
          'kind: Secret\nmetadata: {name: a}\nstringData:\n  ENCRYPTION_KEY: <path:secret/data/ballast#key>\n',
        ),
        variable,
      },
    ];
    for (const target of targets)
      await expect(planHandoff(target, newKey)).rejects.toMatchObject({
        message: expect.stringContaining('is a reference'),
      });
  });
});

describe('a file of another kind that is named as a .env', () => {
  test.for([
    ['Helm values', 'replicaCount: 1\nballast:\n  encryptionKey: x\n'],
    ['flat YAML', 'replicas: 1\nimage: ballast\n'],
    ['JSON', '{\n  "encryptionKey": "x"\n}\n'],
    ['TOML', '[ballast]\nencryption_key = "x"\n'],
    ['an INI file', '; settings\n[main]\nkey=x\n'],
    ['a Dockerfile', 'FROM node:22\nENV PORT=1\n'],
    ['a shell script', '#!/bin/sh\nif true; then\n  exec ballast\nfi\n'],
    ['XML', '<config>\n  <key>x</key>\n</config>\n'],
  ] as const)('is not told to add a line that would break it: %s', async ([, text], { folder }) => {
    const path = join(folder, 'file');
    await writeFile(path, text);
    const plan = planHandoff({ kind: 'env-file', path, variable: 'ENCRYPTION_KEY' }, newKey);
    await expect(plan).rejects.toMatchObject({
      message: expect.stringContaining('does not set ENCRYPTION_KEY'),
      remedy: expect.stringContaining('does not look like an environment file'),
    });
  });

  test.for([
    ['empty', ''],
    ['of comments', '# settings\n\n'],
    ['of other variables', 'A=1\nexport B="x\ny"\nC: 2\nPASSED_ON\n'],
  ] as const)('a .env is told to add it: %s', async ([, text], { folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, text);
    const plan = planHandoff({ kind: 'env-file', path, variable: 'ENCRYPTION_KEY' }, newKey);
    await expect(plan).rejects.toMatchObject({ remedy: expect.stringContaining('add the line') });
  });
});
