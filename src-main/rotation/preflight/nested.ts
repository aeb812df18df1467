import type { Client } from 'pg';
import { text } from '#errors/text';
import type { TableTarget } from '#postgres/table-target';
import { nestedName } from '#proof/exclusion';
import { proveKey } from '#proof/prove';
import { about, type Finding, stop, warn } from '#rewrite/finding';
import type { KeyPair } from '#rotation/run/decision';
import { type DescribedPlace, describePlace } from './describe-place.ts';
import { sampleRows } from './key.ts';

/**
 * Values under the old key within what a sample of the inventory's values decrypts to. A census tells it of all rows; this is for a preflight
 * without one.
 */
export async function checkSampledNesting(
  client: Client,
  { from, to, toMayBePresent }: KeyPair,
  tables: readonly TableTarget[],
  left: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const places: DescribedPlace[] = [];
  for (const key of toMayBePresent ? [from, to] : [from]) {
    const options = { sampleRows, framesChecked: true, lookWithin: { keys: [from], isSample: false } };
    const { within } = await proveKey(client, key, tables, { ...options, ...(signal && { signal }) });
    for (const { entry, values, depth } of within?.nested ?? []) {
      const { schema, table, column, path } = entry;
      const place = { schema, table, column, ...(path !== undefined && { path }) };
      places.push({ ...place, values, rows: [], nested: { depth, outerListed: true } });
    }
  }
  return nestedFindings(places, left).map((finding) => ({
    ...finding,
    message: `in a sample of each table: ${finding.message}`,
  }));
}

/** What a rotation would re-encrypt the outer layer of, and leave under the old key within. */
export function nestedFindings(nested: readonly DescribedPlace[], left: readonly string[]): Finding[] {
  const leftHere = nested.filter((place) => left.includes(nestedName(place)));
  const missing = nested.filter((place) => !leftHere.includes(place));
  const findings: Finding[] = [];
  const name = (places: readonly DescribedPlace[]) => places.map((place) => ({ name: nestedName(place) }));
  if (missing.length > 0) {
    findings.push(
      about(
        name(missing),
        stop(
          'nested-values',
          `values with others nested in them, also encrypted with the old key: ${missing.map(describePlace).join('; ')}; a rotation re-encrypts the outer layer only, so the nested values would stay encrypted with the old key and be lost with it`,
          text`${{ do: 'unnest-or-leave', names: [...new Set(missing.map(nestedName))] }}`,
        ),
      ),
    );
  }
  if (leftHere.length > 0) {
    findings.push(
      about(
        name(leftHere),
        warn(
          'nested-under-old-key',
          `left encrypted with the old key inside these values, as you chose: ${leftHere.map(describePlace).join('; ')}`,
          'keep the old key so that the application can decrypt them: only the outer layer is re-encrypted',
        ),
      ),
    );
  }
  return findings;
}
