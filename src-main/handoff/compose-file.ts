import { dirname, resolve } from 'node:path';
import { type Scalar, visit } from 'yaml';
import type { EncryptionKey } from '#crypto/encryption-key';
import { includedBy, isItemOf, isReset, secretFilesOf, servicesOf } from './compose-services.ts';
import { fingerprintOfValue, maskOf, maskOfKey, textOfKey } from './key-text.ts';
import { assertNoReference } from './reference.ts';
import type { TextChange } from './text-file.ts';
import {
  listedScalars,
  assertOnlyUse,
  readYaml,
  replaceAt,
  scalarsUnder,
  type YamlFile,
  type YamlPlace,
} from './yaml-places.ts';
import { namesInFile, unclear } from './unclear.ts';

/** A place that sets the variable: under its name in a map, or as `NAME=value` in a list. */
interface Setting extends YamlPlace {
  readonly scalar: Scalar;
  readonly lead: string;
  readonly held: string;
  /** Compose takes the value from its own environment. */
  readonly indirect: boolean;
}

/**
 * What a compose file becomes when `variable` gets a new key, wherever services or shared anchors set it, as a map or as
 * a list: several services read one database. With `service` only where that one takes it from. Nothing but these values changes.
 * Throws `file-unwritable` where it is set nowhere, is taken from elsewhere, is shared with what is not meant, or holds different keys.
 */
export function planComposeFile(
  variable: string,
  service?: string,
): (text: string, key: EncryptionKey | undefined, file: string) => TextChange {
  return (text, key, file) => {
    const yaml = readYaml(text, file);
    assertIncludesOthers(yaml, file);
    const settings =
      service === undefined ? allSettings(yaml, variable) : ofService(yaml, variable, service, file);
    const [first] = settings;
    if (!first) throw notSet(yaml, variable, service, file);
    const reset = settings.find(({ scalar }) => isUnderReset(yaml, scalar));
    if (reset) {
      throw unclear(
        file,
        `line ${reset.line} is under \`!reset\`, which removes ${variable} instead of setting it`,
        'remove the tag, or hand off the key to the file that sets it',
      );
    }
    const indirect = settings.find((one) => one.indirect);
    if (indirect) {
      throw unclear(
        file,
        `line ${indirect.line} takes ${variable} from Compose’s own environment: the shell, or the \`.env\` next to the file`,
        settings.every((one) => one.indirect)
          ? 'hand off the key to that `.env` instead, as an environment file'
          : 'specify the service that the key belongs to, and hand off the key to that `.env` too if it is used there',
      );
    }
    for (const { held, line } of settings) assertNoReference(held, file, line);
    assertOneKey(settings, { variable, file, key });
    const scalars = settings.map(({ scalar }) => scalar);
    assertOnlyUse(yaml, scalars, variable, file);
    return {
      text: replaceAt(text, settings, ({ value }) => withKey(value, variable, key), file),
      diffMasked: settings
        .flatMap(({ lead, held }) => [`-${lead}[${maskOf(held, key)}]`, `+${lead}[${maskOfKey(key)}]`])
        .join('\n'),
      holds: fingerprintOfValue(first.held, key),
      vacant: settings.every(({ held }) => held === ''),
    };
  };
}

/** Throws where compose would refuse the whole project. */
function assertIncludesOthers({ roots }: YamlFile, file: string): void {
  const path = resolve(file);
  if (
    !roots
      .flatMap(includedBy)
      .flat()
      .some((one) => resolve(dirname(path), one) === path)
  )
    return;
  throw unclear(file, 'it includes itself, which Docker Compose refuses', 'remove it from its `include`');
}

function isUnderReset({ roots }: YamlFile, scalar: Scalar): boolean {
  let isUnder = false;
  for (const { map } of roots)
    visit(map, {
      Scalar(_, node, around) {
        if (node === scalar && [node, ...around].some(isReset)) isUnder = true;
      },
    });
  return isUnder;
}

