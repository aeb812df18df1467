import { buffer } from 'node:stream/consumers';
import type { Decrypter } from 'age-encryption';
import { ageLibrary } from '#crypto/age-library';
import { passphraseBytes, passphraseIdentity } from '#crypto/age-passphrase';
import { type SealedTo, sealedToOf } from '#crypto/sealed-to';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { readingsOfArmor } from './age-armor.ts';
import { parseIdentities } from './age-identities.ts';
import { slipsIn } from './line-checks.ts';
import { anotherCopy, type Broken, broken } from '#backup/artefact-break';
import { type ArtefactText, readArtefactText } from '#backup/artefact-text';
import { type KeyChoice, readKeyText, type SealedKeys } from '#backup/reading/read-key-text';
import { isShare } from '#backup/shares/share-mnemonic';
import { enumerated } from '#shared/enumerated';

/** What opens an age file. The giver keeps the secret. */
export type AgeOpener =
  | { readonly passphrase: Secret }
  /** The text of an identity file, as `age-keygen` writes it. */
  | { readonly identities: Secret };

/**
 * Opens an age file, armored or not, and reads the key in it; what may be one of several is for the caller to choose from. Any content is an answer, not an error; throws
 * `passphrase-missing`, and `request-refused` where too many passphrases are tried at once. The caller disposes the keys.
 */
export async function openAgeFile(
  source: ArtefactText,
  opener: AgeOpener,
  choice?: KeyChoice,
): Promise<SealedKeys | Broken> {
  const opened = await openAgeText(source, opener);
  if ('broken' in opened) return opened;
  if (!isShare(opened.plain)) return readKeyText(opened.plain, choice);
  opened.plain.fill(0);
  return broken(
    'text',
    'it decrypts, but contains one share of a key, not the key',
    'use it together with other shares of its set',
  );
}

/** What an age file holds, for the caller to wipe. Throws what `openAgeFile` throws. */
export async function openAgeText(
  source: ArtefactText,
  opener: AgeOpener,
): Promise<{ readonly plain: Buffer } | Broken> {
  const file = await readArtefactText(source);
  if ('broken' in file) return file;
  const opened = await openBytes(file.bytes, opener);
  // what opens is what was sealed, whatever a check says that was mistyped itself
  return 'broken' in opened ? (slip(file.bytes) ?? opened) : opened;
}

/** The lines of a printed text that were mistyped; undefined if its checks agree, or if it has none. */
function slip(bytes: Buffer): Broken | undefined {
  const { wrong, missing } = slipsIn(bytes);
  const parts = [
    ...(wrong.length > 0
      ? [`${linesOf(wrong)} ${wrong.length === 1 ? 'differs from its check' : 'differ from their checks'}`]
      : []),
    ...(missing.length > 0 ? [`${linesOf(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`] : []),
  ];
  if (parts.length === 0) return undefined;
  return broken(
    'armor',
    `${parts.join(', and ')}, counted from the line after BEGIN`,
    'compare these lines with the sheet letter by letter, and correct them',
  );
}

function linesOf(numbers: readonly number[]): string {
  return `${numbers.length === 1 ? 'line' : 'lines'} ${enumerated(numbers)}`;
}

async function openBytes(bytes: Buffer, opener: AgeOpener): Promise<{ readonly plain: Buffer } | Broken> {
  const identities = await identitiesOf(opener);
  const readings = await readingsOfArmor(bytes);
  if (readings.length === 0) {
    return broken('armor', 'it is not an age file, or its armor is cut off or altered', anotherCopy);
  }
  if ('broken' in identities) return identities;
  const given = 'passphrase' in opener ? 'passphrase' : 'identity';
  let refused: Broken | undefined;
  const refusedHeaders = new Set<string>();
  for (const sealed of readings) {
    const header = headerOf(sealed);
    if (refusedHeaders.has(header)) continue;
    const opened = await decrypt(sealed, identities, given);
    if (!('broken' in opened)) return opened;
    refused ??= opened;
    // the same lines would be refused again, after as much work
    if (opened.broken.breaksAt !== 'payload') refusedHeaders.add(header);
  }
  return refused ?? broken('armor', 'it is not an age file', anotherCopy);
}

/** Up to its MAC. Public. */
function headerOf(sealed: Uint8Array): string {
  const text = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).toString('latin1');
  const [header = text] = /^.*?\n--- [^\n]*/s.exec(text) ?? [];
  return header;
}

async function identitiesOf(opener: AgeOpener): Promise<Parameters<Decrypter['addIdentity']>[0][] | Broken> {
  if ('passphrase' in opener) return [passphraseIdentity(passphraseBytes(opener.passphrase))];
  const parsed = await parseIdentities(opener.identities.bytes.toString('utf8'));
  return 'broken' in parsed ? parsed : [...parsed.identities];
}

async function decrypt(
  sealed: Uint8Array,
  identities: Parameters<Decrypter['addIdentity']>[0][],
  given: 'passphrase' | 'identity',
): Promise<{ readonly plain: Buffer } | Broken> {
  const age = await ageLibrary();
  const decrypter = new age.Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const sealedTo = sealedToOf(decrypter);
  let payload: AsyncIterable<Uint8Array>;
  try {
    // the promise settles after the header; whatever fails later is the payload
    payload = await decrypter.decrypt(new Blob([sealed]).stream());
  } catch (error) {
    if (error instanceof KeelError) throw error;
    return refusal(sealedTo(), given, identities.length);
  }
  try {
    return { plain: await buffer(payload) };
  } catch {
    return broken('payload', `the ${given} is correct, but the content is cut off or altered`, anotherCopy);
  }
}

function refusal(sealedTo: SealedTo, given: 'passphrase' | 'identity', count: number): Broken {
  if (!sealedTo) return broken('header', 'its header is cut off or altered', anotherCopy);
  if (sealedTo === 'recipients' && given === 'passphrase') {
    return broken(
      'header',
      'it is encrypted to a public key, not with a passphrase',
      'use the matching identity file',
    );
  }
  if (sealedTo === 'passphrase' && given === 'identity') {
    return broken('header', 'it is encrypted with a passphrase, not to a public key', 'use its passphrase');
  }
  if (given === 'passphrase') {
    return broken(
      'passphrase',
      'the passphrase does not decrypt it (or the line that it decrypts was altered)',
      'try the passphrase again, or test another copy',
    );
  }
  const none =
    count === 1 ? 'the identity does not decrypt it' : `none of the ${count} identities decrypts it`;
  return broken(
    'identity',
    `${none} (or the lines that identities decrypt were altered)`,
    'use the identity of one of its recipients, or test another copy',
  );
}
