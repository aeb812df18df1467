import { counted, formatCount } from '#shared/counted';
import type { LongName } from '#contract/procedures';
import type { Progress } from '../../tracked-operations.ts';
import { asSentence, formatMebibytes, formatRate, formatTimeLeft } from '../format.ts';

const steps: Readonly<Record<string, string>> = {
  '': 'Starting',
  staging: 'Preparing new values while the application runs',
  locking: 'Waiting for the write lock',
  cutover: 'Applying the new values',
  delta: 'Including rows that changed in the meantime',
  verifying: 'Reading the new values back and comparing',
  committing: 'Committing',
  committed: 'Committed',
};

/** What long work is doing, in words. A step that is in words already is shown as it is. */
export function stepInWords(step: string): string {
  return steps[step] ?? asSentence(step).replace(/\.$/, '');
}

/** Names of long work while it runs, followed by the environment's name. */
export const operationTitles: Readonly<Record<LongName, string>> = {
  'connection.test': 'Testing the connection',
  'inventory.discover': 'Finding encrypted columns',
  'proof.run': 'Proving the key',
  'census.take': 'Checking the whole database',
  'restored.open': 'Restoring a key',
  'backup.create': 'Creating a backup',
  'backup.drill': 'Testing a backup',
  'credentials.export': 'Exporting the credentials',
  'credentials.readArchive': 'Reading an archive',
  'credentials.verify': 'Comparing an archive',
  'credentials.import': 'Writing credentials back',
  'connections.test': 'Testing the credentials',
  'matrix.addArtefact': 'Restoring a key',
  'matrix.run': 'Testing keys against databases',
  'apiKeys.find': 'Finding the API keys',
  'apiKeys.verify': 'Identifying an API key',
  'rotation.preflight': 'Preflight',
  'rotation.rehearse': 'Rehearsing the rotation',
  'rotation.rotate': 'Rotating the key',
  'rotation.undo': 'Undoing the rotation',
  'rotation.sweep': 'Sweeping for stragglers',
  'rotation.sweepRewrite': 'Re-encrypting stragglers',
  'rotation.recover': 'Recovering',
  'posture.check': 'Checking the posture',
  'fleet.prove': 'Proving the fleet',
  'fleet.rotate': 'Working on the fleet',
  'fleet.undo': 'Undoing the fleet rotation',
  'fleet.sweep': 'Sweeping the fleet for stragglers',
  'fleet.recover': 'Recovering the fleet',
  'keyring.search': 'Searching databases for values encrypted with old keys',
  'practice.start': 'Starting the practice database',
};

/** The share that is done, 0 to 1, where the whole is known. */
export function shareOf({ done, total }: Progress): number | undefined {
  return total === undefined || total <= 0 ? undefined : Math.min(done / total, 1);
}

/** What is counted where it is not rows, by the beginning of the step. */
const otherUnits: readonly (readonly [step: RegExp, unit: string])[] = [
  [/^looking through the tables/, 'table'],
  [/^trying credentials/, 'credential'],
  [/^reading the archive/, 'credential'],
  [/^opening every row of/, 'database'],
  [/^(proving|rehearsing|rotating|undoing|sweeping|recovering) databases/, 'database'],
  [/^comparing with the hashes/, 'key'],
  [/^checking endpoints, database and files/, 'place'],
  [
    /^(looking up the name|reaching the port|encrypting the way|logging in|reading the catalog|reading privileges)/,
    'stage',
  ],
];

/** A census counts bytes, of about as many as the server's statistics say; what follows names the table. */
const censusStep = /^(reading every cell)(?: of .*)?$/s;

/** Like `12,000 of 40,000 rows · 96,000 rows/s · under 5 s left`; empty where nothing is counted. */
export function progressInWords({ step, done, total, rowsPerSecond }: Progress): string {
  if (censusStep.test(step)) {
    return `${formatMebibytes(done)}${total ? ` of about ${formatMebibytes(total)}` : ''}`;
  }
  const parts: string[] = [];
  const other = otherUnits.find(([pattern]) => pattern.test(step))?.[1];
  const unit = other ?? 'row';
  if (total !== undefined && total > 0) parts.push(`${formatCount(done)} of ${counted(total, unit)}`);
  else if (done > 0) parts.push(counted(done, unit));
  if (other === undefined && rowsPerSecond !== undefined && rowsPerSecond > 0) {
    parts.push(formatRate(rowsPerSecond));
    if (total !== undefined && total > done) parts.push(formatTimeLeft((total - done) / rowsPerSecond));
  }
  return parts.join(' · ');
}

/** For ears: the step, and quarters of it, not each number. */
export function progressAloud(progress: Progress): string {
  const share = shareOf(progress);
  const quarter = share === undefined ? 0 : Math.floor(share * 4) * 25;
  // not each table of a census
  const step = stepInWords(progress.step.replace(censusStep, '$1'));
  return quarter === 0 ? step : `${step}, ${quarter} %`;
}
