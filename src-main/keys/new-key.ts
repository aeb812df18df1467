import { formsOf } from '#applications/applications';
import type { Application } from '#contract/application';
import { parseApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import type { Layout } from '#forms/layout';
import { type KeyClass, keyClassAs, keyClassOf, makeKeyText } from '#schemes/key-class';
import { halvesOf, hasOwnSalt } from '#schemes/key-reading';
import { keysOf, readingOf, type Scheme } from '#schemes/scheme';

/**
 * A new key that `application` reads as it reads `like`, its key of now, or one in the format of its documentation where there is none. A
 * salt that is written with the key is kept: other keys may be derived with it. The caller disposes it. Throws `usage` where such a salt
 * is not known, or the application would read no new key like the old one.
 */
export async function newKeyOf(
  application: Application | undefined,
  like: EncryptionKey | undefined,
): Promise<EncryptionKey> {
  const isSalted =
    application !== undefined && formsOf(application).some(({ layout }) => isWrittenWithSalt(layout));
  if (isSalted && !like) {
    throw new KeelError(
      'usage',
      `${application.name} stores a salt with its key, which a new key must keep; nothing was generated`,
      'generate the new key from the old one and its salt: from a file with both, or with the old key in the key ring',
    );
  }
  const [old, salt] = isSalted && like ? halvesOf(like.written) : [like?.written];
  const classes = old ? classesLike(old, application) : [application?.newKey];
  for (const keyClass of classes) {
    if (!keyClass) throw new Error('neither an application nor a key of it was given');
    const fresh = keyOf(keyClass, salt);
    if (!like || !application || (await isReadAlike(application, like, fresh))) return fresh;
    fresh[Symbol.dispose]();
  }
  throw new KeelError(
    'usage',
    `${application?.name ?? 'the application'} would not read a new key as it reads the old one; nothing was generated`,
    'generate a key as its documentation says, and pass it as a key file',
  );
}

function keyOf(keyClass: KeyClass, salt: Buffer | undefined): EncryptionKey {
  const text = makeKeyText(keyClass);
  const whole = salt ? Buffer.concat([text, Buffer.from(':'), salt]) : text;
  try {
    return parseApplicationKey(whole);
  } finally {
    text.fill(0);
    whole.fill(0);
  }
}

/**
 * The classes that the old key may be of, the likeliest first: what its text looks like; in the alphabet of the application's
 * documentation, if it fits in both, and as the documentation writes a key, if it looks like nothing but characters.
 */
function classesLike(old: Buffer, { newKey }: Partial<Application> = {}): KeyClass[] {
  const found = keyClassOf(old);
  const fitsBoth = found.as === 'base64' && !old.includes('+') && !old.includes('/');
  if (fitsBoth && newKey?.as === 'base64url') return [{ ...found, as: 'base64url' }];
  const documented = newKey && keyClassAs(old, newKey.as);
  if (!documented) return [found];
  return found.as === 'characters' ? [documented, found] : [found, documented];
}

/** Whether the application makes as many bytes of the new key as of the old one, in each of its forms that makes any of the old one. */
async function isReadAlike(
  application: Application,
  old: EncryptionKey,
  fresh: EncryptionKey,
): Promise<boolean> {
  for (const { layout } of formsOf(application)) {
    const { scheme } = layout;
    if (!scheme || !('read' in readingOf(scheme))) continue;
    const before = await bytesRead(scheme, old);
    if (before !== undefined && before !== (await bytesRead(scheme, fresh))) return false;
  }
  return true;
}

async function bytesRead(scheme: Scheme, key: EncryptionKey): Promise<number | undefined> {
  try {
    // owned by the key
    return (await keysOf(scheme, key))[0]?.length;
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

function isWrittenWithSalt({ scheme }: Layout): boolean {
  return scheme !== undefined && hasOwnSalt(readingOf(scheme));
}
