import { generatePassphrase } from '#backup/age/generated-passphrase';
import type { PaperKind } from '#backup/paper/paper-kit';
import type { PaperSize } from '#backup/paper/paper-type';
import { judgePassphrase } from '#backup/age/passphrase-strength';
import { toRecoveryWords } from '#backup/recovery-words';
import type { ShareTerms } from '#backup/shares/share-making';
import type { BackupSpec, SealingPassphrase } from '#backup/use-cases/make';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { readPassphrase } from '#commands/command-context';
import { commandAudit } from '#commands/command-workspace';
import { confirm } from '#commands/confirm';
import type { Terminal } from '#commands/terminal';

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

/** What the options ask for, with the passphrase that was given or drawn, which goes with the answer. */
export async function specOf(
  key: EncryptionKey,
  options: ArtefactOptions,
  format: BackupFormat,
  terminal: Terminal,
): Promise<Disposable & { readonly spec: BackupSpec }> {
  if (format === 'words')
    return { spec: await wordsSpec(key, options, terminal), [Symbol.dispose]: () => {} };
  if (format === 'shares') {
    const folder = requireOut(options, 'the folder of shares');
    return { spec: { form: 'shares', folder, ...termsOf(options) }, [Symbol.dispose]: () => {} };
  }
  if (format === 'paper') return paperSpec(options, terminal);
  const path = requireOut(options, 'the age file');
  const { recipient: recipients } = options;
  if (recipients.length > 0)
    return { spec: { form: 'recipients', path, recipients }, [Symbol.dispose]: () => {} };
  const sealing = await choosePassphrase(options, terminal);
  return { spec: { form: 'passphrase', path, ...sealing }, ...ownerOf(sealing) };
}

async function paperSpec(options: ArtefactOptions, terminal: Terminal) {
  const path = requireOut(options, 'the PDF');
  const { kind, paper: size } = options;
  const paper = { form: 'paper', path, size } as const;
  if (kind === 'sealed') {
    const sealing = await choosePassphrase(options, terminal);
    return { spec: { ...paper, content: { kind, ...sealing } }, ...ownerOf(sealing) };
  }
  const content = kind === 'share' ? ({ kind: 'shares', ...clearTermsOf(options) } as const) : { kind };
  return { spec: { ...paper, content }, [Symbol.dispose]: () => {} };
}

function ownerOf({ passphrase }: SealingPassphrase): Disposable {
  return { [Symbol.dispose]: () => passphrase[Symbol.dispose]() };
}

async function wordsSpec(
  key: EncryptionKey,
  options: ArtefactOptions,
  terminal: Terminal,
): Promise<BackupSpec> {
  if (options.out !== undefined) return { form: 'words-file', path: options.out };
  if (!options.print || terminal.json || !process.stdout.isTTY) {
    throw new KeelError(
      'usage',
      'recovery words are the key in plain text, and no output was chosen for them; nothing was written',
      'show them on a terminal with --print, or write them to a new file with --out FILE',
    );
  }
  await confirm(
    'The next lines are the key in plain text: make sure that nobody else sees this screen and that nothing records it.',
    key.fingerprint,
    options.yes ?? false,
  );
  await commandAudit(terminal).before({
    action: 'key revealed',
    detail: 'as recovery words, on the terminal',
    outcome: 'done',
    fingerprint: key.fingerprint,
  });
  for (const [at, word] of toRecoveryWords(key).entries())
    terminal.say(`${`${at + 1}`.padStart(4)}. ${word}`);
  return { form: 'words-by-hand', location: 'written down from the terminal' };
}

/** The passphrase that was given, or a new one: shown on the terminal, or for the file that was named. The caller disposes it. */
async function choosePassphrase(options: ArtefactOptions, terminal: Terminal): Promise<SealingPassphrase> {
  if (options.generatePassphrase) {
    const { passphrase, wordCount, bits } = await generatePassphrase();
    if (options.passphraseFile === undefined) {
      if (terminal.json || !process.stderr.isTTY) {
        passphrase[Symbol.dispose]();
        throw new KeelError(
          'usage',
          'there is no terminal to show a generated passphrase on; nothing was written',
          'write it to a new file with --passphrase-file FILE',
        );
      }
      terminal.note(`Passphrase of ${wordCount} random words (${bits} bits), shown only once:`);
      terminal.note(`\n  ${passphrase.bytes.toString('utf8')}\n`);
    }
    return { passphrase, writeTo: options.passphraseFile };
  }
  const given = await readPassphrase(options);
  if (!given) {
    throw new KeelError(
      'passphrase-missing',
      'the backup needs a passphrase or a recipient; nothing was written',
      'pass --passphrase-file FILE, --generate-passphrase, or --recipient age1…',
    );
  }
  const { verdict, words, warning, suggestions } = await judgePassphrase(given);
  if (verdict !== 'weak' || options.acceptWeakPassphrase) return { passphrase: given };
  given[Symbol.dispose]();
  const why = warning === undefined ? '' : ` (${warning.replace(/\.$/, '').toLowerCase()})`;
  throw new KeelError(
    'passphrase-weak',
    `the passphrase is weak: it ${words}${why}; nothing was written`,
    `${suggestions.length > 0 ? `${suggestions.join(' ')} Or use` : 'use'} --generate-passphrase to generate one; --accept-weak-passphrase accepts the risk of this one`,
  );
}

/** `Bob=age1…` is a holder with a public key, to which the share is encrypted. */
const withRecipient = /^(.*?)\s*=\s*((?:age1|AGE-SECRET-KEY-|ssh-)\S.*)$/s;

function termsOf({ threshold, holder }: ArtefactOptions): ShareTerms {
  const given = holder.map((text) => {
    const [, name = text, recipient] = withRecipient.exec(text) ?? [];
    return { name, recipient };
  });
  const recipients = new Map(
    given.flatMap(({ name, recipient }) => (recipient === undefined ? [] : [[name, recipient]])),
  );
  if (threshold !== undefined) return { threshold, holders: given.map(({ name }) => name), recipients };
  throw new KeelError(
    'usage',
    'the number of shares needed was not given; nothing was written',
    'pass --threshold M and one --holder NAME for each share',
  );
}

/** Of a set that is printed. Throws `usage` for a holder with a public key. */
function clearTermsOf(options: ArtefactOptions): ShareTerms {
  const { recipients, ...terms } = termsOf(options);
  if (!recipients?.size) return terms;
  throw new KeelError(
    'usage',
    'a printed share cannot be encrypted to a public key; nothing was written',
    'pass --holder without a public key, or use --format shares',
  );
}

function requireOut({ out }: ArtefactOptions, what: string): string {
  if (out !== undefined) return out;
  throw new KeelError('usage', `no path was given for ${what}; nothing was written`, 'pass --out PATH');
}
