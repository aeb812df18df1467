import { isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import type { EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { base64OfText, fingerprintOfValue, maskOf, maskOfKey, textOfBase64, textOfKey } from './key-text.ts';
import { keeperOf } from './file-kind.ts';
import { assertNoReference } from './reference.ts';
import type { TextChange } from './text-file.ts';
import { assertOnlyUse, readYaml, replaceAt, type YamlPlace, type YamlRoot } from './yaml-places.ts';
import { nameInFile, namesInFile, unclear } from './unclear.ts';

/** Which Secret of a file is meant, where it holds several. */
export interface SecretChoice {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

interface Entry {
  readonly secret: { readonly name: string; readonly namespace: string };
  readonly section: 'data' | 'stringData' | 'literals';
  readonly place: YamlPlace;
  readonly immutable: boolean;
}

/**
 * What a file becomes when `field` of a Kubernetes Secret (core/v1) in it gets a new key: in `data` as base64 of its text, in
 * `stringData` as its text, in the `literals` of a kustomize secretGenerator as `NAME=value`. Comments and everything else stay.
 * Throws `file-unwritable` where no Secret, or more than one of those meant, has the field, and for Secrets encrypted in the file.
 */
export function planKubernetesSecret(
  field: string,
  choice: SecretChoice = {},
): (text: string, key: EncryptionKey | undefined, file: string) => TextChange {
  return (text, key, file) => {
    const { section, place, secret, immutable } = onlyEntry(text, field, choice, file);
    const whole = decoded(section, place.value, field);
    const held = withoutQuotes(section, whole.trim());
    assertNoReference(held, file, place.line);
    const lead = `line ${place.line}: Secret ${nameOf(secret)}, ${section}.${field}: `;
    // blanks, line ends and quotes around the key stay
    const next = encoded(section, around(whole, held, textOfKey(key)), field);
    return {
      text: replaceAt(text, [place], () => next, file),
      diffMasked: `-${lead}[${maskOf(held, key)}]\n+${lead}[${maskOfKey(key)}]`,
      holds: fingerprintOfValue(held, key),
      vacant: held === '',
      ...(immutable && { cautions: [immutableCaution(secret)] }),
    };
  };
}

/** The name of the Secret that has the field; undefined where that is not clear. */
export function secretWith(
  text: string,
  field: string,
  choice: SecretChoice,
  file: string,
): string | undefined {
  try {
    return onlyEntry(text, field, choice, file).secret.name;
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

/** A merge patch for `kubectl patch secret NAME --patch-file FILE`. Holds the key, which base64 does not hide. */
export function kubernetesPatch(field: string, key: EncryptionKey): string {
  return `# kubectl patch secret NAME --patch-file THIS-FILE, then delete it: it contains the key\ndata:\n  ${field}: ${encoded('data', textOfKey(key), field)}\n`;
}

function immutableCaution({ name, namespace }: Entry['secret']): string {
  const inNamespace = namespace === '' ? '' : ` --namespace ${namespace}`;
  return (
    `Secret ${name} is immutable: \`kubectl apply\` will reject the change. Delete it in the cluster first ` +
    `(\`kubectl delete secret ${name}${inNamespace}\`), or give it a new name here and in the workloads that use it.`
  );
}

function onlyEntry(text: string, field: string, choice: SecretChoice, file: string): Entry {
  const yaml = readYaml(text, file);
  const manifests = yaml.roots.flatMap(manifestsIn);
  const meant = manifests.filter(
    ({ secret }) =>
      (choice.name === undefined || secret.name === choice.name) &&
      (choice.namespace === undefined || secret.namespace === choice.namespace),
  );
  const entries = meant.flatMap(({ map, secret, resolved }) =>
    entriesOf(map, field, resolved).map(({ section, scalar }) => ({
      secret,
      section,
      scalar,
      place: yaml.placeOf(scalar),
      immutable: map.get('immutable') === true,
    })),
  );
  const [only, ...more] = entries;
  if (only && more.length === 0) {
    // an anchor may set another field too
    assertOnlyUse(yaml, [only.scalar], field, file);
    return only;
  }
  if (only) throw severalEntries(entries, field, file);
  const secrets = meant.filter(({ kind }) => kind === 'Secret' || kind === 'Kustomization');
  const keepers = secrets.length === 0 ? meant : meant.filter(({ kind }) => kind === 'SealedSecret');
  const keeper = keepers.map(({ kind }) => keeperOf(kind)).find((one) => one !== undefined);
  if (keeper) throw unclear(file, keeper.what, keeper.remedy);
  const other = secrets.map(({ map }) => filesOfGenerator(map)).flat();
  throw unclear(
    file,
    secrets.length === 0 ? noneMeant(manifests, choice) : `no Secret in it has the field ${field}`,
    other.length > 0
      ? `hand off the key to the file that the generator reads: ${namesInFile(other)}`
      : 'specify the file and the field that the pods read',
  );
}

function severalEntries(entries: readonly Entry[], field: string, file: string) {
  const sameSecret = new Set(entries.map(({ secret }) => nameOf(secret))).size === 1;
  const lines = entries.map(({ place }) => place.line).join(', ');
  const where = entries
    .slice(0, most)
    .map(({ secret, place }) => `${nameOf(secret)} on line ${place.line}`)
    .join(', ');
  return unclear(
    file,
    `${field} is in more than one place (${sameSecret ? `lines ${lines}` : where})`,
    sameSecret
      ? 'keep one of them in the file, then start again'
      : 'specify the Secret by its name and namespace',
  );
}

function noneMeant(manifests: readonly Manifest[], { name, namespace }: SecretChoice): string {
  const found = manifests.filter(({ kind }) => kind === 'Secret').map(({ secret }) => nameOf(secret));
  if (found.length === 0) return 'it contains no Secret';
  const wanted = [name ?? 'any name', ...(namespace === undefined ? [] : [namespace])].join(' in ');
  return `no Secret in it is ${wanted}; there is ${found.slice(0, most).join(', ')}`;
}

/** Of the Secrets of a file, so many are listed. */
const most = 8;

function nameOf({ name, namespace }: Entry['secret']): string {
  return namespace === '' ? name : `${name} in ${namespace}`;
}

interface Manifest {
  readonly map: YAMLMap;
  readonly kind: unknown;
  readonly secret: Entry['secret'];
  readonly resolved: YamlRoot['resolved'];
}

/** The objects of a document: itself, or the items of a List; of a Kustomization each of its generators. */
function manifestsIn({ map, resolved }: YamlRoot): Manifest[] {
  const kind = map.get('kind');
  const listed = (name: string) => {
    const list = resolved(map.get(name, true));
    return isSeq(list) ? list.items.map(resolved).filter((item): item is YAMLMap => isMap(item)) : [];
  };
  if (kind === 'List' || kind === 'SecretList')
    return listed('items').flatMap((item) => manifestsIn({ map: item, resolved }));
  // the file's own kind may be left out: kustomize knows it by its name
  const generators = listed('secretGenerator');
  if (generators.length > 0) {
    const secret = (one: YAMLMap) =>
      namedSecret(textAt(one, 'name'), textAt(one, 'namespace') || textAt(map, 'namespace'));
    return generators.map((one) => ({ map: one, kind: 'Kustomization', secret: secret(one), resolved }));
  }
  const metadata = map.get('metadata');
  const of = (name: string) => (isMap(metadata) ? textAt(metadata, name) : '');
  return [{ map, kind, secret: namedSecret(of('name'), of('namespace')), resolved }];
}

function namedSecret(name: string, namespace: string): Entry['secret'] {
  return {
    name: name === '' ? 'without a name' : nameInFile(name),
    namespace: namespace && nameInFile(namespace),
  };
}

function textAt(map: YAMLMap, name: string): string {
  const value = map.get(name);
  return typeof value === 'string' ? value : '';
}

function entriesOf(
  map: YAMLMap,
  field: string,
  resolved: YamlRoot['resolved'],
): { section: Entry['section']; scalar: Scalar }[] {
  const sections = (['data', 'stringData'] as const).flatMap((section) => {
    const of = map.get('kind') === 'Secret' ? resolved(map.get(section, true)) : undefined;
    const scalar = isMap(of) ? resolved(of.get(field, true)) : undefined;
    return isScalar(scalar) ? [{ section, scalar }] : [];
  });
  const literals = resolved(map.get('literals', true));
  const items = isSeq(literals) ? literals.items.map(resolved) : [];
  return [
    ...sections,
    ...items.flatMap((item) =>
      isScalar(item) && typeof item.value === 'string' && item.value.startsWith(`${field}=`)
        ? [{ section: 'literals' as const, scalar: item }]
        : [],
    ),
  ];
}

/** What a generator reads its values from, beside literals: `envs`, `env` and `files`, as kustomize names them. */
function filesOfGenerator(map: YAMLMap): string[] {
  return ['envs', 'env', 'files'].flatMap((name) => {
    const value: unknown = map.toJSON()?.[name];
    return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
  });
}

/** What the value says, with the blanks around it, and with the quotes that a literal may have. */
function decoded(section: Entry['section'], value: string, field: string): string {
  if (section === 'literals') return value.slice(field.length + 1);
  return section === 'data' ? textOfBase64(value) : value;
}

/** The key alone. Quotes in a literal are the shell's, and kustomize drops them. */
function withoutQuotes(section: Entry['section'], value: string): string {
  return section === 'literals' ? value.replace(/^(["'])(.*)\1$/s, '$2') : value;
}

/** The text with another key in the place of the one that it holds, or between empty quotes. */
function around(whole: string, held: string, key: string): string {
  if (held !== '') return whole.replace(held, () => key);
  return /^(["'])\1$/.test(whole) ? whole.charAt(0) + key + whole.charAt(0) : key;
}

function encoded(section: Entry['section'], value: string, field: string): string {
  if (section === 'literals') return `${field}=${value}`;
  return section === 'data' ? base64OfText(value) : value;
}
