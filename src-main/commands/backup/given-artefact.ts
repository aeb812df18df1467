import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { AgeOpener } from '#backup/age/age-opening';
import type { ArtefactSource } from '#backup/artefact';
import type { Broken } from '#backup/artefact-break';
import { type ArtefactText, longestArtefact } from '#backup/artefact-text';
import { type DetectedForm, detectForm } from '#backup/detect-form';
import { openSealedShare } from '#backup/shares/sealed-share';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { readPassphraseFile, readLineFile } from '#commands/keys/key-source';
import { readStandardInput } from '#commands/standard-input';

export interface OpenerOptions {
  readonly passphraseFile?: string;
  readonly identity?: string;
  readonly sharesPassphraseFile?: string;
}

/** An artefact that was given on the command line. */
export interface GivenArtefact extends Disposable {
  readonly source: ArtefactSource | Broken;
  /** Its path, or what to call it. */
  readonly location: string;
}

/** More than a set of shares has is another folder. */
const maxFiles = 64;

/**
 * What the paths of `--artefact` are, told by their content: files of one set of shares are one artefact, and so is a folder of
 * them; `-` is standard input. Throws `passphrase-missing` or `usage` where an age file lacks what opens it.
 */
export async function readArtefacts(
  paths: readonly string[],
  options: OpenerOptions,
): Promise<GivenArtefact[]> {
  const artefacts: GivenArtefact[] = [];
  const files: GivenFile[] = [];
  for (const path of paths) {
    if (await isFolder(path))
      artefacts.push(await sharesFrom(await sharesIn(path, options), resolve(path), options));
    else files.push(await detectFile(path, options));
  }
  // what cannot be read beside shares is most likely one of them
  const isSetGiven = files.some(isShare);
  const shares = files.filter((file) => isShare(file) || (isSetGiven && isUnread(file)));
  if (shares.length > 0)
    artefacts.push(
      await sharesFrom(
        shares.map(({ from }) => from),
        placeOf(shares),
        options,
      ),
    );
  for (const file of files) {
    if (!shares.includes(file)) artefacts.push(await readOne(file, options));
  }
  return artefacts;
}

/** The one artefact that the paths are. Throws what `readArtefacts` throws, and `usage` for several. */
export async function readArtefact(paths: readonly string[], options: OpenerOptions): Promise<GivenArtefact> {
  const artefacts = await readArtefacts(paths, options);
  const [artefact, ...more] = artefacts;
  if (artefact && more.length === 0) return artefact;
  for (const one of artefacts) one[Symbol.dispose]();
  throw new KeelError(
    'usage',
    `${artefacts.length} backups were given instead of one`,
    'pass one at a time; several files belong together only if they are shares',
  );
}

interface GivenFile {
  readonly path: string;
  readonly from: ArtefactText;
  readonly detected: DetectedForm | Broken;
}

async function detectFile(path: string, { identity }: OpenerOptions): Promise<GivenFile> {
  const from: ArtefactText =
    path === '-'
      ? { text: new Secret(await readStandardInput('backup', longestArtefact)), name: 'standard input' }
      : { path };
  const detected = await detectForm(from);
  if (identity === undefined || !isSealedToRecipients(detected)) return { path, from, detected };
  using identities = new Secret(await readLineFile(identity, 'identity'));
  const text = await openSealedShare(from, identities);
  if (!text) return { path, from, detected };
  if ('text' in from) from.text[Symbol.dispose]();
  return { path, from: { text, name: basename(path) }, detected: { form: 'share' } };
}

function isSealedToRecipients(detected: GivenFile['detected']): boolean {
  return 'form' in detected && detected.form === 'age-file' && detected.sealedTo === 'recipients';
}

/** Nothing of it could be read: it is damaged, or sealed to another holder. */
function isUnread({ detected }: GivenFile): boolean {
  return 'broken' in detected || isSealedToRecipients(detected);
}

function isShare({ detected }: GivenFile): boolean {
  return 'form' in detected && detected.form === 'share';
}

/** Their folder, if they have one in common; else all of their paths. */
function placeOf(shares: readonly GivenFile[]): string {
  const folders = new Set(shares.map(({ path }) => (path === '-' ? path : resolve(dirname(path)))));
  const [folder = '-'] = folders;
  if (folders.size === 1 && folder !== '-' && shares.length > 1) return folder;
  return shares.map(({ path }) => locationOf(path)).join(', ');
}

async function readOne({ path, from, detected }: GivenFile, options: OpenerOptions): Promise<GivenArtefact> {
  const location = locationOf(path);
  const owned: Secret[] = 'text' in from ? [from.text] : [];
  const dispose = () => {
    for (const secret of owned) secret[Symbol.dispose]();
  };
  const given = (source: ArtefactSource | Broken) => ({ source, location, [Symbol.dispose]: dispose });
  if ('broken' in detected) return given(detected);
  if (detected.form !== 'age-file' && detected.form !== 'paper') return given({ form: 'words', from });
  const sealedTo = detected.form === 'paper' ? 'passphrase' : detected.sealedTo;
  const opener = await readOpener(path, sealedTo, options);
  owned.push('passphrase' in opener ? opener.passphrase : opener.identities);
  if (detected.form === 'paper') return given({ form: 'paper', photo: path, opener });
  return given({ form: 'age-file', from, opener });
}

async function sharesFrom(
  from: readonly ArtefactText[],
  location: string,
  { sharesPassphraseFile }: OpenerOptions,
): Promise<GivenArtefact> {
  const passphrase =
    sharesPassphraseFile === undefined ? undefined : await readPassphraseFile(sharesPassphraseFile);
  return {
    source: { form: 'shares', from, passphrase },
    location,
    [Symbol.dispose]: () => {
      passphrase?.[Symbol.dispose]();
      for (const one of from) if ('text' in one) one.text[Symbol.dispose]();
    },
  };
}

async function readOpener(
  path: string,
  sealedTo: 'passphrase' | 'recipients',
  { passphraseFile, identity }: OpenerOptions,
): Promise<AgeOpener> {
  if (sealedTo === 'recipients') {
    if (identity !== undefined) return { identities: new Secret(await readLineFile(identity, 'identity')) };
    throw new KeelError(
      'usage',
      `${path} is encrypted to a public key, and no identity was given`,
      'pass the identity file from `age-keygen` with --identity FILE',
    );
  }
  if (passphraseFile !== undefined) return { passphrase: await readPassphraseFile(passphraseFile) };
  const value = process.env['KEEL_PASSPHRASE'];
  if (value) return { passphrase: new Secret(Buffer.from(value, 'utf8')) };
  throw new KeelError(
    'passphrase-missing',
    `${path} is encrypted with a passphrase, and none was given`,
    'pass it with --passphrase-file FILE or set KEEL_PASSPHRASE',
  );
}

function locationOf(path: string): string {
  return path === '-' ? 'standard input' : resolve(path);
}

async function isFolder(path: string): Promise<boolean> {
  if (path === '-') return false;
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** What a folder of shares holds, each opened where it is sealed and the identity opens it. */
async function sharesIn(folder: string, options: OpenerOptions): Promise<ArtefactText[]> {
  const texts: ArtefactText[] = [];
  for (const path of await filesOf(folder)) texts.push((await detectFile(path, options)).from);
  return texts;
}

async function filesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { withFileTypes: true })).filter(
    (entry) => entry.isFile() && !entry.name.startsWith('.'),
  );
  if (names.length <= maxFiles) return names.map(({ name }) => join(folder, name));
  throw new KeelError(
    'usage',
    `${folder} contains ${names.length} files, so it is not a folder of shares`,
    'pass the files themselves',
  );
}
