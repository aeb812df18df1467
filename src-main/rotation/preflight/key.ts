import { text } from '#errors/text';
import type { Client } from 'pg';
import { applicationInWords, isOfOtherApplication } from '#applications/of-inventory';
import { isSettled } from '#evidence/column-statistics';
import type { TableTarget } from '#postgres/table-target';
import { excludableName } from '#proof/exclusion';
import { counted, formatCount } from '#shared/counted';
import { type Finding, pass, stop, warn } from '#rewrite/finding';
import { type ColumnProof, type Proof, proveKey } from '#proof/prove';
import { valuesOpened } from '#proof/speaks-for';
import type { KeyPair } from '#rotation/run/decision';
import { columnPath } from '#shared/column-path';

/** Rows of each table that preflight opens; the run itself judges all of them before anything is written. */
export const sampleRows = 2_000;

export type IsExcluded = (entry: ColumnProof['entry']) => boolean;

/** Whether the old key is the right one, judged on a sample of every column. */
export async function checkOldKey(
  client: Client,
  keys: KeyPair,
  tables: readonly TableTarget[],
  isExcluded: IsExcluded,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const options = { sampleRows, framesChecked: true, ...(signal && { signal }) };
  const proof = await proveKey(client, keys.from, tables, options);
  return opensNothing(proof, keys)
    ? [await explainWrongKey(client, keys, tables, proof, signal)]
    : oldKeyFindings(proof, keys, isExcluded);
}

/** Whether the columns hold values, of which the old key decrypts none, and the new one cannot have encrypted them either. */
function opensNothing({ columns }: Proof, { toMayBePresent }: KeyPair): boolean {
  const opens = columns.some(({ verdict }) => verdict === 'correct' || verdict === 'mixed');
  return !opens && !toMayBePresent && columns.some(({ rows }) => rows > 0);
}

/** What a sample says of the old key, where it decrypts anything of it. */
export function oldKeyFindings(proof: Proof, keys: KeyPair, isExcluded: IsExcluded): Finding[] {
  const filled = proof.columns.filter((column) => column.rows > 0);
  if (filled.length === 0) return [pass('old-key', 'these columns have no encrypted values yet')];
  const findings: Finding[] = [];
  const closed = filled.filter(({ entry, verdict }) => verdict === 'wrong' && !isExcluded(entry));
  // a key of a few rows, one user's own for example, is not the key of the database
  if (closed.length * 2 > filled.length && !keys.toMayBePresent) return [mostlyClosed(closed, filled, keys)];
  for (const column of filled) {
    const excluded = isExcluded(column.entry);
    const finding = checkColumn(column, keys, excluded) ?? checkShort(column, keys, excluded);
    if (finding) findings.push(finding);
  }
  if (findings.length > 0) return findings;
  const opened = filled.filter(({ verdict }) => verdict === 'correct' || verdict === 'mixed');
  if (opened.length === 0) return [undecrypted(filled, keys)];
  const scope =
    opened.length === filled.length ? 'all that have values' : `of ${filled.length} that have values`;
  const bits = formatCount(proof.bits);
  return [
    pass(
      'old-key',
      `the old key decrypts a sample of ${counted(opened.length, 'column')} (${scope}); ${bits} bits of evidence`,
    ),
  ];
}

/** Where values of both keys may be there, a sample without one of the old key's is no reason to stop: the run judges each value. */
function undecrypted(filled: readonly ColumnProof[], { from }: KeyPair): Finding {
  return warn(
    'old-key',
    `no sampled value of ${counted(filled.length, 'column')} (all that have values) proves the old key ${from.fingerprint}: they are encrypted with another key, or too short to tell`,
    'if you expected rows that are still encrypted with the old key, check that it is the right one',
  );
}

