/** What a file is by its contents, where it was named as another kind. In words that hold everywhere. */
export function kindByContents(text: string): string | undefined {
  if (/^(?:\u00FF\u00FE|\u00FE\u00FF)/.test(text) || text.includes('\0')) {
    return 'it is UTF-16 or binary instead of UTF-8 text, and no program reads it as such a file: save it as UTF-8';
  }
  if (/^\s*\[(?:Unit|Service|Container|Pod|Kube|Install)\]/m.test(text))
    return 'it is a systemd unit, a drop-in or a Quadlet: add it as a systemd unit';
  if (/^(?:apiVersion|kind|secretGenerator):/m.test(text))
    return 'it is a Kubernetes manifest: add it as a Secret manifest';
  if (/^services:/m.test(text)) return 'it is a compose file: add it as a compose file';
  return undefined;
}

/** An object of a cluster that is no Secret, in a sentence that begins with `it`. */
interface Keeper {
  readonly what: string;
  readonly remedy: string;
}

const fetched = (kind: string, store: string): Keeper => ({
  what: `it contains ${kind}, which fetches the value from ${store}`,
  remedy: `hand off the key to ${store}`,
});

const inPlain = (kind: string, path: string): Keeper => ({
  what: `it contains no Secret but a ${kind}`,
  remedy: `if the ${kind} has the key in plain text, hand it off as a value in a YAML file, such as ${path}`,
});

const inContainer = 'spec.template.spec.containers.0.env.ENCRYPTION_KEY.value';

const keepers: ReadonlyMap<unknown, Keeper> = new Map([
  [
    'SealedSecret',
    {
      what: 'the Secret in it is a SealedSecret, whose value only the cluster can read',
      remedy:
        'seal a Secret with the new key again (`kubeseal`): the patch that Keel writes contains the key in the format that it needs',
    },
  ],
  ['ExternalSecret', fetched('an ExternalSecret', 'the store that it refers to')],
  ['ClusterExternalSecret', fetched('a ClusterExternalSecret', 'the store that it refers to')],
  ['VaultStaticSecret', fetched('a VaultStaticSecret', 'Vault')],
  ['SecretProviderClass', fetched('a SecretProviderClass', 'the store that it refers to')],
  ['OnePasswordItem', fetched('a OnePasswordItem', '1Password')],
  ['ConfigMap', inPlain('ConfigMap', 'data.ENCRYPTION_KEY')],
  ['Deployment', inPlain('Deployment', inContainer)],
  ['StatefulSet', inPlain('StatefulSet', inContainer)],
  ['DaemonSet', inPlain('DaemonSet', inContainer)],
]);

/** What an object of this kind has to do with the key, where it is no Secret; undefined for a Secret and for what is not known. */
export function keeperOf(kind: unknown): Keeper | undefined {
  return keepers.get(kind);
}
