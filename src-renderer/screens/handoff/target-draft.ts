import type { ApplicationInBrief } from '#contract/application';
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
  /** The path to a value of a document, as `ballast.encryptionKey`. */
  readonly at: string;
  /** Of a secret that is JSON; or of an item of 1Password. */
  readonly field: string;
  /** What a cloud, or 1Password, keeps the secret in: a region, a project, a vault. */
  readonly keeper: string;
}

/** Kinds that are named by these texts alone, with a file where they have one. */
export type WordedKind =
  | 'yaml-value'
  | 'sops-file'
  | 'aws-secret'
  | 'gcp-secret'
  | 'azure-secret'
  | 'one-password';

/** The texts that name a place of such a kind. */
export const textsOfKind: Readonly<
  Record<WordedKind, readonly { readonly name: 'at' | 'field' | 'keeper' | 'name'; readonly label: string }[]>
> = {
  'yaml-value': [{ name: 'at', label: 'Path to the value, like ballast.encryptionKey' }],
  'sops-file': [{ name: 'at', label: 'Path to the value, like ballast.encryptionKey' }],
  'aws-secret': [
    { name: 'name', label: 'Name or ARN of the secret' },
    { name: 'field', label: 'Field, if the secret is JSON' },
    { name: 'keeper', label: 'Region, if not the default' },
  ],
  'gcp-secret': [
    { name: 'name', label: 'Secret name' },
    { name: 'field', label: 'Field, if the secret is JSON' },
    { name: 'keeper', label: 'Project, if not the default' },
  ],
  'azure-secret': [
    { name: 'keeper', label: 'Key Vault' },
    { name: 'name', label: 'Secret name' },
    { name: 'field', label: 'Field, if the secret is JSON' },
  ],
  'one-password': [
    { name: 'keeper', label: 'Vault' },
    { name: 'name', label: 'Item' },
    { name: 'field', label: 'Field' },
  ],
};

export function isWorded(kind: Kind): kind is WordedKind {
  return Object.hasOwn(textsOfKind, kind);
}

type Keyed = Pick<ApplicationInBrief, 'id' | 'variable'>;

/** A place of the application's variable; its name is left open where it has none. */
export const emptyDraft = ({ variable = '' }: Keyed): TargetDraft => ({
  kind: 'env-file',
  name: variable,
  address: '',
  mount: 'secret',
  secretPath: '',
  namespace: '',
  part: '',
  at: '',
  field: '',
  keeper: '',
});

/** What a fresh draft of a kind proposes. A file that was chosen stays. */
export function draftOf(kind: Kind, before: TargetDraft, application: Keyed): TargetDraft {
  const name =
    kind === 'docker-secret' || kind === 'podman-secret'
      ? secretNameOf(application)
      : isWorded(kind)
        ? ''
        : (application.variable ?? '');
  return { ...before, kind, name };
}

/** Like `ballast_encryption_key`, or `n8n_encryption_key`. */
function secretNameOf({ id, variable = 'key' }: Keyed): string {
  const name = variable.toLowerCase();
  const owner = id.replaceAll('-', '_');
  return name.startsWith(owner) ? name : `${owner}_${name}`;
}

/** The target that a draft names, or what it lacks. */
export function targetOf(
  draft: TargetDraft,
): { readonly target: HandoffTarget } | { readonly missing: string } {
  const { kind, path, name, address, mount, secretPath, namespace, caFile, part } = draft;
  if (kind === 'vault') {
    if (!/^https?:\/\/./.test(address))
      return { missing: 'the address of the Vault server, such as https://vault.example.org:8200' };
    if (mount === '' || secretPath === '') return { missing: 'the mount and the path of the secret' };
    if (!isName(name)) return { missing: 'the field of the secret' };
    const more = { ...(namespace && { namespace }), ...(caFile !== undefined && { caFile }) };
    return { target: { kind, address, mount, path: secretPath, field: name, ...more } };
  }
  if (isWorded(kind)) return wordedTarget(kind, draft);
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

function wordedTarget(
  kind: WordedKind,
  { path, name, at, field, keeper }: TargetDraft,
): ReturnType<typeof targetOf> {
  if (kind === 'yaml-value' || kind === 'sops-file') {
    if (path === undefined) return { missing: 'the file' };
    const names = at.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'));
    return names.includes('') ? { missing: 'the path to the value' } : { target: { kind, path, at: names } };
  }
  if (!isCloudName(name)) return { missing: 'the name of the secret' };
  if (kind === 'one-password') {
    if (!isCloudName(keeper) || !isCloudName(field)) return { missing: 'the vault and the field' };
    return { target: { kind, vault: keeper, item: name, field } };
  }
  const json = field === '' ? {} : { field };
  if (kind === 'azure-secret')
    return isName(keeper) && isName(name)
      ? { target: { kind, vault: keeper, name, ...json } }
      : { missing: 'the Key Vault' };
  if (keeper !== '' && !isCloudName(keeper)) return { missing: 'a region or project, or none' };
  if (kind === 'aws-secret')
    return { target: { kind, id: name, ...json, ...(keeper && { region: keeper }) } };
  return isName(name)
    ? { target: { kind, name, ...json, ...(keeper && { project: keeper }) } }
    : { missing: 'the name of the secret' };
}

function isCloudName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.:/+=@ -]{0,299}$/.test(text);
}

function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/.test(text);
}
