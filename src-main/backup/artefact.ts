import type { ShareReport } from '#contract/backup';
import type { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import type { SetOfShares } from '#keyring/share-sets';
import { type AgeOpener, openAgeFile } from './age/age-opening.ts';
import { type KeyChoice, onlyKey, type SealedKeys } from './reading/read-key-text.ts';
import type { Broken } from './artefact-break.ts';
import { type ArtefactText, readArtefactText } from './artefact-text.ts';
import { readQrImage, type Waiting } from './pictures/qr-image.ts';
import { parseRecoveryWords } from './recovery-words.ts';
import { type KeyOfShares, type OpenedSets, oneSet, openSets } from './shares/shares-opening.ts';

/** The forms of a backup, named as in the proofs of a key ring. */
const artefactForms = ['age-file', 'words', 'shares', 'paper'] as const;
export type ArtefactForm = (typeof artefactForms)[number];

/** What a key is restored from. The giver keeps every secret in it. */
export type ArtefactSource =
  | { readonly form: 'age-file'; readonly from: ArtefactText; readonly opener: AgeOpener }
  /** 24 recovery words, typed or in a file. */
  | { readonly form: 'words'; readonly from: ArtefactText }
  /** A photo or a scan of the code of a paper kit, PNG or JPEG, or a PDF of it. */
  | { readonly form: 'paper'; readonly photo: string; readonly opener: AgeOpener }
  /** Shares of a set, one text each. */
  | {
      readonly form: 'shares';
      readonly from: readonly ArtefactText[];
      /** Of a set that another tool made with one: without it, or with another, the same shares give another key. */
      readonly passphrase?: Secret | undefined;
    };

interface OpenedShares {
  /** Of a set of shares: the result for each. Enough good shares restore the key even if others are bad. */
  readonly shares?: readonly ShareReport[];
  readonly set?: SetOfShares;
}

export type OpenedArtefact = ({ readonly key: EncryptionKey } & OpenedShares) | Broken;
export type ArtefactKeys =
  | (SealedKeys & {
      /** Of shares: the complete sets, with the key of each. */
      readonly sets?: readonly KeyOfShares[];
    })
  | Broken;

/**
 * Restores the key from an artefact and nothing else, for the caller to dispose. Any content is an answer, not an error;
 * throws only `passphrase-missing`, and `cancelled` while a picture is read. `choice` chooses between readings of what was sealed, and
 * lets a break be told more exactly; without it a text is the key to the letter, and of several none is taken.
 */
export async function openArtefact(
  source: ArtefactSource,
  choice?: KeyChoice,
  waiting?: Waiting,
): Promise<OpenedArtefact> {
  return onlyOf(await openKeys(source, choice, waiting));
}

/** The only key of an artefact, or why there is none. The others are disposed. */
export function onlyOf(opened: ArtefactKeys): OpenedArtefact {
  if ('broken' in opened || !opened.sets) return onlyKey(opened);
  const one = oneSet({ sets: opened.sets });
  if ('broken' in one) return one;
  const { key, shares, set } = one;
  return { key, shares, ...(set && { set }) };
}

/** Every reading of what may be the key in an artefact, where a database chooses. As `openArtefact` otherwise. */
export async function openKeys(
  source: ArtefactSource,
  choice?: KeyChoice,
  waiting?: Waiting,
): Promise<ArtefactKeys> {
  if (source.form === 'age-file') return openAgeFile(source.from, source.opener, choice);
  if (source.form === 'paper') return openPaper(source.photo, source.opener, choice, waiting);
  if (source.form === 'shares') {
    const { from, passphrase } = source;
    return keysOfShares(await openSets(from, passphrase?.bytes.toString('utf8')), choice?.expected);
  }
  const opened = await openWords(source.from, choice?.expected);
  return 'broken' in opened ? opened : { values: [[opened.key]] };
}

/** The keys of complete sets; only that of the expected key, if one has it. */
function keysOfShares(opened: OpenedSets, expected: string | undefined): ArtefactKeys {
  if ('broken' in opened) return opened;
  const isExpected = opened.sets.some(({ key }) => key.fingerprint === expected);
  const one = isExpected ? oneSet(opened, expected) : undefined;
  const sets = one && 'key' in one ? [one] : opened.sets;
  return { values: sets.map(({ key }) => [key]), sets };
}

async function openPaper(
  photo: string,
  opener: AgeOpener,
  choice?: KeyChoice,
  waiting?: Waiting,
): Promise<SealedKeys | Broken> {
  const reading = await readQrImage(photo, waiting);
  if ('broken' in reading) return reading;
  using text = new Secret(Buffer.from(reading.text));
  return await openAgeFile({ text }, opener, choice);
}

async function openWords(from: ArtefactText, expectedFingerprint?: string): Promise<OpenedArtefact> {
  const file = await readArtefactText(from);
  if ('broken' in file) return file;
  const text = file.bytes.toString('utf8');
  file.bytes.fill(0);
  return parseRecoveryWords(text, expectedFingerprint);
}
