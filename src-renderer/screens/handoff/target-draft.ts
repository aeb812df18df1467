import type { HandoffTarget } from '#contract/handoff';

type Kind = HandoffTarget['kind'];

/** A place as it is being named. */
export interface TargetDraft {
  readonly kind: Kind;
  readonly path?: string;
  /** Of the variable, the field, the secret or the credential. */
  readonly name: string;
  readonly address: string;
  readonly mount: string;
  readonly secretPath: string;
  readonly namespace: string;
  /** Which Secret of a manifest, or which service of a compose file; empty where there is one. */
  readonly part: string;
  readonly caFile?: string;
}

export const emptyDraft: TargetDraft = {
  kind: 'env-file',
  name: 'ENCRYPTION_KEY',
  address: '',
  mount: 'secret',
  secretPath: '',
  namespace: '',
  part: '',
};

/** What a fresh draft of a kind proposes. A file that was chosen stays. */
export function draftOf(kind: Kind, before: TargetDraft): TargetDraft {
  const name =
    kind === 'docker-secret' || kind === 'podman-secret' ? 'ballast_encryption_key' : 'ENCRYPTION_KEY';
  return { ...before, kind, name };
}

/** The target that a draft names, or what it lacks. */
export function targetOf(
  draft: TargetDraft,
): { readonly target: HandoffTarget } | { readonly missing: string } {
  const { kind, path, name, address, mount, secretPath, namespace, caFile, part } = draft;
  if (kind === 'vault') {
    if (!/^https?:\/\/./.test(address))
      return { missing: 'the address of the Vault, like https://vault.example.org:8200' };
    if (mount === '' || secretPath === '') return { missing: 'the mount and the path of the secret' };
    if (!isName(name)) return { missing: 'the field of the secret' };
    const more = { ...(namespace && { namespace }), ...(caFile !== undefined && { caFile }) };
    return { target: { kind, address, mount, path: secretPath, field: name, ...more } };
  }
  if (kind === 'docker-secret' || kind === 'podman-secret')
    return isName(name) ? { target: { kind, name } } : { missing: 'the name of the secret' };
  if (path === undefined) return { missing: 'the file' };
  if (kind === 'key-file') return { target: { kind, path } };
  if (!isName(name))
    return { missing: kind === 'systemd-credential' ? 'the name of the credential' : 'the variable' };
  if (kind === 'systemd-credential') return { target: { kind, path, name } };
  const file = { path, variable: name };
  if (kind === 'compose-file') return { target: { kind, ...file, ...(part && { service: part }) } };
  if (kind === 'kubernetes-secret')
    return { target: { kind, ...file, ...(part && { name: part }), ...(namespace && { namespace }) } };
  return { target: { kind, ...file } };
}

function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/.test(text);
}
