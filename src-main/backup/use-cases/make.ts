import { isAbsolute, resolve } from 'node:path';
import type { BackupOpeners, UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { MadeArtefact } from '#contract/key-record';
import { emptyRing, type KeyRingState } from '#keyring/key-entry';
import { changeShareSets, recordMadeSet, type SetOfShares, setsOf } from '#keyring/share-sets';
import { sealKey } from '#backup/age/age-file';
import type { ArtefactSource } from '#backup/artefact';
import { writeRecoveryWords, writeShares } from '#backup/clear-artefact';
import { drillArtefact } from '#backup/drill';
import type { ArtefactNotes } from '#backup/key-text';
import { writeNewFiles } from '#backup/new-files';
import { makePaperKit, writePaperKit } from '#backup/paper/paper-kit';
import type { PaperSize } from '#backup/paper/paper-type';
import type { ShareTerms } from '#backup/shares/share-making';

/** A passphrase to seal under, which the caller disposes; `writeTo`: a new file that it is written to, for one that was drawn. */
export interface SealingPassphrase {
  readonly passphrase: Secret;
  readonly writeTo?: string | undefined;
}

/** An artefact to make, and where. Nothing is ever replaced. */
export type BackupSpec =
  | ({ readonly form: 'passphrase'; readonly path: string } & SealingPassphrase)
  | { readonly form: 'recipients'; readonly path: string; readonly recipients: readonly string[] }
  | { readonly form: 'words-file'; readonly path: string }
  /** Written down by hand from a screen; nothing is written but that it was. */
  | { readonly form: 'words-by-hand'; readonly location: string }
  | ({ readonly form: 'shares'; readonly folder: string } & ShareTerms)
  | {
      readonly form: 'paper';
      readonly path: string;
      readonly size: PaperSize;
      readonly content:
        | ({ readonly kind: 'sealed' } & SealingPassphrase)
        | { readonly kind: 'words' }
        | ({ readonly kind: 'shares' } & ShareTerms);
    };

export interface MakeBackupInput {
  /** The caller disposes it. */
  readonly key: EncryptionKey;
  readonly spec: BackupSpec;
  /** What the artefact calls the environment, in place of the workspace's name. */
  readonly name?: string | undefined;
  /** Restores the key from the artefact at once, where it can be opened here. */
  readonly drill: boolean;
}

export interface MadeBackup {
  readonly made: Omit<MadeArtefact, 'madeAt'>;
  readonly files: readonly string[];
  /** The key was restored from it, and from nothing else. */
  readonly proven: boolean;
}

/**
 * Makes an artefact of a key, durable on return, and writes it down in the key ring where that has the key. If others
 * can open it, the admin is asked first, and the record names them. Throws what the confirmation, the format and the disk throw, after
 * removing whatever was written, and `drill-failed` if the key cannot be restored from the finished artefact.
 */
export async function makeBackup(
  workspace: Workspace | undefined,
  { key, spec, name, drill }: MakeBackupInput,
  { audit, confirm }: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<MadeBackup> {
  const { fingerprint } = key;
  const notes = { environment: name ?? workspace?.name ?? 'not given', createdAt: new Date() };
  const before = await workspace?.readRing();
  if (spec.form === 'words-by-hand') assertMayNote(spec.location, before, fingerprint);
  const openedBy = openersOf(spec);
  if (openedBy)
    await confirm({
      of: 'write-backup',
      fingerprint,
      location: resolve(openedBy.location),
      openedBy: openedBy.by,
    });
  const { made, files, source, set } = await make(
    key,
    spec,
    notes,
    setsOf(before ?? emptyRing).map((one) => one.set),
  );
  const isHeld = before?.keys.some((entry) => entry.fingerprint === fingerprint);
  const ring = isHeld ? workspace?.ringNotes : undefined;
  const written = files.map((path) => resolve(path));
  await ring?.recordMade(fingerprint, { ...made, ...(written.length > 0 && { files: written }) });
  if (set && isHeld && workspace) {
    const { location } = made;
    await changeShareSets(workspace, (state, at) =>
      recordMadeSet(state, fingerprint, { ...set, location }, at),
    );
  }
  const proven = drill && source !== undefined;
  if (proven) {
    await assertGivesBack(source, fingerprint, made.location);
    await ring?.recordProof(fingerprint, { artefact: made.artefact, location: made.location });
  }
  await audit.after({
    ...(workspace && { environment: workspace.id }),
    action: 'backup made',
    detail: [
      `${made.artefact}: ${made.location}`,
      ...(spec.form === 'words-by-hand' ? ['as stated, not checked'] : []),
      ...(openedBy ? [openersNoted(openedBy.by)] : []),
    ].join(', '),
    outcome: 'done',
    fingerprint,
  });
  return { made, files, proven };
}

/** Who can open an artefact beside whoever knows a passphrase, and where it will be; undefined where nobody else can. */
function openersOf(spec: BackupSpec): { readonly location: string; readonly by: BackupOpeners } | undefined {
  if (spec.form === 'recipients') return { location: spec.path, by: { recipients: spec.recipients } };
  if (spec.form === 'shares') return { location: spec.folder, by: sharedBy(spec) };
  if (spec.form === 'paper' && spec.content.kind === 'shares')
    return { location: spec.path, by: sharedBy(spec.content) };
  return undefined;
}

function sharedBy({ threshold, holders }: ShareTerms): BackupOpeners {
  return { threshold, holders: [...holders] };
}

function openersNoted(by: BackupOpeners): string {
  return 'recipients' in by
    ? `opened by an identity of ${by.recipients.join(' or ')}`
    : `opened by any ${by.threshold} of ${by.holders.join(', ')}`;
}

/** A person writes the words down a few times. Every other copy takes a file that a person has chosen. */
const mostByHand = 50;

/** Throws `usage` for a copy by hand that would pass for a file, and for one more than anybody keeps. */
function assertMayNote(location: string, ring: KeyRingState | undefined, fingerprint: string): void {
  if (isAbsolute(location))
    throw new KeelError(
      'usage',
      'recovery words that are written by hand are not at a path; nothing was recorded',
      'enter where the sheet is kept, or save the words to a file',
    );
  const made = ring?.keys.find((key) => key.fingerprint === fingerprint)?.made ?? [];
  const byHand = made.filter((one) => one.artefact === 'words' && one.files === undefined);
  if (byHand.length >= mostByHand && !byHand.some((one) => one.location === location))
    throw new KeelError(
      'usage',
      `${mostByHand} copies of the words of this key, written by hand, are listed; nothing was recorded`,
      'remove those that no longer exist from the list',
    );
}

async function assertGivesBack(source: ArtefactSource, fingerprint: string, location: string): Promise<void> {
  const drill = await drillArtefact(source, fingerprint);
  if (drill.result === 'correct') return;
  throw new KeelError(
    'drill-failed',
    `the key cannot be restored from what was written to ${location}`,
    drill.result === 'invalid' ? drill.remedy : 'check the disk, and back up to another place',
  );
}

interface Made extends Omit<MadeBackup, 'proven'> {
  /** Absent where nothing here can open it: words written by hand, a file sealed to a public key, a sheet to be printed. */
  readonly source?: ArtefactSource;
  readonly set?: SetOfShares;
}

async function make(
  key: EncryptionKey,
  spec: BackupSpec,
  notes: ArtefactNotes,
  taken: readonly string[],
): Promise<Made> {
  if (spec.form === 'words-by-hand')
    return { made: { artefact: 'words', location: spec.location, opensBy: 'words' }, files: [] };
  if (spec.form === 'shares') {
    const { folder, threshold, holders, recipients } = spec;
    const terms = { threshold, holders, taken, ...(recipients && { recipients }) };
    const { paths, set } = await writeShares(folder, key, terms, notes);
    const location = resolve(folder);
    return {
      made: { artefact: 'shares', location, opensBy: 'shares', threshold, holders: [...holders] },
      files: paths,
      set,
      // what is sealed to a holder is opened by that holder only
      ...(!recipients?.size && { source: { form: 'shares', from: paths.map((path) => ({ path })) } }),
    };
  }
  const { path } = spec;
  const location = resolve(path);
  const files = [path];
  if (spec.form === 'words-file') {
    await writeRecoveryWords(path, key, notes);
    const source = { form: 'words', from: { path } } as const;
    return { made: { artefact: 'words', location, opensBy: 'words' }, files, source };
  }
  if (spec.form === 'paper') {
    const { set, ...paper } = await makePaper(key, spec, notes, taken);
    return { made: { location, ...paper }, files, ...(set && { set }) };
  }
  if (spec.form === 'recipients') {
    await writeNewFiles([{ path, data: await sealKey(key, { recipients: spec.recipients }, notes) }]);
    const recipients = [...spec.recipients];
    return { made: { artefact: 'age-file', location, opensBy: 'identity', recipients }, files };
  }
  const { passphrase } = spec;
  await writeSealed(path, await sealKey(key, { passphrase }, notes), spec);
  return {
    made: { artefact: 'age-file', location, opensBy: 'passphrase' },
    files,
    source: { form: 'age-file', from: { path }, opener: { passphrase } },
  };
}

/** A PDF to print. What a sheet shows gave the key back before it was written; the print itself is proven by a drill of it. */
async function makePaper(
  key: EncryptionKey,
  { path, size: paper, content }: Extract<BackupSpec, { form: 'paper' }>,
  notes: ArtefactNotes,
  taken: readonly string[],
): Promise<Pick<MadeArtefact, 'artefact' | 'opensBy' | 'threshold' | 'holders'> & Pick<Made, 'set'>> {
  const artefact = 'paper';
  if (content.kind === 'words') {
    await writePaperKit(path, key, { kind: 'words' }, notes, { paper });
    return { artefact, opensBy: 'words' };
  }
  if (content.kind === 'shares') {
    const { threshold, holders } = content;
    const terms = { threshold, holders, taken };
    const set = await writePaperKit(path, key, { kind: 'share', terms }, notes, { paper });
    return { artefact, opensBy: 'shares', threshold, holders: [...holders], ...(set && { set }) };
  }
  const { passphrase } = content;
  await writeSealed(path, await makePaperKit(key, { kind: 'sealed', passphrase }, notes, { paper }), content);
  return { artefact, opensBy: 'passphrase' };
}

/** Writes what was sealed, and before it a passphrase that was drawn for a file. */
async function writeSealed(
  path: string,
  data: Buffer | string,
  { passphrase, writeTo }: SealingPassphrase,
): Promise<void> {
  if (writeTo === undefined) return writeNewFiles([{ path, data }]);
  const line = Buffer.concat([passphrase.bytes, Buffer.from('\n')]);
  try {
    await writeNewFiles([
      { path: writeTo, data: line },
      { path, data },
    ]);
  } finally {
    line.fill(0);
  }
}
