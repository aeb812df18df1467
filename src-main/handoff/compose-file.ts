import { isScalar, isSeq, type Scalar, visit } from 'yaml';
import type { EncryptionKey } from '#crypto/encryption-key';
import { fingerprintOfValue, maskOf } from './key-text.ts';
import type { TextChange } from './text-file.ts';
import { readYaml, replaceAt, valuesUnder, type YamlPlace, yamlUnclear } from './yaml-places.ts';

/** A place that sets the variable: under its name in a map, or as `NAME=value` in a list. */
interface Setting extends YamlPlace {
  readonly lead: string;
  readonly held: string;
  /** Compose takes the value from its own environment. */
  readonly indirect: boolean;
}

/**
 * What a compose file becomes when `variable` gets a new key, wherever services or shared anchors set it, as a map or as
 * a list: several services read one database. Nothing but these values changes. Throws `file-unwritable` where it is set nowhere, is
 * taken from elsewhere by `${…}`, or holds different keys.
 */
export function planComposeFile(
  variable: string,
): (text: string, key: EncryptionKey, file: string) => TextChange {
  return (text, key, file) => {
    const settings = settingsOf(text, variable, file);
    const [first] = settings;
    if (!first) {
      throw yamlUnclear(
        file,
        `no service sets ${variable}`,
        'name the file that env_file or a secret of the service points to',
      );
    }
    const indirect = settings.find(({ indirect }) => indirect);
    if (indirect) {
      throw yamlUnclear(
        file,
        `line ${indirect.line} takes ${variable} from the environment of compose`,
        'hand the key to the `.env` beside the compose file instead',
      );
    }
    const holders = new Set(settings.map(({ held }) => fingerprintOfValue(held)));
    if (holders.size > 1) {
      const lines = settings.map(({ line }) => line).join(', ');
      throw yamlUnclear(
        file,
        `${variable} is set to different values (lines ${lines})`,
        'give all services that share the database one key, then start again',
      );
    }
    return {
      text: replaceAt(text, settings, ({ value }) => withKey(value, variable, key), file),
      diffMasked: settings
        .flatMap(({ lead, held }) => [`-${lead}[${maskOf(held)}]`, `+${lead}[key ${key.fingerprint}]`])
        .join('\n'),
      holds: fingerprintOfValue(first.held),
    };
  };
}

function settingsOf(text: string, variable: string, file: string): Setting[] {
  const { roots, placeOf } = readYaml(text, file);
  const inMap = (scalar: Scalar): Setting => {
    const place = placeOf(scalar);
    const indirect = scalar.value === null || place.value.includes('$');
    return { ...place, lead: `line ${place.line}: ${variable}: `, held: place.value, indirect };
  };
  const inList = (scalar: Scalar): Setting => {
    const place = placeOf(scalar);
    const held = place.value.slice(variable.length + 1);
    const indirect = held.includes('$');
    return { ...place, lead: `line ${place.line}: - ${variable}=`, held, indirect };
  };
  return roots
    .flatMap((root) => [
      ...valuesUnder(root, variable).map(inMap),
      ...listItems(root, `${variable}=`).map(inList),
    ])
    .sort((a, b) => a.start - b.start);
}

function listItems(root: Parameters<typeof visit>[0], prefix: string): Scalar[] {
  const found: Scalar[] = [];
  visit(root, {
    Seq(_, list) {
      if (!isSeq(list)) return;
      for (const item of list.items)
        if (isScalar(item) && typeof item.value === 'string' && item.value.startsWith(prefix))
          found.push(item);
    },
  });
  return found;
}

function withKey(value: string, variable: string, key: EncryptionKey): string {
  return value.startsWith(`${variable}=`) ? `${variable}=${key.toBase64()}` : key.toBase64();
}