async function explainWrongKey(
  client: Client,
  keys: KeyPair,
  tables: readonly TableTarget[],
  proof: Proof,
  signal?: AbortSignal,
): Promise<Finding> {
  const hint = proof.columns.find((column) => column.hint)?.hint;
  if (hint)
    return stop(
      'key-wrong',
      hint.seen,
      text`correct the layout in the inventory, or ${{ do: 'discover' }} again${hint.correct ?? ''}`,
    );
  const misread = proof.columns.filter((column) => column.rows > 0 && column.unrecognised === column.rows);
  if (misread.length === proof.columns.filter((column) => column.rows > 0).length) {
    const layouts = misread.map((column) => `${labelOf(column)} as “${column.entry.layout}”`);
    return stop(
      'layout',
      `no sampled value has the layout that the inventory gives: ${layouts.join(', ')}`,
      text`correct the layout in the inventory, or ${{ do: 'discover' }} again`,
    );
  }
  // “already rotated” is a claim about every value, and the sample cannot make it
  const underTo = await proveKey(client, keys.to, tables, { ...(signal && { signal }) });
  const opened = valuesOpened(underTo);
  if (underTo.verdict === 'correct') {
    return stop(
      'already-rotated',
      `the new key ${keys.to.fingerprint} already decrypts ${counted(opened, 'value')} of these columns, and no value contradicts it`,
      'there is nothing to do',
    );
  }
  if (underTo.verdict === 'mixed') {
    return stop(
      'key-wrong',
      `the new key ${keys.to.fingerprint} already decrypts ${counted(opened, 'value')} of these columns, but not all of them, and the old key decrypts none of the sampled values`,
      text`${{ do: 'prove' }} with the new key shows which values it does not decrypt; find the key that they are encrypted with`,
    );
  }
  if (proof.verdict === 'inconclusive') {
    return stop(
      'unproven-column',
      'the values are too few or too short to tell whether the old key is right',
      `check the key against another table, or in ${userOf(proof.columns)} itself`,
    );
  }
  const isOther = isOfOtherApplication({ columns: proof.columns.map(({ entry }) => entry) });
  return stop(
    'key-wrong',
    isOther
      ? `the old key ${keys.from.fingerprint} decrypts none of the sampled values of these columns: they are encrypted with another key, or damaged`
      : `the old key ${keys.from.fingerprint} does not decrypt these columns: the result is noise`,
    text`find the key that ${userOf(proof.columns)} uses; ${{ do: 'prove' }} shows which columns a key decrypts`,
  );
}

function userOf(columns: readonly ColumnProof[]): string {
  return applicationInWords({ columns: columns.map(({ entry }) => entry) });
}

/** Columns named in one sentence. */
const columnsNamed = 5;

function mostlyClosed(
  closed: readonly ColumnProof[],
  filled: readonly ColumnProof[],
  keys: KeyPair,
): Finding {
  const named = closed.slice(0, columnsNamed).map(labelOf).join(', ');
  const more = closed.length > columnsNamed ? ` and ${closed.length - columnsNamed} more` : '';
  return stop(
    'key-wrong',
    `the old key ${keys.from.fingerprint} decrypts nothing in ${closed.length} of ${filled.length} columns (${named}${more})`,
    text`find the key that ${userOf(filled)} uses: this one seems to belong to a few rows only; ${{ do: 'prove' }} shows which columns it decrypts`,
  );
}

function checkColumn(column: ColumnProof, keys: KeyPair, excluded: boolean): Finding | undefined {
  const { entry } = column;
  const label = labelOf(column);
  const against = column.contradicted + column.unrecognised;
  if (against > 0) {
    // what the new key may have written already is told apart row by row
    if (excluded || keys.toMayBePresent) return undefined;
    const doubt =
      against * 2 > column.rows ? `make sure that this is the key ${userOf([column])} uses; then ` : '';
    const finding = stop(
      'key-mixed',
      `${formatCount(against)} of ${formatCount(column.rows)} sampled values of ${label} are not decrypted by the old key${column.hint ? ` (${column.hint.seen})` : ''}`,
      text`${doubt}${{ do: 'exclude-column', column: excludableName(entry) }} to leave such values unchanged, byte for byte, and rewrite the others${column.hint?.correct ?? ''}`,
    );
    return { ...finding, column: `${entry.table}.${entry.column}` };
  }
  if (isSettled(column) || keys.toMayBePresent) return undefined;
  return stop(
    'unproven-column',
    `the values of ${label} are too few or too short to prove the key (${column.bits} bits)`,
    'check the column; if it is encrypted with this key, accept the risk',
  );
}

/** Rows that a rotation wrote are vouched for by the journal, so of those the run alone can tell. */
function checkShort(column: ColumnProof, keys: KeyPair, excluded: boolean): Finding | undefined {
  if (column.tooShort === 0 || excluded || keys.toMayBePresent || keys.inDoubt === 'rewrite')
    return undefined;
  const { entry } = column;
  const finding = stop(
    'too-short',
    `${formatCount(column.tooShort)} of ${formatCount(column.rows)} sampled values of ${labelOf(column)} are too short to tell whether they are encrypted with the old key or only decrypt to text by chance`,
    text`${{ do: 'exclude-column', column: excludableName(entry) }} to leave such values unchanged, byte for byte; or, if you know that they are encrypted with the old key, ${{ do: 'rewrite-ambiguous' }}`,
  );
  return { ...finding, column: `${entry.table}.${entry.column}` };
}

export function labelOf({ entry }: { readonly entry: ColumnProof['entry'] }): string {
  return columnPath(entry);
}
