import { programOf } from '#handoff/programs/program-of';
import { sopsVault } from '#handoff/stores/sops-file';
import type { Destination } from '#workspace/use-case';
import { addressInFull, cannotShow, inFull, placeInFull } from './in-full.ts';

type Of<Kind extends Destination['kind']> = Extract<Destination, { kind: Kind }>;
type Shown<Value> = (value: Value) => readonly string[];

/**
 * How each field of each kind of destination is named, in order, a line or more for each: where the key goes stands first. A field that is added to
 * a kind is missing here until it is named.
 */
type Fields = {
  readonly [Kind in Destination['kind']]: {
    readonly [Field in Exclude<keyof Of<Kind>, 'kind'>]-?: Shown<NonNullable<Of<Kind>[Field]>>;
  };
};

/** A label within a sentence. */
const inText = (label: string) => label.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());

const named =
  (label: string): Shown<string> =>
  (value) => [`${label}: ${placeInFull(value, `the ${inText(label)}`)}`];

/** Longer than names: folders within folders. */
const file = (label: string): Shown<string> => {
  return (path) => [`${label}: ${placeInFull(path, `the path of the ${inText(label)}`, 500)}`];
};

/** Of words between slashes, none of which leads elsewhere or is left out. */
const segments =
  (label: string): Shown<string> =>
  (value) => {
    if (/\s|\\|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(value))
      throw cannotShow(
        `the ${inText(label)} contains blanks, backslashes, empty parts, \`.\` or \`..\``,
        'write it as the server lists it, with a single slash between its parts',
      );
    return named(label)(value);
  };

/** A dot in a name is written `\.`, as `--value-path` takes it. */
const valuePath: Shown<readonly string[]> = (at) => {
  for (const name of at) inFull(name, 'a name of the value path');
  return named('Value')(at.map((name) => name.replaceAll('.', String.raw`\.`)).join('.'));
};

const server: Shown<string> = (address) => {
  const shown = addressInFull(address);
  return [
    `Server: ${shown.server}`,
    ...(shown.path === undefined ? [] : [`Path on the server: ${shown.path}`]),
  ];
};

const fields: Fields = {
  'env-file': { path: file('File'), variable: named('Variable') },
  'compose-file': { path: file('File'), service: named('Service'), variable: named('Variable') },
  'kubernetes-secret': {
    path: file('File'),
    namespace: named('Namespace'),
    name: named('Secret'),
    variable: named('Field'),
  },
  'kubernetes-patch': { path: file('New file'), field: named('Field') },
  'systemd-unit': { path: file('File'), variable: named('Variable') },
  'key-file': { path: file('File') },
  'docker-secret': { name: named('Docker secret') },
  'podman-secret': { name: named('Podman secret') },
  'systemd-credential': { path: file('File'), name: named('Credential') },
  vault: {
    address: server,
    namespace: segments('Namespace'),
    mount: segments('Mount'),
    path: segments('Secret'),
    field: named('Field'),
    caFile: file('Root certificate'),
  },
  'yaml-value': { path: file('File'), at: valuePath },
  'sops-file': { path: file('SOPS file'), at: valuePath },
  'aws-secret': {
    id: named('AWS secret'),
    region: named('Region'),
    profile: named('Profile'),
    field: named('Field'),
  },
  'gcp-secret': { project: named('Google project'), name: named('Secret'), field: named('Field') },
  'azure-secret': { vault: named('Azure key vault'), name: named('Secret'), field: named('Field') },
  'one-password': { vault: named('1Password vault'), item: named('Item'), field: named('Field') },
};

/**
 * A destination as a question names it: where the key goes first, then everything that decides under what name, a line each, nothing
 * cut. Throws `usage` for what cannot be shown in full.
 */
export function destinationInFull(destination: Destination): string[] {
  // the table says for each kind what its fields are, which the checker cannot follow through the kind
  const shown = fields[destination.kind] as Readonly<Record<string, Shown<unknown>>>;
  const values: Readonly<Record<string, unknown>> = { ...destination };
  return [
    ...Object.entries(shown).flatMap(([field, show]) => {
      const value = values[field];
      return value === undefined || value === null ? [] : show(value);
    }),
    ...vaultLine(destination),
    ...programLine(destination),
  ];
}

/** SOPS logs in to the server that a file names, and Keel lets it only where that is this one. */
function vaultLine({ kind }: Destination): string[] {
  const server = kind === 'sops-file' ? sopsVault() : undefined;
  return server === undefined
    ? []
    : [`Vault server, if the file is encrypted with a key of Vault: ${placeInFull(server, 'VAULT_ADDR')}`];
}

function programLine(destination: Destination): string[] {
  const program = destination.kind === 'kubernetes-patch' ? undefined : programOf(destination);
  return program === undefined ? [] : [`Program: ${program}, with your login`];
}
