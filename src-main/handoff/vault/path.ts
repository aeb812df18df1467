import { KeelError } from '#errors/keel-error';

/** A field of a secret in a KV engine of Vault or OpenBao. */
export interface VaultSecret {
  /** Where the engine is mounted, like `secret`. */
  readonly mount: string;
  /** Of the secret in it, like `ballast/production`. */
  readonly path: string;
  readonly field: string;
}

/** Parts of a path, each of its words encoded; none leads out of the one before. */
export function vaultPath(...parts: readonly string[]): string {
  return parts
    .flatMap((part) => part.split('/'))
    .filter((word) => word !== '' && word !== '.' && word !== '..')
    .map(encodeURIComponent)
    .join('/');
}

/** What an answer that is none of an engine's means. */
export function vaultRefusal({ mount, path }: VaultSecret, status: number): KeelError {
  const where = `${mount}/${path}`;
  if (status === 401 || status === 403) {
    return new KeelError(
      'login-refused',
      `${where} was not changed: the token is not allowed to read or write it`,
      'use a token whose policy allows read and update on it',
    );
  }
  if (status === 503) {
    return new KeelError(
      'file-unwritable',
      `${where} was not changed: Vault is sealed`,
      'unseal Vault, then start again',
    );
  }
  const why =
    status >= 300 && status < 400
      ? `the server redirects to another address (${status})`
      : `the server answered ${status}, which a KV engine does not do`;
  return new KeelError(
    'file-unwritable',
    `${where} was not changed: ${why}`,
    'check the address, the mount and the path: the mount is that of the engine, and the path does not begin with `data/`',
  );
}
