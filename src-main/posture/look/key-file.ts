import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type EncryptionKey, isPubliclyKnown, parseEncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { parseApplicationKey } from '#crypto/application-key';
import { keyShapesIn } from '#crypto/key-shapes';
import { knownKeysIn } from '#crypto/known-keys-in';
import { readSmallFile } from '#storage/small-file';
import { textOf } from '#storage/text-encoding';
import type { KeyFileFacts } from '#posture/facts';
import { askGit, askGitForKeys, type ReadRepositories } from './key-in-git.ts';
import { shownText } from '#shared/visible-text';

/**
 * Looks at a file in which the key may stand: who may read it, whether git has it or any of the `known` keys, by fingerprint, and which
 * keys. No key leaves. Files that are
 * looked at together share `repositories`; with `areTexts` the known keys may be texts of another application, with which the values of variables are compared. Throws only the signal's reason.
 */
export async function lookAtKeyFile(
  path: string,
  known: ReadonlySet<string>,
  signal: AbortSignal,
  repositories: ReadRepositories = new Map(),
  { areTexts = false } = {},
): Promise<KeyFileFacts> {
  const shown = shownText(path, 400);
  const read = await readSmallFile(path);
  if ('why' in read) return { ...nothingSeen, path: shown, fault: read.why };
  const { bytes } = read;
  try {
    const real = await realpath(path);
    const contents = readKeys(textOf(bytes) ?? bytes.toString('latin1'), basename(real), known, areTexts);
    // a key that stands here may be in its history under another name, whether or not the ring has it
    const sought = new Set([...known, ...contents.keys]);
    const objects = await askGitForKeys(real, sought, { signal, repositories });
    return {
      path: shown,
      ...(await rightsOf(real)),
      ...contents,
      git: await askGit(real, signal),
      ...(objects && { objects }),
      delivered: /^\/(run|var\/run)\/(secrets|credentials)\//.test(real),
    };
  } finally {
    bytes.fill(0);
  }
}

const nothingSeen: Omit<KeyFileFacts, 'path' | 'fault'> = {
  form: 'env',
  keys: [],
  publiclyKnown: false,
  weak: false,
  refers: false,
  unreadable: false,
  git: 'unclear',
  delivered: false,
};

async function rightsOf(real: string): Promise<Pick<KeyFileFacts, 'othersMay' | 'groupMayRead'>> {
  if (process.platform === 'win32') return {};
  const { mode } = await stat(real);
  if (!(await isReachable(dirname(real))))
    return { othersMay: 'nothing', groupMayRead: (mode & 0o040) !== 0 };
  const folder = await stat(dirname(real));
  // whoever may write to the folder can put another file in its place, unless it is sticky
  const replaceable = (folder.mode & 0o002) !== 0 && (folder.mode & 0o1000) === 0;
  const othersMay = (mode & 0o002) !== 0 || replaceable ? 'write' : (mode & 0o004) !== 0 ? 'read' : 'nothing';
  return { othersMay, groupMayRead: (mode & 0o040) !== 0 };
}

/** False where a folder on the way lets nobody else pass. */
async function isReachable(folder: string): Promise<boolean> {
  if (((await stat(folder)).mode & 0o001) === 0) return false;
  const above = dirname(folder);
  return above === folder || isReachable(above);
}

/**
 * `ENCRYPTION_KEY=…`, `BALLAST_ENCRYPTION_KEY: …`, `- ENCRYPTION_KEY=…`, `"ENCRYPTION_KEY": "…"`; in YAML the value may begin on the next
 * line.
 */
