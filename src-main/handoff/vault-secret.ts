import { z } from 'zod';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { type AppliedChange, assertExpected, assertWritten, type PlannedChange } from './key-change.ts';
import { fingerprintOfValue, maskOf } from './key-text.ts';
import { askVault, type VaultAccess, type VaultAnswer } from './vault-http.ts';

/** A field of a secret in a KV version 2 engine of Vault or OpenBao. */
export interface VaultSecret {
  /** Where the engine is mounted, like `secret`. */
  readonly mount: string;
  /** Of the secret in it, like `ballast/production`. */
  readonly path: string;
  readonly field: string;
}

interface Standing {
  /** 0 where there is no secret, or its last version was deleted and none came before. */
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** KV v2, "Read secret version". */
const readAnswer = z.object({
  data: z.object({
    data: z.record(z.string(), z.unknown()).nullable(),
    metadata: z.object({ version: z.number().int() }),
  }),
});

export async function planVaultSecret(
  target: VaultSecret,
  key: EncryptionKey,
  access: VaultAccess,
): Promise<PlannedChange> {
  return planned(target, await read(target, access), key);
}

/**
 * Writes a new version of the secret with the key in its field and every other field as it is, by check-and-set: if another hand wrote
 * meanwhile, nothing changes. Then reads it back. Throws `key-wrong`, `file-unwritable`, `verification-failed`, and what
 * `askVault` throws.
 */
export async function applyVaultSecret(
  target: VaultSecret,
  expected: string | undefined,
  key: EncryptionKey,
  access: VaultAccess,
): Promise<AppliedChange> {
  const standing = await read(target, access);
  const { holds, diffMasked } = planned(target, standing, key);
  const where = `${target.mount}/${target.path}`;
  if (holds === key.fingerprint) return { where, diffMasked, changed: false };
  if (standing.version > 0) assertExpected(where, holds, expected);
  const answer = await askVault(access, 'POST', dataPath(target), {
    options: { cas: standing.version },
    data: { ...standing.fields, [target.field]: key.toBase64() },
  });
  if (answer.status === 400) {
    throw new KeelError(
      'file-unwritable',
      `${where} was changed by another hand meanwhile, or takes no such value; it was not written`,
      'look at it again, then hand the key off once more',
    );
  }
  if (answer.status >= 300) throw refused(target, answer);
  const after = await read(target, access);
  assertWritten(where, planned(target, after, key).holds, key);
  return { where, diffMasked, changed: true };
}

function planned(
  { field, mount, path }: VaultSecret,
  { fields }: Standing,
  key: EncryptionKey,
): PlannedChange {
  const value = fields[field];
  const held = typeof value === 'string' ? value.trim() : '';
  const lead = `${mount}/${path} ${field}: `;
  return {
    holds: fingerprintOfValue(held),
    diffMasked: `-${lead}[${maskOf(held)}]\n+${lead}[key ${key.fingerprint}]`,
  };
}

async function read(target: VaultSecret, access: VaultAccess): Promise<Standing> {
  const answer = await askVault(access, 'GET', dataPath(target));
  const parsed = readAnswer.safeParse(answer.body);
  // a deleted version is a 404 that still tells its number, which check-and-set needs
  if ((answer.status === 200 || answer.status === 404) && parsed.success) {
    const { data, metadata } = parsed.data.data;
    return { version: metadata.version, fields: data ?? {} };
  }
  if (answer.status === 404) return { version: 0, fields: {} };
  throw refused(target, answer);
}

/** KV v2: reading and writing go to `MOUNT/data/PATH`. */
function dataPath({ mount, path }: VaultSecret): string {
  const part = (text: string) =>
    text
      .split('/')
      .filter((one) => one !== '' && one !== '.' && one !== '..')
      .map(encodeURIComponent)
      .join('/');
  return `${part(mount)}/data/${part(path)}`;
}

function refused({ mount, path }: VaultSecret, { status }: VaultAnswer): KeelError {
  const denied = status === 401 || status === 403;
  const why = denied
    ? 'the token may not read or write it'
    : status >= 300 && status < 400
      ? `the server points to another address (${status})`
      : status === 503
        ? 'the Vault is sealed'
        : `the server answered ${status} as no KV version 2 engine does`;
  return new KeelError(
    denied ? 'login-refused' : 'file-unwritable',
    `${mount}/${path} was not changed: ${why}`,
    denied
      ? 'give a token whose policy has read and update on it'
      : status === 503
        ? 'unseal the Vault, then start again'
        : 'check address, mount and path: the mount is that of the engine, the path has no `data/` in front',
  );
}
