import { KeelError } from '#errors/keel-error';
import { askVault, type VaultAccess, type VaultAnswer } from './http.ts';
import { vaultPath, type VaultSecret, vaultRefusal } from './path.ts';

/** A version of the KV secrets engine: with versions of each secret, or with one. */
export type KvVersion = 1 | 2;

/**
 * What engine a secret is in, as the Vault says itself: `sys/internal/ui/mounts`, which its own command line asks before it reads.
 * Undefined where the server does not answer that, or the token may not ask. Throws `file-unwritable` for an engine that keeps no
 * values, and what `askVault` throws.
 */
async function engineOf(target: VaultSecret, access: VaultAccess): Promise<KvVersion | undefined> {
  const path = vaultPath(target.mount, target.path);
  const { status, body } = await askVault(access, 'GET', `sys/internal/ui/mounts/${path}`);
  const type = status === 200 ? body.scalarAt('data', 'type') : undefined;
  if (type === undefined) return undefined;
  if (type === 'kv' || type === 'generic') return body.scalarAt('data', 'options', 'version') === '2' ? 2 : 1;
  throw new KeelError(
    'file-unwritable',
    `${target.mount} is not a KV engine but one of type ${String(type)}; nothing was changed`,
    'specify the mount of the KV engine that Ballast reads',
  );
}

/** A secret as it is now. */
export interface VaultState {
  readonly engine: KvVersion;
  /** Of KV version 2, for check-and-set; 0 before the first. */
  readonly version: number;
  /** The text of an object; undefined where the secret is not there, or was deleted. */
  readonly fields: VaultAnswer['body'] | undefined;
}

/**
 * Reads a secret. An engine that the server does not name is told by how it answers: only version 2 has a version number
 * beside the values. Throws `file-unwritable` where neither tells, and `login-refused`.
 */
export async function readVaultSecret(target: VaultSecret, access: VaultAccess): Promise<VaultState> {
  const engine = await engineOf(target, access);
  const versioned = engine === 1 ? undefined : await askVault(access, 'GET', dataPath(target, 2));
  if (versioned) {
    const version = versioned.body.scalarAt('data', 'metadata', 'version');
    // a deleted version is a 404 that still tells its number, which check-and-set needs
    if ((versioned.status === 200 || versioned.status === 404) && typeof version === 'number') {
      const fields = versioned.body.at('data', 'data');
      return { engine: 2, version, fields: fields?.isObject ? fields : undefined };
    }
    if (engine === 2 && versioned.status === 404) return { engine, version: 0, fields: undefined };
    if (engine === 2 || !mayBeFirstVersion(versioned)) throw vaultRefusal(target, versioned.status);
  }
  const plain = await askVault(access, 'GET', dataPath(target, 1));
  const fields = plain.status === 200 ? plain.body.at('data') : undefined;
  if (fields?.isObject) return { engine: 1, version: 0, fields };
  if (engine === 1 && plain.status === 404) return { engine, version: 0, fields: undefined };
  if (plain.status === 404 && versioned?.status === 404) {
    throw new KeelError(
      'file-unwritable',
      `there is no secret at ${target.mount}/${target.path}, and the server does not say which engine is mounted there; nothing was changed`,
      'check the mount and the path; a new secret has to be created once with `vault kv put`',
    );
  }
  throw vaultRefusal(target, plain.status);
}

/** Where a secret is read and written: version 2 has `data/` behind its mount. */
export function dataPath({ mount, path }: VaultSecret, engine: KvVersion): string {
  return engine === 2 ? `${vaultPath(mount)}/data/${vaultPath(path)}` : vaultPath(mount, path);
}

/** Nothing there, or not for this token, whose policy may name the path of version 1 alone. */
function mayBeFirstVersion({ status }: VaultAnswer): boolean {
  return status === 404 || status === 403 || status === 200;
}
