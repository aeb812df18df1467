import { basename, dirname } from 'node:path';
import { type ArtefactKeys, type ArtefactSource, onlyOf, openKeys } from '#backup/artefact';
import { readArtefactText } from '#backup/artefact-text';
import type { Waiting } from '#backup/pictures/qr-image';
import type { Application } from '#contract/application';
import type { FilePurpose } from '#contract/app';
import type { ArtefactName, GivenArtefact } from '#contract/backup';
import type { ProofArtefact } from '#contract/key-record';
import type { AssertChosen } from '#procedures/chosen-files';
import type { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';

/** What a key is restored from, as the backup room takes it. Owns copies of the secrets that were typed. */
export interface TakenArtefact extends Disposable {
  readonly source: ArtefactSource;
  /** How it calls itself, where no list names it. */
  readonly name: ArtefactName;
}

/** The form of what is in hand. */
export function formOf({ from }: GivenArtefact): Exclude<ProofArtefact, 'own-file'> {
  if (from === 'file' || from === 'identity') return 'age-file';
  if (from === 'words' || from === 'words-file') return 'words';
  return from === 'photo' ? 'paper' : 'shares';
}

/**
 * Throws `file-not-chosen` for a file of it that no dialog named as such, but for the artefact's own files that are known otherwise: never for
 * an identity that opens it.
 */
export function assertHandChosen(
  from: GivenArtefact,
  assertChosen: AssertChosen,
  isKnown: (path: string) => boolean = () => false,
): void {
  for (const [path, purpose] of filesOf(from))
    if (purpose === 'open-identity' || !isKnown(path)) assertChosen(path, purpose);
}

/** What is read for it, and what a dialog may have named it for. */
function filesOf(from: GivenArtefact): readonly (readonly [path: string, purpose: FilePurpose])[] {
  switch (from.from) {
    case 'words':
      return [];
    case 'shares':
      return from.paths.map((path) => [path, 'open-shares'] as const);
    case 'identity':
      return [
        [from.path, 'open-age'],
        [from.identity, 'open-identity'],
      ];
    case 'words-file':
      return [[from.path, 'open-words']];
    case 'photo':
      return [[from.path, 'open-photo']];
    case 'file':
      return [[from.path, 'open-age']];
    default:
      return from satisfies never;
  }
}

/** Takes what the window says is in hand. Throws `key-file-unreadable` for an identity file that cannot be read. */
export async function openGiven(from: GivenArtefact): Promise<TakenArtefact> {
  const owned: Secret[] = [];
  const own = (text: string) => {
    const secret = new Secret(Buffer.from(text, 'utf8'));
    owned.push(secret);
    return secret;
  };
  const taken = (source: ArtefactSource, location: string): TakenArtefact => ({
    source,
    name: { artefact: source.form, location },
    [Symbol.dispose]() {
      for (const secret of owned) secret[Symbol.dispose]();
    },
  });
  if (from.from === 'file') {
    const opener = { passphrase: own(from.passphrase) };
    return taken({ form: 'age-file', from: { path: from.path }, opener }, from.path);
  }
  if (from.from === 'photo') {
    const opener = { passphrase: own(from.passphrase) };
    return taken({ form: 'paper', photo: from.path, opener }, from.path);
  }
  if (from.from === 'identity') {
    const identities = await readIdentity(from.identity);
    owned.push(identities);
    return taken({ form: 'age-file', from: { path: from.path }, opener: { identities } }, from.path);
  }
  if (from.from === 'words') return taken({ form: 'words', from: { text: own(from.words) } }, 'typed words');
  if (from.from === 'words-file') return taken({ form: 'words', from: { path: from.path } }, from.path);
  const texts = from.typed.map((text, at) => ({ text: own(text), name: `typed share ${at + 1}` }));
  const [first] = from.paths;
  const location = first === undefined ? 'typed shares' : dirname(first);
  const passphrase = from.passphrase === undefined ? undefined : own(from.passphrase);
  const all = [...from.paths.map((path) => ({ path })), ...texts];
  return taken({ form: 'shares', from: all, passphrase }, location);
}

/** Who reads the key, and which keys are known: either chooses between readings of what was sealed. */
export interface RestoredBy extends Waiting {
  readonly reader?: Application;
  readonly isKnown?: (fingerprint: string) => Promise<boolean>;
}

async function knownOf(
  read: ArtefactKeys,
  isKnown: NonNullable<RestoredBy['isKnown']>,
): Promise<{ readonly key: EncryptionKey } | undefined> {
  const keys = 'values' in read ? read.values.flat() : [];
  for (const key of keys.length > 1 ? keys : []) {
    if (!(await isKnown(key.fingerprint))) continue;
    for (const other of keys) if (other !== key) other[Symbol.dispose]();
    return { key };
  }
  return undefined;
}

/**
 * The key that it gives, for the caller to dispose. Throws `key-file-unreadable`, saying where it breaks and what was left as
 * it was (`left`), like `nothing was changed`.
 */
export async function restoredFrom(
  { source, name }: TakenArtefact,
  left: string,
  { reader, isKnown, ...waiting }: RestoredBy = {},
): Promise<EncryptionKey> {
  const read = await openKeys(source, { reader }, waiting);
  const opened = (isKnown && (await knownOf(read, isKnown))) ?? onlyOf(read);
  if ('key' in opened) return opened.key;
  const { message, remedy } = opened.broken;
  throw new KeelError(
    'key-file-unreadable',
    `no key could be restored from ${name.location}: ${message}; ${left}`,
    remedy,
  );
}

async function readIdentity(path: string): Promise<Secret> {
  const file = await readArtefactText({ path });
  if ('bytes' in file) return new Secret(file.bytes);
  const { message, remedy } = file.broken;
  throw new KeelError(
    'key-file-unreadable',
    `the identity file ${basename(path)} was not used: ${message}; nothing was decrypted`,
    remedy,
  );
}
