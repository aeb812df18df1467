import { type Command, Option } from '@commander-js/extra-typings';
import { makeBackup } from '#backup/use-cases/make';
import { type PaperKind, paperKinds } from '#backup/paper/paper-kit';
import { type PaperSize, paperSizes } from '#backup/paper/paper-type';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { loadKey } from '#workspace/ring-keys';
import { noDatabase, runs, type OptionsOf } from '#commands/command-context';
import { type BackupFormat, backupFormats, specOf } from './spec.ts';
import { agreedContext, workspaceIfGiven } from '#commands/command-workspace';
import {
  collect,
  databaseOption,
  jsonOption,
  keepKeysOption,
  ringPassphraseOption,
  withKey,
  yesOption,
} from '#commands/options';
import { givenKey, hasKeySource } from '#commands/keys/ring-key';
import type { Workspace } from '#workspace/workspace';
import type { Terminal } from '#commands/terminal';

function offer(command: Command) {
  return withKey(
    command
      .addOption(
        new Option('--format <form>', 'the kind of backup').choices(backupFormats).default('age' as const),
      )
      .option('--out <path>', 'the new file, or the folder for the shares; existing files are never replaced')
      .option('--fingerprint <fingerprint>', 'back up this key of the environment’s key ring')
      .addOption(databaseOption)
      .addOption(keepKeysOption)
      .addOption(ringPassphraseOption),
  )
    .option(
      '--passphrase-file <file>',
      'age: file with the passphrase to encrypt with (or set KEEL_PASSPHRASE)',
    )
    .option(
      '--generate-passphrase',
      'age: generate one, and write it to a new --passphrase-file or else to the terminal',
    )
    .option('--accept-weak-passphrase', 'age: allow a passphrase that can be guessed')
    .addOption(
      new Option('--recipient <age1…>', 'age: encrypt to a public key instead (repeatable)')
        .default([] as string[], 'none')
        .argParser(collect),
    )
    .option('--print', 'words: show them on this terminal, to write down')
    .addOption(
      new Option('--threshold <m>', 'shares: how many are needed to restore the key').argParser(Number),
    )
    .addOption(
      new Option(
        '--holder <name>',
        'shares: name of a holder (repeatable, 2 to 16); NAME=age1… encrypts the share to that public key',
      )
        .default([] as string[], 'none')
        .argParser(collect),
    )
    .addOption(
      new Option('--kind <kind>', 'paper: what the sheet contains').choices(paperKinds).default('sealed'),
    )
    .addOption(
      new Option('--paper <size>', 'paper: page size')
        .choices(Object.keys(paperSizes) as PaperSize[])
        .default('a4'),
    )
    .option('--name <text>', 'environment name to write in the backup')
    .addOption(yesOption)
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel backup create` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal } = context;
    const { ringPassphraseFile: passphraseFile, passphraseFile: _, ...given } = options;
    const ring = { ...given, ...(passphraseFile !== undefined && { passphraseFile }) };
    using workspace = await workspaceIfGiven(ring, context);
    using key = await chooseKey(options, workspace);
    using chosen = await specOf(key, options, options.format, terminal);
    const { made, files, proven } = await makeBackup(
      workspace,
      { key, spec: chosen.spec, name: options.name, drill: true },
      agreedContext(context),
    );
    if (options.format === 'paper') sayKit(options.kind, files, key.fingerprint, terminal);
    else sayArtefact(options.format, files, proven, key.fingerprint, terminal);
    terminal.result({
      ok: true,
      artefact: { ...made, files, fingerprint: key.fingerprint, proven },
    });
    return 0;
  });
}

/** By `--fingerprint` out of the key ring, else the one that was given, else the active one of the environment. */
async function chooseKey(options: Options, workspace: Workspace | undefined): Promise<EncryptionKey> {
  const { fingerprint } = options;
  if (fingerprint === undefined) return givenKey(options, workspace);
  if (hasKeySource(options)) {
    throw new KeelError('usage', 'both a key and --fingerprint were given', 'pass one of them');
  }
  if (!workspace) throw noDatabase();
  return loadKey(workspace, fingerprint);
}

const keeping: Readonly<Record<Exclude<BackupFormat, 'paper'>, string>> = {
  age: 'Keep the file and its passphrase or identity in different places, and neither of them only on this machine.',
  words:
    'The words are the key in plain text. Keep them where nobody else can read them, and delete them from this machine.',
  shares:
    'Send each file to its holder over a secure channel, and delete it here: those that are not encrypted are parts of the key in plain text.',
};

function sayArtefact(
  format: Exclude<BackupFormat, 'paper'>,
  files: readonly string[],
  isProven: boolean,
  fingerprint: string,
  terminal: Terminal,
): void {
  for (const file of files) terminal.say(`  ${file}`);
  if (files.length > 0) terminal.say();
  if (isProven) {
    const proof = `✓ Key ${fingerprint} was restored from ${files.length === 1 ? 'it' : 'them'} alone.`;
    terminal.say(terminal.paint('good', proof));
  } else {
    const what = (format === 'shares' ? files.join(' ') : files[0]) ?? '-';
    const drill = `keel backup drill --artefact ${what} --expect ${fingerprint}`;
    terminal.say(terminal.paint('warning', 'Not tested yet.'));
    terminal.say(
      files.length === 0
        ? `Test it by typing what you wrote down: ${drill}`
        : format === 'shares'
          ? `Test them where the identities of their holders are, all in one file: ${drill} --identity FILE`
          : `Test it where its identity file is: ${drill} --identity FILE`,
    );
  }
  terminal.say(keeping[format]);
}

const kitDrill: Readonly<Record<PaperKind, readonly [what: string, artefact: string]>> = {
  sealed: ['a photo or scan of the printout', 'PHOTO.jpg --passphrase-file FILE'],
  words: ['its words, typed', '-'],
  share: ['its shares, each typed into a file', 'FILE…'],
};

/** A kit is a file only until it is printed: what has to be proven is the paper. */
function sayKit(kind: PaperKind, files: readonly string[], fingerprint: string, terminal: Terminal): void {
  for (const file of files) terminal.say(`  ${file}\n`);
  terminal.say(
    'The key was restored from the contents of the sheet before the PDF was written. Print it, then test the printout:',
  );
  const [what, artefact] = kitDrill[kind];
  terminal.say(`  with ${what}: keel backup drill --artefact ${artefact} --expect ${fingerprint}`);
  const isClear = kind !== 'sealed';
  const keep = isClear
    ? 'The file is the key in plain text: delete it once it is printed, and clear the print queue.'
    : 'Keep the sheet and its passphrase in different places, and neither of them only on this machine.';
  terminal.say(isClear ? terminal.paint('warning', keep) : keep);
}