function allSettings(yaml: YamlFile, variable: string): Setting[] {
  const scalars = yaml.roots.flatMap((root) => [
    ...scalarsUnder(root, variable).map(({ scalar }) => scalar),
    ...listedScalars(root).flatMap(({ scalar }) => (isItemOf(scalar, variable) ? [scalar] : [])),
  ]);
  return settingsAt(yaml, scalars, variable);
}

function ofService(yaml: YamlFile, variable: string, name: string, file: string): Setting[] {
  const services = yaml.roots.flatMap(servicesOf);
  const chosen = services.find((one) => one.name === name);
  if (!chosen) {
    const names = namesInFile(services.map((one) => one.name));
    throw unclear(file, `there is no service named ${name}`, `use one of ${names || 'those in the file'}`);
  }
  const settings = settingsAt(yaml, chosen.settings(variable), variable);
  const sharing = services.filter(
    (one) =>
      one !== chosen && one.settings(variable).some((scalar) => settings.some((at) => at.scalar === scalar)),
  );
  if (sharing.length === 0) return settings;
  throw unclear(
    file,
    `${name} shares the line that sets ${variable} with ${namesInFile(sharing.map((one) => one.name))}`,
    'hand off the key to all of them by specifying no service, or give the service its own line',
  );
}

function settingsAt({ placeOf }: YamlFile, scalars: readonly Scalar[], variable: string): Setting[] {
  return [...new Set(scalars)]
    .map((scalar) => {
      const place = placeOf(scalar);
      const listed = isItemOf(scalar, variable);
      const held = listed ? place.value.slice(variable.length + 1) : place.value;
      const indirect = held.includes('$') || (listed ? place.value === variable : scalar.value === null);
      const lead = listed ? `line ${place.line}: - ${variable}=` : `line ${place.line}: ${variable}: `;
      return { ...place, scalar, lead, held, indirect };
    })
    .sort((a, b) => a.start - b.start);
}

function assertOneKey(
  settings: readonly Setting[],
  {
    variable,
    file,
    key,
  }: { readonly variable: string; readonly file: string; readonly key: EncryptionKey | undefined },
): void {
  if (new Set(settings.map(({ held }) => fingerprintOfValue(held, key))).size === 1) return;
  throw unclear(
    file,
    `${variable} is set to different values (lines ${settings.map(({ line }) => line).join(', ')})`,
    'specify the service that the key belongs to, or first give all services that share the database the same key',
  );
}

function notSet({ roots }: YamlFile, variable: string, service: string | undefined, file: string) {
  const services = roots.flatMap(servicesOf).filter(({ name }) => service === undefined || name === service);
  const bases = services.flatMap(({ extended }) => extended ?? []);
  return unclear(
    file,
    `${service === undefined ? 'no service sets' : `service ${service} does not set`} ${variable}`,
    remedyFor([
      ['the environment file that the service reads', services.flatMap(({ envFiles }) => envFiles)],
      ['the file of the service that it extends', bases.flatMap((base) => base.file ?? [])],
      ['the service that it extends', bases.flatMap((base) => (base.file === undefined ? base.service : []))],
      ['the compose file that it includes', roots.flatMap(includedBy).flat()],
      ['the file of the secret, if it is the key', roots.flatMap(secretFilesOf)],
    ]),
  );
}

/** Where else the key may be, by what the file names. */
function remedyFor(elsewhere: readonly (readonly [what: string, names: readonly string[]])[]): string {
  const [first] = elsewhere.filter(([, names]) => names.length > 0);
  return first
    ? `hand off the key to ${first[0]}: ${namesInFile([...new Set(first[1])])}`
    : 'specify the file that env_file or a secret of the service points to';
}

function withKey(value: string, variable: string, key: EncryptionKey | undefined): string {
  return value.startsWith(`${variable}=`) ? `${variable}=${textOfKey(key)}` : textOfKey(key);
}
