import { text } from '#errors/text';
import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import { discoverColumns } from '#discovery/discovery';
import type { Candidate, Finding } from '#discovery/finding';
import { meansTheSame } from '#discovery/same-place';
import { type Finding as PreflightFinding, pass, stop, warn } from '#rewrite/finding';
import { labelOf } from './preflight-key.ts';
import type { KeyPair } from './ruling.ts';

export interface FormsCheck {
  readonly keys: KeyPair;
  readonly inventory: Inventory;
  /** No census follows, so that columns beside the inventory are looked for here. */
  readonly sampled: boolean;
  /** Columns, as `schema.table.column`, that a census has told something of. */
  readonly told: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/** Whether the forms of the inventory hold, by a sample of every table; and columns that look as if they mattered. */
export async function checkForms(
  client: Client,
  { keys, inventory, sampled, told, signal }: FormsCheck,
): Promise<PreflightFinding[]> {
  const { proposed, unresolved, untold, conflicts, unopened, skipped } = await discoverColumns(client, {
    key: keys.from,
    inventory,
    ...(signal && { signal }),
  });
  const isListed = ({ entry }: Finding) => inventory.columns.some((listed) => meansTheSame(listed, entry));
  const missing = sampled ? proposed.filter((column) => !isListed(column)) : [];
  const isTold = ({ entry: { schema, table, column } }: Finding) => told.has(`${schema}.${table}.${column}`);
  const odd = unopened.filter((column) => !isListed(column) && !isTold(column));
  const show = (entries: readonly Finding[]) =>
    entries.map((column) => `${labelOf(column)} (${column.why})`).join(', ');
  const findings: PreflightFinding[] = [];
  if (conflicts.length > 0) {
    findings.push({
      places: conflicts.map((column) => ({ name: labelOf(column), proposal: column.entry })),
      ...stop(
        'other-form',
        `values under the old key in another form than the inventory has, so a rotation by it would lose or leave them: ${show(conflicts)}`,
        text`${{ do: 'use-proposed-form' }}`,
      ),
    });
  }
  if (unresolved.length > 0) {
    findings.push(
      stop(
        'iv-unresolved',
        `values under the old key whose form is not known for certain: ${show(unresolved)}`,
        text`${{ do: 'locate-iv' }}; a rotation without it would lose the beginning of every value`,
      ),
    );
  }
  findings.push(...companionFindings(proposed.filter(isListed)));
  const untoldHere = untold.filter((column) => !isListed(column));
  if (untoldHere.length > 0) {
    findings.push({
      places: untoldHere.map((column) => ({ name: labelOf(column) })),
      ...stop(
        'too-short',
        `values that are too short to tell whether they are under the old key: ${show(untoldHere)}`,
        'look at these columns; if they are ciphertexts, add them to the inventory',
      ),
    });
  }
  const assumed = proposed.filter((column) => column.frame === 'assumed' && isListed(column));
  if (assumed.length > 0) {
    findings.push(
      warn(
        'iv-assumed',
        `that the IV comes first in ${assumed.map(labelOf).join(', ')} rests on the absence of any other place for it in the sampled rows`,
        text`test one of these credentials against its server (${{ do: 'test-connections' }}) to be sure`,
      ),
    );
  }
  if (missing.length > 0) {
    findings.push(
      stop(
        'unlisted-columns',
        `the old key opens columns that the inventory lacks, and they would be lost to Ballast: ${show(missing)}`,
        text`${{ do: 'add-columns' }}`,
      ),
    );
  }
  if (odd.length > 0) {
    findings.push(
      warn(
        'other-ciphertexts',
        `left alone: ${show(odd)}`,
        'check that another key or service looks after them',
      ),
    );
  }
  if (sampled) findings.push(...sampledFindings(skipped, missing.length, keys));
  return findings;
}

/** What may be said where only samples were looked at. */
function sampledFindings(skipped: readonly string[], missing: number, { from }: KeyPair): PreflightFinding[] {
  if (skipped.length > 0) {
    const remedy = 'connect as a role that may read them, or look there by other means';
    return [stop('not-read', `not sampled: ${skipped.join('; ')}`, remedy)];
  }
  if (missing > 0) return [];
  return [
    pass(
      'unlisted-columns',
      `in a sample of each table, no value under the old key ${from.fingerprint} was found beside the inventory; most rows were not read`,
    ),
  ];
}

/** What stands beside ciphertexts and was computed from them: a rotation does not rewrite it. */
function companionFindings(columns: readonly Candidate[]): PreflightFinding[] {
  return columns.flatMap((column) => {
    const { companion } = column;
    if (!companion) return [];
    const message = `the rows of ${labelOf(column)} also hold ${companion.what}, which will not fit the new ciphertext`;
    if (!companion.isKeyed) return [warn('checksum', message, 'check whether anything compares it')];
    const remedy = 'Keel does not rewrite it: rotate these values with their application';
    return [stop('companion', message, remedy)];
  });
}
