import { isMap, isScalar, isSeq, type Scalar } from 'yaml';
import type { EncryptionKey } from '#crypto/encryption-key';
import { base64OfText, fingerprintOfValue, maskOf, maskOfKey, textOfBase64, textOfKey } from './key-text.ts';
import { assertNoReference } from './reference.ts';
import type { TextPlan } from './text-file.ts';
import { unclear } from './unclear.ts';
import { assertOnlyUse, readYaml, replaceAt, type YamlRoot } from './yaml-places.ts';

/**
 * What a YAML or JSON file becomes when the value at a path gets a new key, as Helm charts, Ansible and applications have such files. Nothing but
 * the value changes; where it is base64 of the key's text, as in the data of a Secret, it stays that. Throws `file-unwritable` where nothing is at the path, or
 * it is shared with something else.
 */
export function planYamlValue(at: readonly string[]): TextPlan {
  return (text, key, file) => {
    const yaml = readYaml(text, file);
    const shown = at.join('.');
    const scalars = yaml.roots.flatMap((root) => scalarAt(root, at) ?? []);
    const [scalar, ...more] = scalars;
    if (!scalar)
      throw unclear(
        file,
        `there is no text value at ${shown}`,
        'enter the path of the value that contains the key',
      );
    const place = yaml.placeOf(scalar);
    if (more.length > 0) {
      const lines = scalars.map((one) => yaml.placeOf(one).line).join(', ');
      throw unclear(
        file,
        `${shown} is in more than one document (lines ${lines})`,
        'put each document in its own file',
      );
    }
    assertOnlyUse(yaml, [scalar], at.at(-1) ?? '', file, shown);
    assertNoReference(place.value, file, place.line);
    const isEncoded = isBase64OfKey(place.value, key);
    const held = isEncoded ? decoded(place.value) : place.value.trim();
    const lead = `line ${place.line}: ${shown}: `;
    return {
      text: replaceAt(text, [place], ({ value }) => replaced(value, held, isEncoded, key), file),
      diffMasked: `-${lead}[${maskOf(held, key)}]\n+${lead}[${maskOfKey(key)}]`,
      holds: fingerprintOfValue(held, key),
      vacant: held === '',
    };
  };
}

function scalarAt({ map, resolved }: YamlRoot, at: readonly string[]): Scalar | undefined {
  let node: unknown = map;
  for (const name of at) node = resolved(childOf(node, name, resolved));
  return isScalar(node) && (typeof node.value === 'string' || node.value === null) ? node : undefined;
}

/** What a map has under a name; of a list the item at an index, or the one map with that name, as containers list their variables. */
function childOf(node: unknown, name: string, resolved: YamlRoot['resolved']): unknown {
  if (isMap(node)) return node.get(name, true);
  if (!isSeq(node)) return undefined;
  if (/^\d+$/.test(name)) return node.get(Number(name), true);
  const [named, ...more] = node.items.map(resolved).filter((one) => isMap(one) && one.get('name') === name);
  return more.length === 0 ? named : undefined;
}

/** Not the key's own base64, which is of bytes. */
function isBase64OfKey(value: string, key: EncryptionKey | undefined): boolean {
  return (
    fingerprintOfValue(value, key) === undefined && fingerprintOfValue(decoded(value), key) !== undefined
  );
}

function decoded(value: string): string {
  return textOfBase64(value).trim();
}

function replaced(value: string, held: string, isEncoded: boolean, key: EncryptionKey | undefined): string {
  const next = textOfKey(key);
  if (isEncoded) return base64OfText(next);
  return held === '' ? next : value.replace(held, () => next);
}
