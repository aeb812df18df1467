import { paperDocument } from '#backup/paper/paper-document';
import type { ListedBackup } from '#backup/paper/emergency-sheet';
import type { PaperSize } from '#backup/paper/paper-type';
import { holdsSecret } from '#backup/plain-secrets';
import { KeelError } from '#errors/keel-error';
import type { KeyEntry } from '#keyring/key-entry';
import { writeDurably } from '#storage/durable-file';
import type { UnaskingContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

export interface EmergencySheetInput {
  readonly path: string;
  readonly size: PaperSize;
  /** What the admin has to say, a line each. */
  readonly servers: readonly string[];
  readonly contacts: readonly string[];
  readonly notes: readonly string[];
}

/** So many lines of so many characters fit on a sheet. */
const most = { servers: 3, contacts: 3, notes: 2 } as const;
const longestLine = 160;

/**
 * Writes the emergency sheet of an environment's active key to a new PDF: where the database is, which backups are on record, and
 * what the admin says of servers and people. Throws `usage` for a line that does not fit or that looks like a secret,
 * `key-not-in-ring` without an active key, `file-exists` or `file-unwritable`.
 */
export async function writeEmergencySheet(
  workspace: Workspace,
  { path, size, ...lines }: EmergencySheetInput,
  { audit }: Pick<UnaskingContext, 'audit'>,
): Promise<{ readonly fingerprint: string; readonly backups: number }> {
  for (const kind of ['servers', 'contacts', 'notes'] as const) assertLines(kind, lines[kind]);
  const entry = (await workspace.readRing()).keys.find(({ state }) => state === 'active');
  if (!entry) {
    throw new KeelError(
      'key-not-in-ring',
      `${workspace.name} has no active key on record; nothing was written`,
      'import or generate its key first',
    );
  }
  const { fingerprint } = entry;
  const { target } = await workspace.database();
  const backups = backupsOf(entry);
  const sheet = { ...lines, database: `${target.host}:${target.port}/${target.database}`, backups };
  const notes = { environment: workspace.name, createdAt: new Date() };
  const document = await paperDocument({ kind: 'emergency', sheet }, fingerprint, notes, size);
  await writeDurably(path, document, { mustBeNew: true });
  await audit.after({
    environment: workspace.id,
    action: 'emergency sheet written',
    detail: path,
    outcome: 'done',
    fingerprint,
  });
  return { fingerprint, backups: backups.length };
}

/** What was made here and what was tested, each once. */
function backupsOf({ made = [], proofs }: KeyEntry): ListedBackup[] {
  const isSame = (one: ListedBackup) => (other: ListedBackup) =>
    one.artefact === other.artefact && one.location === other.location;
  const proven = (one: ListedBackup) => proofs.findLast(isSame(one));
  const elsewhere = proofs.filter(
    (proof, at) => !made.some(isSame(proof)) && proofs.findLastIndex(isSame(proof)) === at,
  );
  return [...made.map((one) => ({ ...one, ...provenOf(proven(one)) })), ...elsewhere];
}

function provenOf(proof: ListedBackup | undefined): Pick<ListedBackup, 'provenAt'> {
  return proof?.provenAt === undefined ? {} : { provenAt: proof.provenAt };
}

function assertLines(kind: keyof typeof most, lines: readonly string[]): void {
  const refuse = (message: string, remedy: string) => {
    throw new KeelError('usage', `${message}; nothing was written`, remedy);
  };
  if (lines.length > most[kind]) {
    refuse(`${lines.length} lines of ${kind} do not fit on the sheet`, `pass at most ${most[kind]}`);
  }
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '' || line.length > longestLine) {
      refuse(`line ${at + 1} of ${kind} is empty or longer than ${longestLine} characters`, 'shorten it');
    }
    if (holdsSecret(line)) {
      refuse(
        `line ${at + 1} of ${kind} looks like a key, a password or recovery words`,
        'write where the secret is kept, not the secret itself',
      );
    }
  }
}
