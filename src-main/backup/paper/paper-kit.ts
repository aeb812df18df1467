import type { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import type { SetOfShares } from '#keyring/share-sets';
import { type AgeFileOptions, sealText } from '#backup/age/age-file';
import { type ArtefactSource, openArtefact } from '#backup/artefact';
import { type ArtefactNotes, shortKeyText } from '#backup/key-text';
import { paperDocument, type PaperContent } from './paper-document.ts';
import type { PaperSize } from './paper-type.ts';
import { qrMatrix, readMatrix } from '#backup/pictures/qr-matrix';
import { toRecoveryWords } from '#backup/recovery-words';
import { makeShares, setOfMade, type ShareTerms } from '#backup/shares/share-making';

export const paperKinds = ['sealed', 'words', 'share'] as const;
export type PaperKind = (typeof paperKinds)[number];

/** What a kit is to hold: the key sealed in a QR code, in recovery words, or split, one share a page. */
export type PaperKit =
  | { readonly kind: 'sealed'; readonly passphrase: Secret }
  | { readonly kind: 'words' }
  | { readonly kind: 'share'; readonly terms: ShareTerms };

export interface PaperKitOptions extends AgeFileOptions {
  readonly paper?: PaperSize;
}

/**
 * A key as a PDF to be printed, one page or one a share. Before it is given out, the key was restored from what the sheet
 * shows: from the modules of the code, from the words, from the shares. What the printer makes of it is proven by a drill
 * only. `words` and `share` are the key in clear. The caller keeps `key` and the passphrase, and wipes the PDF. Throws
 * `passphrase-missing`, `usage` for terms that no set can have, and `drill-failed`.
 */
export async function makePaperKit(
  key: EncryptionKey,
  kit: PaperKit,
  notes: ArtefactNotes,
  { paper = 'a4', ...options }: PaperKitOptions = {},
): Promise<Buffer> {
  return paperDocument(await makeContent(key, kit, options), key.fingerprint, notes, paper);
}

/** Writes what `makePaperKit` makes to a new file, and answers what a register keeps of its shares. Throws what that throws, and `file-exists` or `file-unwritable`. */
export async function writePaperKit(
  path: string,
  key: EncryptionKey,
  kit: PaperKit,
  notes: ArtefactNotes,
  options: PaperKitOptions = {},
): Promise<SetOfShares | undefined> {
  const { paper = 'a4', ...sealing } = options;
  const content = await makeContent(key, kit, sealing);
  const document = await paperDocument(content, key.fingerprint, notes, paper);
  try {
    await writeDurably(path, document, { mustBeNew: true });
  } finally {
    document.fill(0);
  }
  return content.kind === 'share' ? setOfMade(content.shares) : undefined;
}

async function makeContent(
  key: EncryptionKey,
  kit: PaperKit,
  options: AgeFileOptions,
): Promise<PaperContent> {
  if (kit.kind === 'share') return { kind: 'share', shares: await makeShares(key, kit.terms) };
  if (kit.kind === 'words') {
    const words = toRecoveryWords(key);
    using text = new Secret(Buffer.from(words.join(' ')));
    await assertGivesBack({ form: 'words', from: { text } }, key);
    return { kind: 'words', words };
  }
  const { passphrase } = kit;
  const armored = await sealText(shortKeyText(key), { passphrase }, options);
  const matrix = qrMatrix(armored);
  using text = new Secret(Buffer.from((await readMatrix(matrix)) ?? ''));
  await assertGivesBack({ form: 'age-file', from: { text }, opener: { passphrase } }, key);
  return { kind: 'sealed', armored, matrix };
}

async function assertGivesBack(source: ArtefactSource, key: EncryptionKey): Promise<void> {
  const opened = await openArtefact(source);
  if ('key' in opened) {
    using restored = opened.key;
    if (restored.bytes.equals(key.bytes)) return;
  }
  throw new KeelError(
    'drill-failed',
    'the key cannot be restored from what the sheet would show; nothing was written',
    'try again, and report this problem',
  );
}
