import { text } from '#errors/text';
import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import { discoverColumns, type Discovery } from '#discovery/discovery';
import type { Candidate, Finding } from '#discovery/finding';
import { meansTheSame } from '#discovery/same-place';
import { type IvProof, ivProofOf } from '#environments/iv-proofs';
import { type Finding as PreflightFinding, type FindingPlace, pass, stop, warn } from '#rewrite/finding';
import { labelOf } from './key.ts';
import type { KeyPair } from '#rotation/run/decision';

export interface FormsCheck {
  readonly keys: KeyPair;
  readonly inventory: Inventory;
  /** No census follows, so that columns beside the inventory are searched for here. */
  readonly sampled: boolean;
  /** Columns, as `schema.table.column`, that a census has told something of. */
  readonly reported: ReadonlySet<string>;
  readonly ivProofs: readonly IvProof[];
  readonly signal?: AbortSignal | undefined;
}

/** Whether the forms of the inventory hold, by a sample of every table; and columns that look as if they mattered. */
export async function checkForms(
  client: Client,
  { signal, ...check }: FormsCheck,
): Promise<PreflightFinding[]> {
  const { keys, inventory } = check;
  const options = { key: keys.from, inventory, ...(signal && { signal }) };
  return formsFindings(await discoverColumns(client, options), check);
}

/** What a discovery under the old key says about a rotation from it. */
export function formsFindings(
  { proposed, inconclusive, conflicts, further, unopened, skipped, distant, ...rest }: Discovery,
  { keys, inventory, sampled, reported, ivProofs }: FormsCheck,
): PreflightFinding[] {
  const proofOf = ({ entry }: Finding) => ivProofOf(ivProofs, keys.from.fingerprint, entry);
  const unresolved = rest.unresolved.filter(
    (column) => !column.isProvable || proofOf(column)?.shows !== 'whole',
  );
  const isListed = ({ entry }: Finding) => inventory.columns.some((listed) => meansTheSame(listed, entry));
  const missing = sampled ? [...proposed.filter((column) => !isListed(column)), ...further] : [];
  const isReported = ({ entry: { schema, table, column } }: Finding) =>
    reported.has(`${schema}.${table}.${column}`);
  const odd = unopened.filter((column) => !isListed(column) && !isReported(column));
  const show = (entries: readonly Finding[]) =>
    entries.map((column) => `${labelOf(column)} (${column.why})`).join(', ');
  const findings: PreflightFinding[] = [];
  if (conflicts.length > 0) {
    findings.push({
      places: conflicts.map((column) => ({ name: labelOf(column), proposal: column.entry })),
      ...stop(
        'other-form',
        `values encrypted with the old key whose format differs from the inventory, so a rotation would lose or skip them: ${show(conflicts)}`,
        text`${{ do: 'use-proposed-form' }}`,
      ),
    });
  }
  if (unresolved.length > 0) {
    const provable = unresolved.filter((column) => column.isProvable && isEntryOf(inventory, column));
    findings.push({
      ...(provable.length > 0 && { places: provable.map(placeToProve) }),
      ...stop(
        'iv-unresolved',
        `values encrypted with the old key whose format is not known for certain: ${show(unresolved)}`,
        text`${{ do: 'locate-iv' }}; without it, a rotation would lose the beginning of every value`,
      ),
    });
  }
  findings.push(...companionFindings(proposed.filter(isListed)));
  const inconclusiveHere = inconclusive.filter((column) => !isListed(column));
  if (inconclusiveHere.length > 0) {
    findings.push({
      places: inconclusiveHere.map((column) => ({ name: labelOf(column) })),
      ...stop(
        'too-short',
        `values that are too short to tell whether they are encrypted with the old key: ${show(inconclusiveHere)}`,
        'check these columns; if they contain ciphertexts, add them to the inventory',
      ),
    });
  }
  findings.push(...provenFindings(inventory, ivProofs, keys));
  findings.push(
    ...assumedFindings(
      proposed.filter((column) => isListed(column) && !proofOf(column)),
      distant,
    ),
  );
  if (missing.length > 0) {
    findings.push(
      stop(
        'unlisted-columns',
        `the old key decrypts columns that are not in the inventory; Ballast could no longer read them after a rotation: ${show(missing)}`,
        text`${{ do: 'add-columns' }}`,
      ),
    );
  }
  if (odd.length > 0) {
    findings.push(
      warn(
        'other-ciphertexts',
        `left unchanged: ${show(odd)}`,
        'check that they belong to another key or service',
      ),
    );
  }
  if (sampled) findings.push(...sampledFindings(skipped, missing.length, keys));
  return findings;
}

