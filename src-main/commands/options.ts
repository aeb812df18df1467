import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import { keyPlaces } from '#workspace/key-place';
import { applicationOption } from './keys/application-option.ts';
import { KeelError } from '#errors/keel-error';
import { type AcceptableStop, acceptableStops } from '#rewrite/finding';
import { isNeedAcceptance, keyNeedCodes } from '#records/key-needs';

/** Options that several commands share, each in one place. */
export const databaseOption = new Option(
  '--database <url>',
  'postgres://user@host:port/name?sslmode=… (the password can come from PGPASSWORD or ~/.pgpass)',
).env('KEEL_DATABASE_URL');

export const inventoryOption = new Option('--inventory <file>', 'the reviewed list of encrypted columns');

export const jsonOption = new Option('--json', 'print exactly one JSON object on stdout');

/** Gives a command the options that say where a key comes from, and whose it is: applications read the same text differently. */
export function withKey<Options extends OptionValues>(command: Command<[], Options>) {
  return command
    .option('--key-file <file>', 'file that contains the key')
    .option('--key-env <variable>', 'environment variable that holds the key')
    .option('--stdin', 'read the key from standard input')
    .addOption(applicationOption);
}

export const excludeOption = new Option(
  '--exclude <table[.column]>',
  'exclude values that no known key decrypts in the format of their column; they stay as they are (repeatable)',
)
  .default([] as string[], 'none')
  .argParser(collect);

export const leaveOption = new Option(
  '--leave <table[.column]>',
  'leave values outside the inventory encrypted with the old key (repeatable)',
)
  .default([] as string[], 'none')
  .argParser(collect);

export const sampledOption = new Option(
  '--sampled',
  'scan only samples for other places encrypted with the old key, if reading the whole database takes too long',
);

export const portableOption = new Option(
  '--portable',
  'rewrite rows without the features that only PostgreSQL has (chosen automatically on engines that lack them); requires a primary key, takes no table locks',
);

export const acceptOption = new Option('--accept <code>', 'accept a risk (repeatable)')
  .choices(acceptableStops)
  .default([] as readonly AcceptableStop[], 'none')
  .argParser(collectKnown(acceptableStops));

/** A reason against destroying a key, as `key destroy` and `key dumps` name it. */
export const acceptNeedOption = new Option(
  '--accept <reason>',
  `accept the risk despite a reason to keep the key (repeatable): ${keyNeedCodes.join(', ')}; the last three take \`=\` and a name`,
)
  .default([] as string[], 'none')
  .argParser((value: string, before: string[]) => {
    if (isNeedAcceptance(value)) return [...before, value];
    throw new KeelError(
      'usage',
      `\`${value}\` is not a reason to keep a key`,
      `use one of ${keyNeedCodes.join(', ')}; the last three take \`=\` and the name shown in the error`,
    );
  });

export const yesOption = new Option('--yes', 'answer yes to the confirmation prompt; accepts no risks');

export const lockTimeoutOption = new Option('--lock-timeout <ms>', 'how long to wait for the table locks')
  .default(5_000, '5000')
  .argParser(milliseconds);

export const keepKeysOption = new Option(
  '--keep-keys-in <place>',
  'where the key ring stores keys (the keychain by default; without one, your own key files)',
).choices(keyPlaces);

export const passphraseOption = new Option(
  '--passphrase-file <file>',
  'file with the passphrase of the encrypted key file or the backup (or set KEEL_PASSPHRASE)',
);

export const ringPassphraseOption = new Option(
  '--ring-passphrase-file <file>',
  'file with the passphrase of the encrypted key file in which the key ring stores its keys',
);

/** For options that may be given more than once. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** Takes repeated values, each of which must be known. */
export function collectKnown<Known extends string>(known: readonly Known[]) {
  return (value: string, before: readonly Known[]): readonly Known[] => {
    const one = known.find((each) => each === value);
    if (one !== undefined) return [...before, one];
    throw new KeelError(
      'usage',
      `\`${value}\` is not a risk that can be accepted`,
      `use one of ${known.join(', ')}`,
    );
  };
}

function milliseconds(value: string): number {
  const parsed = Number(value);
  if (Number.isInteger(parsed) && parsed >= 1 && parsed <= 3_600_000) return parsed;
  throw new KeelError(
    'usage',
    `\`${value}\` is not a time in milliseconds`,
    'use a whole number from 1 to 3600000',
  );
}

export const sharesPassphraseOption = new Option(
  '--shares-passphrase-file <file>',
  'shares: file with the passphrase of a set made by another tool; Keel sets none',
);
