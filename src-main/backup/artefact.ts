import type { ShareReport } from '#contract/backup';
import type { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import type { SetOfShares } from '#keyring/share-sets';
import { type AgeOpener, openAgeFile } from './age/age-opening.ts';
import type { Broken } from './artefact-break.ts';
import { type ArtefactText, readArtefactText } from './artefact-text.ts';
import { readQrImage, type Waiting } from './pictures/qr-image.ts';
import { parseRecoveryWords } from './recovery-words.ts';
import { openShares } from './shares/shares-opening.ts';

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

export type OpenedArtefact =
  | {
      readonly key: EncryptionKey;
      /** Of a set of shares: what became of each. Enough good ones give the key back beside bad ones. */
      readonly shares?: readonly ShareReport[];
      readonly set?: SetOfShares;
    }
  | Broken;

/**
 * Restores the key from an artefact and nothing else, for the caller to dispose. Any content is an answer, not an error;
 * throws only `passphrase-missing`, and `cancelled` while a picture is read. `expectedFingerprint` decides nothing here: it only
 * lets a break be told more exactly.
 */
export function openArtefact(
  source: ArtefactSource,
  expectedFingerprint?: string,
  waiting?: Waiting,
): Promise<OpenedArtefact> {
  if (source.form === 'age-file') return openAgeFile(source.from, source.opener);
  if (source.form === 'shares') return openShares(source.from, source.passphrase?.bytes.toString('utf8'));
  if (source.form === 'paper') return openPaper(source.photo, source.opener, waiting);
  return openWords(source.from, expectedFingerprint);
}

async function openPaper(photo: string, opener: AgeOpener, waiting?: Waiting): Promise<OpenedArtefact> {
  const reading = await readQrImage(photo, waiting);
  if ('broken' in reading) return reading;
  using text = new Secret(Buffer.from(reading.text));
  return await openAgeFile({ text }, opener);
}

async function openWords(from: ArtefactText, expectedFingerprint?: string): Promise<OpenedArtefact> {
  const file = await readArtefactText(from);
  if ('broken' in file) return file;
  const text = file.bytes.toString('utf8');
  file.bytes.fill(0);
  return parseRecoveryWords(text, expectedFingerprint);
}