function placeToProve(column: Candidate): FindingPlace {
  return { name: labelOf(column), provable: column.entry };
}

/** Whether the inventory has this very form, so that it can be proven. */
function isEntryOf({ columns }: Inventory, { entry }: Finding): boolean {
  return columns.some((listed) => meansTheSame(listed, entry) && listed.layout === entry.layout);
}

/** What values have shown of the entries of the inventory. */
function provenFindings(
  { columns }: Inventory,
  ivProofs: readonly IvProof[],
  { from }: KeyPair,
): PreflightFinding[] {
  const proofs = columns.flatMap((entry) => ivProofOf(ivProofs, from.fingerprint, entry) ?? []);
  const lost = proofs.filter(({ shows }) => shows === 'beginning-lost');
  const whole = proofs.filter(({ shows }) => shows === 'whole');
  const findings: PreflightFinding[] = [];
  if (lost.length > 0) {
    findings.push(
      stop(
        'beginning-lost',
        `a known value of ${lost.map(labelOf).join(', ')} decrypts only from its 17th byte on: the IV is not where the inventory says it is, and a rotation would lose the beginning of every value`,
        text`check the beginning of the value you gave; if it is right, ${{ do: 'locate-iv' }}`,
      ),
    );
  }
  if (whole.length > 0) {
    const words = {
      'known-value': 'a known value',
      connection: 'a credential its server accepted',
    };
    const each = whole.map((proof) => `${labelOf(proof)} (${words[proof.by]}, ${proof.at.slice(0, 10)})`);
    findings.push(pass('iv-proven', `the position of the IV was proven for ${each.join(', ')}`));
  }
  return findings;
}

/** Columns of which nothing but the absence of another place says that their IV is the beginning of each value. */
function assumedFindings(columns: readonly Candidate[], distant: Discovery['distant']): PreflightFinding[] {
  const assumed = columns.filter(({ frame }) => frame === 'assumed');
  if (assumed.length === 0) return [];
  const { unexplained = [], tables = 0, unread = [] } = distant ?? {};
  const others = [...unexplained, ...unread];
  const places = assumed.map(placeToProve);
  const names = assumed.map(labelOf).join(', ');
  const remedy = text`${{ do: 'prove-iv' }}`;
  const scope = `it is only assumed that the IV comes first in ${names}: the decrypted values do not show where they begin, and in the rows read from ${tables} tables no IV was found that decrypts their first 16 bytes`;
  if (others.length === 0) return [{ places, ...warn('iv-assumed', scope, remedy) }];
  const doubt = unexplained.length > 0 ? `places that could contain IVs: ${unexplained.join(', ')}` : '';
  const missing = unread.length > 0 ? `not read: ${unread.join(', ')}` : '';
  const message = `${scope}; ${[doubt, missing].filter(Boolean).join('; ')}`;
  return [{ places, ...stop('iv-assumed', message, remedy) }];
}

/** What may be said where only samples were examined. */
function sampledFindings(skipped: readonly string[], missing: number, { from }: KeyPair): PreflightFinding[] {
  if (skipped.length > 0) {
    const remedy = 'connect as a role that may read them, or check them by other means';
    return [stop('not-read', `could not be sampled: ${skipped.join('; ')}`, remedy)];
  }
  if (missing > 0) return [];
  return [
    pass(
      'unlisted-columns',
      `in a sample of each table, no value encrypted with the old key ${from.fingerprint} was found outside the inventory; rows outside the samples were not read, nor searched for values nested in what they decrypt to`,
    ),
  ];
}

/** What is next to ciphertexts and was computed from them: a rotation does not rewrite it. */
function companionFindings(columns: readonly Candidate[]): PreflightFinding[] {
  return columns.flatMap((column) => {
    const { companion } = column;
    if (!companion) return [];
    const message = `the rows of ${labelOf(column)} also contain ${companion.what}, which will not match the new ciphertext`;
    if (!companion.isKeyed) return [warn('checksum', message, 'check whether anything compares the two')];
    const remedy = 'Keel does not rewrite it: rotate these values in the application itself';
    return [stop('companion', message, remedy)];
  });
}
