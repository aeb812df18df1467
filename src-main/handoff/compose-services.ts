import { isMap, isNode, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import type { YamlRoot } from './yaml-places.ts';

/** A service of a compose file. */
export interface ComposeService {
  readonly name: string;
  /** The files that its `env_file` names, as they are written. */
  readonly envFiles: readonly string[];
  /** The service that it extends; of the same file where none is named. */
  readonly extended?: { readonly file?: string; readonly service: string };
  /** The scalars that set or name `variable` in its `environment`, through aliases and merge keys. */
  readonly settings: (variable: string) => Scalar[];
  /** Its `environment` is a list. */
  readonly isListed: boolean;
  /** What of the files before counts no more (compose-spec, "Reset value", "Replace value"). */
  readonly takesAway: {
    readonly environment: boolean;
    readonly envFiles: boolean;
    /** Where `environment` was a map: compose takes no single item of a list away. */
    readonly variable: (variable: string) => boolean;
  };
}

/** The services of a compose file, as compose-spec has them ("services", "environment", "env_file"). */
export function servicesOf(root: YamlRoot): ComposeService[] {
  const services = root.resolved(root.map.get('services', true));
  if (!isMap(services)) return [];
  return services.items.flatMap(({ key, value }) => {
    const service = root.resolved(value);
    if (!isScalar(key)) return [];
    const name = String(key.value);
    return isMap(service) || isTagged(service) ? [serviceOf(root, name, service)] : [];
  });
}

function serviceOf(root: YamlRoot, name: string, service: unknown): ComposeService {
  const field = (of: string) =>
    isMap(service) && !isReset(service) ? fieldOf(root, service, of) : undefined;
  const extended = extendedBy(root, field('extends'));
  const environment = field('environment');
  const envFiles = field('env_file');
  const isReplaced = isTagged(service);
  return {
    name,
    ...(extended && { extended }),
    envFiles: isReset(envFiles) ? [] : envFilesOf(root, envFiles),
    settings: (variable) => (isReset(environment) ? [] : settingsIn(root, environment, variable)),
    isListed: isSeq(environment),
    takesAway: {
      environment: isReplaced || isTagged(environment),
      envFiles: isReplaced || isTagged(envFiles),
      variable: (variable) => isMap(environment) && isTagged(fieldOf(root, environment, variable)),
    },
  };
}

/** A node that takes away what the files before have in its place, and is nothing itself. */
export function isReset(node: unknown): boolean {
  return isNode(node) && node.tag === '!reset';
}

/** The same, or one that replaces what earlier files set (`!reset`, `!override`). */
function isTagged(node: unknown): boolean {
  return isReset(node) || (isNode(node) && node.tag === '!override');
}

/** The files that each entry of `include` reads as one (compose-spec, "include"), as they are written. */
export function includedBy(root: YamlRoot): string[][] {
  const list = root.resolved(root.map.get('include', true));
  return (isSeq(list) ? list.items.map(root.resolved) : []).map((entry) => {
    const path = isMap(entry) ? fieldOf(root, entry, 'path') : entry;
    return (isSeq(path) ? path.items.map(root.resolved) : [path]).flatMap(textOf);
  });
}

/** The files that `secrets` are read from, as they are written. */
export function secretFilesOf(root: YamlRoot): string[] {
  const secrets = root.resolved(root.map.get('secrets', true));
  return (isMap(secrets) ? secrets.items : []).flatMap(({ value }) => {
    const secret = root.resolved(value);
    return isMap(secret) ? textOf(fieldOf(root, secret, 'file')) : [];
  });
}

function extendedBy(root: YamlRoot, node: unknown): ComposeService['extended'] {
  const [service] = textOf(isMap(node) ? fieldOf(root, node, 'service') : node);
  const [file] = textOf(isMap(node) ? fieldOf(root, node, 'file') : undefined);
  return service === undefined ? undefined : { service, ...(file !== undefined && { file }) };
}

function textOf(node: unknown): string[] {
  return isScalar(node) && typeof node.value === 'string' ? [node.value] : [];
}

/** A field of a map: its own, or that of a map merged into it. An own one wins; of merged ones the first. */
function fieldOf(root: YamlRoot, map: YAMLMap, name: string): unknown {
  const own = map.get(name, true);
  if (own !== undefined) return root.resolved(own);
  const merge = map.items.find(({ key }) => isScalar(key) && key.source === '<<');
  const merged = root.resolved(merge?.value);
  const sources = isSeq(merged) ? merged.items.map(root.resolved) : [merged];
  for (const source of sources) {
    const found = isMap(source) ? fieldOf(root, source, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function settingsIn(root: YamlRoot, environment: unknown, variable: string): Scalar[] {
  if (isMap(environment)) {
    const scalar = fieldOf(root, environment, variable);
    return isScalar(scalar) && !isReset(scalar) ? [scalar] : [];
  }
  if (!isSeq(environment)) return [];
  return environment.items.flatMap((item) => {
    const scalar = root.resolved(item);
    return isScalar(scalar) && isItemOf(scalar, variable) ? [scalar] : [];
  });
}

/** Whether an item of a list sets the variable, or only names it. */
export function isItemOf({ value }: Scalar, variable: string): boolean {
  return value === variable || (typeof value === 'string' && value.startsWith(`${variable}=`));
}

function envFilesOf(root: YamlRoot, node: unknown): string[] {
  if (isSeq(node)) return node.items.flatMap((item) => envFilesOf(root, root.resolved(item)));
  const path = isMap(node) ? fieldOf(root, node, 'path') : node;
  return textOf(path);
}