const assignment =
  /ENCRYPTION_KEY["']?[ \t]*[=:][ \t]*(?:[>|][-+]?[ \t]*\r?\n[ \t]*|\r?\n[ \t]+)?(?:(["'`])(.*?)\1|([^\s"'`#,}]*))/g;
const reference = /ENCRYPTION_KEY_FILE|\$\{?ENCRYPTION_KEY\b|secretKeyRef|secrets\/[\w-]*encryption/i;

/** Nothing, `$…`, `{{ … }}`, `<…>`, a path, the name of an inner field: what is put in its place is elsewhere. */
const standsForAnother = /^(?:$|[$<{%/!*&>|[~]|null$|.*:$)/;

/** Values compared with keys that are texts: the fingerprint of each takes a slow hash. */
const mostValues = 40;

/** Which of the known keys are the value of a variable, or the whole of the file. */
function textKeysIn(text: string, known: ReadonlySet<string>): string[] {
  const values = [...text.matchAll(/[\w.-]["']?[ \t]*[=:][ \t]*(["'`]?)([^\s"'`#]{8,})\1/g)].map(
    ([, , value]) => value ?? '',
  );
  const all = new Set([text.trim(), ...values].filter((value) => value.length >= 8 && value.length <= 200));
  return [...all].slice(0, mostValues).flatMap((value) => {
    try {
      using key = parseApplicationKey(Buffer.from(value));
      return known.has(key.fingerprint) ? key.fingerprint : [];
    } catch (error) {
      // a text that can be nobody's key
      expectedFailure(error);
      return [];
    }
  });
}

function readKeys(
  text: string,
  name: string,
  known: ReadonlySet<string>,
  areTexts: boolean,
): Pick<KeyFileFacts, 'form' | 'keys' | 'publiclyKnown' | 'weak' | 'refers' | 'unreadable'> {
  const form = formOf(text, name);
  // a file that holds the key and nothing else, as secrets managers deliver it
  const bare = /^[A-Za-z0-9+/]{43}=\s*$/.test(text) ? [text.trim()] : [];
  const values = [
    ...bare,
    ...[...text.matchAll(assignment)].map(([, , quoted, bare = '']) => quoted ?? bare),
  ];
  // the ring's keys are keys under whatever name, in whatever encoding
  const keys = new Set(knownKeysIn(text, known).keys);
  if (areTexts) for (const key of textKeysIn(text, known)) keys.add(key);
  let publiclyKnown = false;
  let weak = false;
  let unreadable = false;
  for (const value of values) {
    using key = keyIn(value, form);
    if (!key) {
      // a key in another encoding is one all the same
      const [shape, ...more] = keyShapesIn(value);
      if (shape !== undefined && more.length === 0) keys.add(shape);
      else unreadable ||= !standsForAnother.test(value);
      continue;
    }
    keys.add(key.fingerprint);
    publiclyKnown ||= isPubliclyKnown(key);
    weak ||= new Set(key.bytes).size < 16;
  }
  return { form, keys: [...keys], publiclyKnown, weak, refers: reference.test(text), unreadable };
}

/** A Kubernetes Secret holds its values in base64 once more. */
function keyIn(value: string, form: KeyFileFacts['form']): EncryptionKey | undefined {
  const inner = form === 'manifest' ? [Buffer.from(value, 'base64').toString('latin1')] : [];
  for (const text of [value, padded(value), ...inner]) {
    try {
      return parseEncryptionKey(text, { allowWeak: true });
    } catch {
      // what is no key is a reference, or nobody's secret
    }
  }
  return undefined;
}

/** Programs read a key without its padding all the same. */
function padded(value: string): string {
  return /^[A-Za-z0-9+/_-]{43}$/.test(value) ? `${value.replaceAll('-', '+').replaceAll('_', '/')}=` : value;
}

function formOf(text: string, name: string): KeyFileFacts['form'] {
  if (/^(docker-)?compose[\w.-]*\.ya?ml$/i.test(name) || (/\.ya?ml$/i.test(name) && /^services:/m.test(text)))
    return 'compose';
  if (
    /\.(ya?ml|json)$/i.test(name) &&
    /["']?kind["']?:\s*["']?(Secret|Deployment|ConfigMap|StatefulSet)/.test(text)
  )
    return 'manifest';
  return 'env';
}
