import { formsOf } from '#applications/applications';
import type { Application } from '#contract/application';
import { parseApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { Layout } from '#forms/layout';
import { type KeyClass, keyClassOf, makeKeyText } from '#schemes/key-class';
import { halvesOf, hasOwnSalt } from '#schemes/key-reading';
import { readingOf } from '#schemes/scheme';

/**
 * A new key that `application` reads as it reads `like`, its key of now, or one in the format of its documentation where there is none. A
 * salt that is written with the key is kept: other keys may be derived with it. The caller disposes it. Throws `usage` where such a salt
 * is not known.
 */
export function newKeyOf(
  application: Application | undefined,
  like: EncryptionKey | undefined,
): EncryptionKey {
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
  const keyClass = old ? classLike(old, application) : application?.newKey;
  if (!keyClass) throw new Error('neither an application nor one of its keys was given');
  const text = makeKeyText(keyClass);
  const whole = salt ? Buffer.concat([text, Buffer.from(':'), salt]) : text;
  try {
    return parseApplicationKey(whole);
  } finally {
    text.fill(0);
    whole.fill(0);
  }
}

/** The class of the old key; in the alphabet of the application's documentation, if the old key happens to fit in both. */
function classLike(old: Buffer, application: Application | undefined): KeyClass {
  const found = keyClassOf(old);
  const fitsBoth = found.as === 'base64' && !old.includes('+') && !old.includes('/');
  return fitsBoth && application?.newKey.as === 'base64url' ? { ...found, as: 'base64url' } : found;
}

function isWrittenWithSalt({ scheme }: Layout): boolean {
  return scheme !== undefined && hasOwnSalt(readingOf(scheme));
}
