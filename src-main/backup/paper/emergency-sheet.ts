import type { KeyProof, MadeArtefact } from '#contract/key-record';
import type { Sheet, Steps } from './paper-sheet.ts';
import { inks, printable, printedDate } from './paper-type.ts';

/** What somebody needs to know who has to bring a key back, and has never seen Keel. Keel puts no secret in it. */
export interface EmergencyFacts {
  /** `host:port/name`. */
  readonly database: string;
  /** In the admin's words, a line each. */
  readonly servers: readonly string[];
  readonly contacts: readonly string[];
  readonly notes: readonly string[];
  readonly backups: readonly ListedBackup[];
}

/** A backup that is on record, and when the key was last restored from it. */
export type ListedBackup = Pick<MadeArtefact, 'artefact' | 'location'> &
  Partial<Pick<MadeArtefact, 'madeAt' | 'opensBy' | 'threshold' | 'holders'>> &
  Partial<Pick<KeyProof, 'provenAt'>>;

export const emergencyTitle = 'Emergency sheet';
export const emergencySubtitle =
  'Where the application runs, who has its encryption key, and whom to ask if it is lost. Do not write a passphrase on this sheet.';

/** Points that a sheet has for backups below its head, on the smaller paper and under a long name. */
const roomForBackups = 420;

/** As many backups a sheet as fit on it, however wide the letters of their names are; one sheet if there is none. */
export function inSheets(backups: readonly ListedBackup[]): (readonly ListedBackup[])[] {
  const sheets: ListedBackup[][] = [[]];
  let room = roomForBackups;
  for (const backup of backups) {
    const letters = namesOf(backup)?.length ?? 0;
    const height =
      60 + 15 * Math.ceil(shortened(backup.location).length / 42) + 13.5 * Math.ceil(letters / 52);
    if (height > room && sheets.at(-1)?.length) {
      sheets.push([]);
      room = roomForBackups;
    }
    sheets.at(-1)?.push(backup);
    room -= height;
  }
  return sheets;
}

const steps: Steps = [
  [
    'Leave the database and its dumps as they are: encrypted values can be read again once the key is restored.',
  ],
  ['Get one of the backups listed on the next page, and the passphrase, identity or shares that it needs.'],
  ['With Keel, on a machine that you trust:', { type: 'keel backup restore --artefact FILE --database URL' }],
  [
    'Without Keel: the printed kit, the words and the shares say how. An age file is decrypted by age --decrypt.',
  ],
];

/** Where and whom: what the admin wrote, with lines to write on where that is nothing. */
export function drawWhereAndWhom(sheet: Sheet, { servers, contacts, notes }: EmergencyFacts): void {
  drawLines(sheet, 'Where it runs', servers);
  drawLines(sheet, 'Whom to ask', contacts);
  drawLines(sheet, 'Notes', notes);
  sheet.heading('If the key is lost');
  sheet.steps(steps);
}

export function drawBackups(sheet: Sheet, backups: readonly ListedBackup[]): void {
  if (backups.length === 0) sheet.note('Keel has no record of a backup of this key.');
  for (const backup of backups) {
    sheet.heading(shortened(backup.location));
    sheet.paragraph(describe(backup));
    const names = namesOf(backup);
    if (names !== undefined) sheet.paragraph(names);
    sheet.paragraph(tested(backup), { ink: inks.quiet });
    sheet.y += 8;
  }
}

/** Who has a share: names up to what one sheet holds, which sixteen of eighty letters are. */
function namesOf({ holders, threshold }: ListedBackup): string | undefined {
  return (
    holders && `${threshold} of these holders are needed: ${printable(holders.join(', ')).slice(0, 1300)}`
  );
}

function drawLines(sheet: Sheet, title: string, lines: readonly string[]): void {
  sheet.heading(title);
  for (const line of lines) sheet.paragraph(printable(line));
  for (let blank = lines.length; blank < 2; blank++) sheet.blankLine();
  sheet.y += 8;
}

const forms: Readonly<Record<MadeArtefact['artefact'], string>> = {
  'age-file': 'Encrypted file (age)',
  'own-file': 'Key file in plain text',
  words: 'Recovery words, 24',
  shares: 'Shares of the key',
  paper: 'Printed kit',
};

const opens: Readonly<Record<MadeArtefact['opensBy'], string>> = {
  passphrase: 'needs its passphrase',
  identity: 'needs the identity file of a recipient',
  words: 'the key itself, in plain text',
  shares: 'needs several holders',
};

function describe({ artefact, opensBy, madeAt }: ListedBackup): string {
  const made = madeAt === undefined ? '' : `, made on ${printedDate(new Date(madeAt))}`;
  return `${forms[artefact]}${opensBy ? `, ${opens[opensBy]}` : ''}${made}`;
}

function tested({ provenAt }: ListedBackup): string {
  return provenAt === undefined
    ? 'No test restore is on record.'
    : `Last test restore on ${printedDate(new Date(provenAt))}.`;
}

/** So that it fits on two lines. */
function shortened(text: string): string {
  const shown = printable(text);
  return shown.length > 84 ? `${shown.slice(0, 40)} … ${shown.slice(-41)}` : shown;
}
