import { isMap, isScalar, type Scalar, type YAMLMap } from 'yaml';
import type { EncryptionKey } from '#crypto/encryption-key';
import { fingerprintOfValue, maskOf } from './key-text.ts';
import type { TextChange } from './text-file.ts';
import { readYaml, replaceAt, type YamlPlace, yamlUnclear } from './yaml-places.ts';

interface Entry {
  readonly secret: string;
  readonly section: 'data' | 'stringData';
  readonly place: YamlPlace;
}

/**
 * What the manifest of a Kubernetes Secret (core/v1) becomes when `field` gets a new key: in `data` as base64 of its text, in
 * `stringData` as its text. Comments and everything else stay. Throws `file-unwritable` where no Secret, or more than one place,
 * has the field, and for Secrets that are encrypted in the file.
 */
export function planKubernetesSecret(
  field: string,
): (text: string, key: EncryptionKey, file: string) => TextChange {
  return (text, key, file) => {
    const { section, place, secret } = onlyEntry(text, field, file);
    const held = decoded(section, place.value);
    const lead = `line ${place.line}: Secret ${secret}, ${section}.${field}: `;
    const next = encoded(section, key.toBase64());
    return {
      text: replaceAt(text, [place], () => next, file),
      diffMasked: `-${lead}[${maskOf(held)}]\n+${lead}[key ${key.fingerprint}]`,
      holds: fingerprintOfValue(held),
    };
  };
}

/** A merge patch for `kubectl patch secret NAME --patch-file FILE`. Holds the key, which base64 does not hide. */
export function kubernetesPatch(field: string, key: EncryptionKey): string {
  return `# kubectl patch secret NAME --patch-file THIS-FILE, then delete it: it holds the key\ndata:\n  ${field}: ${encoded('data', key.toBase64())}\n`;
}

function onlyEntry(text: string, field: string, file: string): Entry {
  const { roots, placeOf } = readYaml(text, file);
  const secrets = roots.flatMap(manifestsIn).filter((one) => one.get('kind') === 'Secret');
  const sealed = roots
    .flatMap(manifestsIn)
    .find((one) => one.get('kind') === 'SealedSecret' || one.has('sops'));
  if (sealed) {
    throw yamlUnclear(
      file,
      'the Secret in it is encrypted by SOPS or Sealed Secrets, which would not take a value from outside',
      'change it with that tool, then hand the key to nothing here',
    );
  }
  const entries = secrets.flatMap((one) =>
    (['data', 'stringData'] as const).flatMap((section): Entry[] => {
      const scalar = scalarAt(one, section, field);
      const name = one.getIn(['metadata', 'name']);
      const secret = typeof name === 'string' ? name : 'without a name';
      return scalar ? [{ secret, section, place: placeOf(scalar) }] : [];
    }),
  );
  const [only, ...more] = entries;
  if (only && more.length === 0) return only;
  if (!only) {
    throw yamlUnclear(
      file,
      secrets.length === 0 ? 'no Secret is in it' : `no Secret in it has the field ${field}`,
      'name the file and the field that the pods read',
    );
  }
  throw yamlUnclear(
    file,
    `${field} stands in more than one place (lines ${entries.map(({ place }) => place.line).join(', ')})`,
    'keep one of them in the file, then start again',
  );
}

/** The objects of a document: itself, or the items of a List. */
function manifestsIn(root: YAMLMap): YAMLMap[] {
  const items = root.get('kind') === 'List' ? root.get('items') : undefined;
  if (!items || typeof items !== 'object' || !('items' in items)) return [root];
  return (items as { items: unknown[] }).items.filter((item): item is YAMLMap => isMap(item));
}

function scalarAt(manifest: YAMLMap, section: string, field: string): Scalar | undefined {
  const map = manifest.get(section);
  const scalar = isMap(map) ? map.get(field, true) : undefined;
  return isScalar(scalar) ? scalar : undefined;
}

function decoded(section: Entry['section'], value: string): string {
  const text = section === 'data' ? Buffer.from(value, 'base64').toString('latin1') : value;
  return text.trim();
}

function encoded(section: Entry['section'], value: string): string {
  return section === 'data' ? Buffer.from(value, 'latin1').toString('base64') : value;
}
