import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { planHandoff } from '#handoff/target';
import { test } from '#test/support/temp-folder';
import { newKey } from '../keys.ts';

async function messageFor(folder: string, text: string | Buffer): Promise<string> {
  const path = join(folder, 'secrets.yaml');
  await writeFile(path, text);
  const target: HandoffTarget = { kind: 'sops-file', path, at: ['key'] };
  return planHandoff(target, newKey).then(
    () => 'it was opened',
    (error: Error) => error.message,
  );
}

const naming = (server: string) => `sops:\n  hc_vault:\n    - vault_address: ${server}\n      enc: x\n`;

describe('a file of SOPS that names a Vault server', () => {
  test.for([
    '{"sops":{"hc_vault":[{"vault_address":"https://evil.example"}]}}',
    naming('https://evil.example'),
    naming('https://vault.example') + naming('https://evil.example'),
    naming('https://vault.example,@evil.example'),
    naming("https://vault.example'@evil.example"),
    naming('https://vault.example #@evil.example'),
    naming('*good'),
    '{"sops":{"hc_vault":[{"vault\\u005faddress":"https://evil.example"}]}}',
    'a: &k vault_address\nsops:\n  hc_vault:\n    - *k : https://evil.example\n',
    'sops_hc_vault__list_0__map_vault_address=https://evil.example\n',
  ])('other than the one of VAULT_ADDR is not opened: %s', async (text, { folder }) => {
    vi.stubEnv('VAULT_ADDR', 'https://vault.example');
    expect(await messageFor(folder, text)).toContain('would send your Vault token');
    vi.unstubAllEnvs();
  });

  test('or that cannot be read is not opened', async ({ folder }) => {
    const path = join(folder, 'secrets.yaml');
    await writeFile(path, 'a'.repeat((1 << 20) + 1));
    for (const [at, why] of [
      [path, 'it is too large'],
      [join(folder, 'none.yaml'), 'the file does not exist'],
    ] as const)
      await expect(planHandoff({ kind: 'sops-file', path: at, at: ['key'] }, newKey)).rejects.toMatchObject({
        code: 'file-unwritable',
        message: `${at}, key was not changed: ${why}`,
      });
  });

  test('in an encoding that hides it is not opened', async ({ folder }) => {
    vi.stubEnv('VAULT_ADDR', 'https://vault.example');
    const hidden = Buffer.from(`\uFEFF${naming('https://evil.example')}`, 'utf16le');
    expect(await messageFor(folder, hidden)).toContain('would send your Vault token');
    vi.unstubAllEnvs();
  });

  test('is not opened where VAULT_ADDR names none', async ({ folder }) => {
    vi.stubEnv('VAULT_ADDR', undefined);
    expect(await messageFor(folder, naming('https://vault.example'))).toContain(
      'would send your Vault token',
    );
    vi.unstubAllEnvs();
  });

  test('is given to sops where that is the one of VAULT_ADDR, and so is one that names none', async ({
    folder,
  }) => {
    vi.stubEnv('VAULT_ADDR', 'https://vault.example/');
    // whether sops is installed or not, Keel does not refuse
    for (const text of [naming('https://vault.example'), 'key: "*.example: x"\n'])
      expect(await messageFor(folder, text)).not.toContain('Vault token');
    vi.unstubAllEnvs();
  });
});
