import { resolve } from 'node:path';
import { sealKey } from '#backup/age-file';
import type { ArtefactSource } from '#backup/artefact';
import { writeRecoveryWords, writeShares } from '#backup/clear-artefact';
import { generatePassphrase } from '#backup/generated-passphrase';
import type { ArtefactNotes } from '#backup/key-text';
import { writeNewFiles } from '#backup/new-files';
import { makePaperKit, type PaperKind, writePaperKit } from '#backup/paper-kit';
import type { PaperSize } from '#backup/paper-type';
import { judgePassphrase } from '#backup/passphrase-strength';
import { toRecoveryWords } from '#backup/recovery-words';
import type { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { MadeArtefact } from '#keyring/key-entry';
import { noteActivity } from './activity.ts';
import { readPassphrase } from './command-context.ts';
import { confirm } from './confirm.ts';
import type { Terminal } from './terminal.ts';

export const backupFormats = ['age', 'words', 'shares', 'paper'] as const;
export type BackupFormat = (typeof backupFormats)[number];

export interface ArtefactOptions {
  readonly out?: string;
  readonly recipient: readonly string[];
  readonly passphraseFile?: string;
  readonly generatePassphrase?: boolean;
  readonly acceptWeakPassphrase?: boolean;
  readonly print?: boolean;
  readonly threshold?: number;
  readonly holder: readonly string[];
  readonly kind: PaperKind;
  readonly paper: PaperSize;
  readonly yes?: boolean;
}

/** An artefact that was made: what the key ring remembers, its files, and what a drill of it restores from. */
export interface NewArtefact extends Disposable {
  readonly made: Omit<MadeArtefact, 'madeAt'>;
  readonly files: readonly string[];
  /** Absent where nothing here can open it: words that were only printed, a file sealed to somebody's public key. */
  readonly source?: ArtefactSource;
}

type Maker = (
  key: EncryptionKey,
  options: ArtefactOptions,
  notes: ArtefactNotes,
  terminal: Terminal,
) => Promise<NewArtefact>;

/** How each form is made. The caller disposes what comes back. */
export const makers: Readonly<Record<BackupFormat, Maker>> = {
  age: makeAgeFile,
  words: makeWords,
  shares: makeShareFiles,
  paper: makePaper,
};

async function makeAgeFile(
  key: EncryptionKey,
  options: ArtefactOptions,
  notes: ArtefactNotes,
  terminal: Terminal,
): Promise<NewArtefact> {
  const path = requireOut(options, 'the age file');
  const made = { artefact: 'age-file', location: resolve(path) } as const;
  if (options.recipient.length > 0) {
    const sealed = await sealKey(key, { recipients: options.recipient }, notes);
    await writeNewFiles([{ path, data: sealed }]);
    return { made: { ...made, opensBy: 'identity' }, files: [path], [Symbol.dispose]: () => undefined };
  }
  const passphrase = await choosePassphrase(options, terminal);
  try {
    const sealed = await sealKey(key, { passphrase }, notes);
    await writeSealed(path, sealed, passphrase, options);
    return {
      made: { ...made, opensBy: 'passphrase' },
      files: [path],
      source: { form: 'age-file', from: { path }, opener: { passphrase } },
      [Symbol.dispose]: () => passphrase[Symbol.dispose](),
    };
  } catch (error) {
    passphrase[Symbol.dispose]();
    throw error;
  }
}

/** Writes what was sealed, and before it a passphrase that was drawn for a file. */
async function writeSealed(
  path: string,
  data: Buffer | string,
  passphrase: Secret,
  { generatePassphrase, passphraseFile }: ArtefactOptions,
): Promise<void> {
  if (!generatePassphrase || passphraseFile === undefined) return writeNewFiles([{ path, data }]);
  const line = Buffer.concat([passphrase.bytes, Buffer.from('\n')]);
  await writeNewFiles([
    { path: passphraseFile, data: line },
    { path, data },
  ]);
  line.fill(0);
}

/** The passphrase that was given, or a new one: shown on the terminal, or for the file that was named. The caller disposes it. */
async function choosePassphrase(options: ArtefactOptions, terminal: Terminal): Promise<Secret> {
  if (options.generatePassphrase) {
    const { passphrase, wordCount, bits } = await generatePassphrase();
    if (options.passphraseFile === undefined) {
      if (terminal.json || !process.stderr.isTTY) {
        passphrase[Symbol.dispose]();
        throw new KeelError(
          'usage',
          'nobody is there to read a generated passphrase; nothing was written',
          'name a new file for it with --passphrase-file FILE',
        );
      }
      terminal.note(`Passphrase, ${wordCount} words drawn at random (${bits} bits); shown this once:`);
      terminal.note(`\n  ${passphrase.bytes.toString('utf8')}\n`);
    }
    return passphrase;
  }
  const given = await readPassphrase(options);
  if (!given) {
    throw new KeelError(
      'passphrase-missing',
      'the backup needs a passphrase or a recipient; nothing was written',
      'give --passphrase-file FILE, --generate-passphrase, or --recipient age1…',
    );
  }
  const { verdict, words, warning, suggestions } = await judgePassphrase(given);
  if (verdict !== 'weak' || options.acceptWeakPassphrase) return given;
  given[Symbol.dispose]();
  const why = warning === undefined ? '' : ` (${warning.replace(/\.$/, '').toLowerCase()})`;
  throw new KeelError(
    'passphrase-weak',
    `the passphrase is weak, ${words}${why}; nothing was written`,
    `${suggestions.length > 0 ? `${suggestions.join(' ')} Or let` : 'let'} --generate-passphrase draw one; --accept-weak-passphrase takes this one on`,
  );
}

async function makeWords(
  key: EncryptionKey,
  options: ArtefactOptions,
  notes: ArtefactNotes,
  terminal: Terminal,
): Promise<NewArtefact> {
  const nothing = () => undefined;
  if (options.out !== undefined) {
    await writeRecoveryWords(options.out, key, notes);
    return {
      made: { artefact: 'words', location: resolve(options.out), opensBy: 'words' },
      files: [options.out],
      source: { form: 'words', from: { path: options.out } },
      [Symbol.dispose]: nothing,
    };
  }
  if (!options.print || terminal.json || !process.stdout.isTTY) {
    throw new KeelError(
      'usage',
      'recovery words are the key in clear, and it was not said where to show them; nothing was written',
      'write them down from a terminal with --print, or name a new file with --out FILE',
    );
  }
  await confirm(
    'The next lines are the key in clear: nobody should see this screen, and nothing should record it.',
    key.fingerprint,
    options.yes ?? false,
  );
  await noteActivity({
    action: 'key revealed',
    detail: 'as recovery words, on the terminal',
    outcome: 'done',
    fingerprint: key.fingerprint,
  });
  for (const [at, word] of toRecoveryWords(key).entries())
    terminal.say(`${`${at + 1}`.padStart(4)}. ${word}`);
  return {
    made: { artefact: 'words', location: 'written down from the terminal', opensBy: 'words' },
    files: [],
    [Symbol.dispose]: nothing,
  };
}

async function makeShareFiles(
  key: EncryptionKey,
  options: ArtefactOptions,
  notes: ArtefactNotes,
): Promise<NewArtefact> {
  const folder = requireOut(options, 'the folder of the shares');
  const { threshold, holders } = termsOf(options);
  const written = await writeShares(folder, key, { threshold, holders }, notes);
  return {
    made: {
      artefact: 'shares',
      location: resolve(folder),
      opensBy: 'shares',
      threshold,
      holders: [...holders],
    },
    files: written.map(({ path }) => path),
    source: { form: 'shares', from: written.map(({ path }) => ({ path })) },
    [Symbol.dispose]: () => undefined,
  };
}

/** A PDF to print. What a sheet shows gave the key back before it was written; the print itself is proven by a photo of it. */
async function makePaper(
  key: EncryptionKey,
  options: ArtefactOptions,
  notes: ArtefactNotes,
  terminal: Terminal,
): Promise<NewArtefact> {
  const path = requireOut(options, 'the PDF');
  const { kind, paper } = options;
  const made = { artefact: 'paper', location: resolve(path) } as const;
  const written = { files: [path], [Symbol.dispose]: () => undefined };
  if (kind === 'share') {
    const terms = termsOf(options);
    await writePaperKit(path, key, { kind, terms }, notes, { paper });
    return { made: { ...made, opensBy: 'shares', ...terms }, ...written };
  }
  if (kind === 'words') {
    await writePaperKit(path, key, { kind }, notes, { paper });
    return { made: { ...made, opensBy: 'words' }, ...written };
  }
  using passphrase = await choosePassphrase(options, terminal);
  const document = await makePaperKit(key, { kind, passphrase }, notes, { paper });
  await writeSealed(path, document, passphrase, options);
  return { made: { ...made, opensBy: 'passphrase' }, ...written };
}

function termsOf({ threshold, holder }: ArtefactOptions): { threshold: number; holders: string[] } {
  if (threshold !== undefined) return { threshold, holders: [...holder] };
  throw new KeelError(
    'usage',
    'it was not said how many shares are needed; nothing was written',
    'give --threshold M and one --holder NAME for each share',
  );
}

function requireOut({ out }: ArtefactOptions, what: string): string {
  if (out !== undefined) return out;
  throw new KeelError(
    'usage',
    `it was not said where to write ${what}; nothing was written`,
    'give --out PATH',
  );
}
