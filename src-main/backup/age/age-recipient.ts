import { ageLibrary } from '#crypto/age-library';
import { KeelError } from '#errors/keel-error';

/**
 * Throws `usage` for what is no X25519 recipient (`age1…`, 62 characters), naming the mistake. Newer kinds of recipients are
 * refused, since the `age` that most systems have does not open what is sealed to them.
 */
export async function assertRecipient(text: string): Promise<void> {
  if (/^AGE-SECRET-KEY-/i.test(text)) {
    throw new KeelError(
      'usage',
      'an identity (`AGE-SECRET-KEY-…`) was given as a recipient; nothing was written',
      'use its public key, which `age-keygen -y FILE` prints; anyone who saw that identity on the command line can decrypt what is encrypted to it',
    );
  }
  const other = kindOfOther(text);
  if (other !== undefined) {
    throw new KeelError(
      'usage',
      `${other}, but Keel encrypts only to age’s own keys (\`age1…\`, 62 characters); nothing was written`,
      'generate a key with `age-keygen` and use its public key; or encrypt the key file with the `age` program, whose files Keel can open',
    );
  }
  if (!/^age1[a-z0-9]{58}$/.test(text)) throw notARecipient(text, 'it is not `age1` and 58 characters');
  const { Encrypter } = await ageLibrary();
  try {
    new Encrypter().addRecipient(text);
  } catch {
    throw notARecipient(text, 'its checksum does not match: a character is wrong');
  }
}

/** What other kinds of recipients the `age` program knows (age(1), “RECIPIENTS AND IDENTITIES”). */
function kindOfOther(text: string): string | undefined {
  if (/^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-\S+|sk-\S+) /.test(text)) return 'an SSH public key was given';
  const plugin = /^age1([a-z0-9+._-]+)1[a-z0-9]+$/.exec(text)?.[1];
  if (plugin === undefined || /^age1[a-z0-9]{58}$/.test(text)) return undefined;
  return `a recipient of the plugin age-plugin-${plugin} was given`;
}

function notARecipient(text: string, why: string): KeelError {
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return new KeelError(
    'usage',
    `\`${shown.replace(/\p{C}/gu, '\u{fffd}')}\` is not an age recipient: ${why}; nothing was written`,
    'copy the public key again from where `age-keygen` printed it',
  );
}
