import { type Command, Option } from '@commander-js/extra-typings';
import { parseIdentities } from '#backup/age/age-identities';
import { assertRecipient } from '#backup/age/age-recipient';
import type { StreamOpener, StreamSeal } from '#crypto/age-stream';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { readPassphraseFile, readLineFile } from '#commands/keys/key-source';
import { databaseOption, inventoryOption, passphraseOption, withKey } from '#commands/options';

export const archiveOption = new Option('--archive <file>', 'the credential archive');

export const archivePassphraseOption = new Option(
  '--archive-passphrase-file <file>',
  'file with the passphrase of the archive (or set KEEL_ARCHIVE_PASSPHRASE)',
);

export const identityOption = new Option(
  '--identity <file>',
  'age identities for an archive encrypted to public keys',
);

export const recipientOption = new Option(
  '--recipient <age1…>',
  'encrypt to this public key instead of a passphrase (repeatable)',
)
  .default([] as string[], 'none')
  .argParser((value: string, before: string[]) => [...before, value]);

/** Gives a command the options that name an archive and what opens it, and the database that it is compared with. */
export function withArchive(command: Command) {
  const archive = command
    .addOption(archiveOption)
    .addOption(archivePassphraseOption)
    .addOption(identityOption)
    .addOption(databaseOption)
    .addOption(inventoryOption);
  return withKey(archive).addOption(passphraseOption);
}

/** What an archive is sealed to, and the secret of it for the caller to dispose. Throws `usage` or `passphrase-missing`. */
export async function readSeal(options: {
  readonly recipient: readonly string[];
  readonly archivePassphraseFile?: string;
}): Promise<StreamSeal & Disposable> {
  const { recipient: recipients } = options;
  if (recipients.length > 0) {
    if (options.archivePassphraseFile !== undefined) {
      throw new KeelError(
        'usage',
        'an age file is encrypted with a passphrase or to public keys, not both; nothing was written',
        'pass --archive-passphrase-file or --recipient',
      );
    }
    for (const recipient of recipients) await assertRecipient(recipient);
    return { recipients, [Symbol.dispose]: () => undefined };
  }
  const passphrase = await readArchivePassphrase(options);
  if (passphrase) return { passphrase, [Symbol.dispose]: () => passphrase[Symbol.dispose]() };
  throw missing('encrypt the archive', 'or pass --recipient age1…');
}

/** What opens an archive, for the caller to dispose. Throws `passphrase-missing` or `key-file-unreadable`. */
export async function readOpener(options: {
  readonly identity?: string;
  readonly archivePassphraseFile?: string;
}): Promise<StreamOpener & Disposable> {
  if (options.identity !== undefined) {
    const bytes = await readLineFile(options.identity, 'identity');
    const parsed = await parseIdentities(bytes.toString('utf8'));
    bytes.fill(0);
    if ('identities' in parsed) return { identities: parsed.identities, [Symbol.dispose]: () => undefined };
    const { message, remedy } = parsed.broken;
    throw new KeelError('key-file-unreadable', `${message}; nothing was changed`, remedy);
  }
  const passphrase = await readArchivePassphrase(options);
  if (passphrase) return { passphrase, [Symbol.dispose]: () => passphrase[Symbol.dispose]() };
  throw missing('decrypt the archive', 'or pass --identity FILE');
}

async function readArchivePassphrase(options: {
  readonly archivePassphraseFile?: string;
}): Promise<Secret | undefined> {
  if (options.archivePassphraseFile !== undefined) return readPassphraseFile(options.archivePassphraseFile);
  const value = process.env['KEEL_ARCHIVE_PASSPHRASE'];
  return value ? new Secret(Buffer.from(value, 'utf8')) : undefined;
}

function missing(what: string, also: string): KeelError {
  return new KeelError(
    'passphrase-missing',
    `no passphrase was given to ${what}; nothing was changed`,
    `pass it with \`--archive-passphrase-file FILE\` or set KEEL_ARCHIVE_PASSPHRASE, ${also}`,
  );
}

/** The path of `--archive`. Throws `usage` without one. */
export function requireArchive({ archive }: { archive?: string }): string {
  if (archive !== undefined) return archive;
  throw new KeelError('usage', 'no archive was given', 'pass --archive FILE');
}
