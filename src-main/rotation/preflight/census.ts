import { text } from '#errors/text';
import type { Client } from 'pg';
import { takeCensus } from '#census/census';
import type { Census, CensusPlace } from '#census/census-result';
import type { UnreadPlace } from '#census/relations';
import type { Inventory } from '#contract/inventory';
import { about, type Finding, type FindingPlace, pass, stop, warn } from '#rewrite/finding';
import { namesPlace } from '#shared/names-place';
import { moment } from '#shared/moment';
import type { KeyPair } from '#rotation/run/decision';
import { columnPath } from '#shared/column-path';
import { describePlace } from './describe-place.ts';
import { nestedFindings } from './nested.ts';

export interface CensusCheck {
  readonly keys: KeyPair;
  readonly inventory: Inventory;
  /** Places that the admin leaves under the old key, by name. */
  readonly left: readonly string[];
  /** An earlier one of the same database, key and inventory, which is used instead where it is new enough and found no stop. */
  readonly known?: Census | undefined;
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the whole database for values encrypted with the old key that the inventory does not name: a rotation would leave them there. */
export async function checkCensus(
  client: Client,
  { keys, inventory, left, known, onBytes, signal }: CensusCheck,
): Promise<{ readonly census: Census; readonly findings: Finding[] }> {
  if (known && isUsable(known, keys)) {
    const findings = censusFindings(known, left);
    // what stopped may have been mended since, which only another look shows
    if (!findings.some(({ level }) => level === 'stop'))
      return { census: known, findings: findings.map(asOf(known)) };
  }
  const census = await takeCensus(client, {
    keys: [keys.from],
    // a fresh key has encrypted nothing that could hold anything
    alsoOpened: keys.toMayBePresent ? [keys.to] : [],
    inventory,
    signal,
    ...(onBytes && { onProgress: onBytes }),
  });
  return { census, findings: censusFindings(census, left) };
}

/** A census that is older says too little of what was written since. */
const longestUse = 30 * 60_000;

function isUsable({ keys, opened, beganAt }: Census, { from, to, toMayBePresent }: KeyPair): boolean {
  const isOpened = !toMayBePresent || opened.includes(to.fingerprint);
  return keys.includes(from.fingerprint) && isOpened && Date.now() - Date.parse(beganAt) < longestUse;
}

/** Says that what follows was not read again. */
function asOf({ beganAt }: Census): (finding: Finding) => Finding {
  const when = moment(beganAt);
  return (finding) => ({
    ...finding,
    message: `${finding.message}; read by the preflight that began at ${when}: rows written since then were not checked`,
  });
}

/** What a census under one key says about a rotation from it. */
export function censusFindings(census: Census, left: readonly string[]): Finding[] {
  const isNested = ({ nested }: CensusPlace) => nested?.outerListed === true;
  const misread = census.places.filter(({ isMisread }) => isMisread);
  const computed = census.places.filter((place) => follows(place, census));
  const others = census.places.filter(
    (place) => !place.inInventory && !isNested(place) && !place.isMisread && !computed.includes(place),
  );
  const leftHere = others.filter((place) => namesPlace(left, place));
  const missing = others.filter((place) => !leftHere.includes(place));
  const findings = nestedFindings(census.places.filter(isNested), left);
  if (misread.length > 0) {
    findings.push(
      about(
        misread.flatMap(namedPlaces),
        stop(
          'iv-unresolved',
          `rows whose IV is not where the inventory says it is; a rotation would lose the first 16 bytes of their values: ${misread.map(describeMisread).join('; ')}`,
          'have the application write these rows in the same format as the others, or remove them from the table, before you rotate',
        ),
      ),
    );
  }
  if (computed.length > 0) {
    findings.push(
      pass(
        'computed-columns',
        `the server computes ${computed.map(describePlace).join('; ')} from rows that are rewritten, and recomputes it with them; a sweep reads it afterwards`,
      ),
    );
  }
  if (missing.length > 0) {
    findings.push(
      about(
        missing.flatMap(namedPlaces),
        stop(
          'unlisted-columns',
          `values encrypted with the old key that are not in the inventory, so a rotation would not reach them: ${missing.map(describePlace).join('; ')}`,
          text`${{ do: 'include-or-leave' }}`,
        ),
      ),
    );
  }
  if (leftHere.length > 0) {
    findings.push(
      about(
        leftHere.flatMap(namedPlaces),
        warn(
          'left-under-old-key',
          `left encrypted with the old key, as you chose: ${leftHere.map(describePlace).join('; ')}`,
          'keep the old key for as long as these values are needed',
        ),
      ),
    );
  }
  if (census.possible && census.possible.length > 0) {
    findings.push(
      about(
        census.possible.map(({ schema, table, column }) => ({ name: `${schema}.${table}.${column}` })),
        warn(
          'possible-values',
          `values outside the inventory that are too short to tell whether they are encrypted with the old key: ${census.possible.map(describePlace).join('; ')}`,
          'check these rows; if they are ciphertexts, add the column to the inventory, or keep the old key for them',
        ),
      ),
    );
  }
  const named = census.unread.filter((place) => left.includes(unreadName(place)));
  const unread = census.unread.filter((place) => !named.includes(place));
  if (unread.length > 0) {
    findings.push(
      about(
        unread.map((place) => ({ name: unreadName(place) })),
        stop(
          'not-read',
          `not read, so it is unknown whether they contain values encrypted with the old key: ${unread.map(describeUnread).join('; ')}`,
          'connect as a role that may read them, wait until temporary tables are gone, or check them by other means',
        ),
      ),
    );
  }
  if (named.length > 0) {
    findings.push(
      about(
        named.map((place) => ({ name: unreadName(place) })),
        warn(
          'left-unread',
          `not read, as you chose: ${named.map(describeUnread).join('; ')}`,
          'keep the old key: there may be values encrypted with it',
        ),
      ),
    );
  }
  const tables = `${census.tables} ${census.tables === 1 ? 'table' : 'tables'}`;
  const scope = `every cell in the ${tables} that this role may read was read, ${megabytes(census.bytes)}`;
  return findings.some(({ level }) => level !== 'pass')
    ? findings
    : [
        ...findings,
        pass(
          'unlisted-columns',
          `no value encrypted with the old key was found outside the inventory, as far as a census can see: ${scope}, and so were the server’s catalogs`,
        ),
      ];
}

/** Whether the server computes a place from rows of a table in which the inventory has values. */
function follows({ schema, table, isComputed }: CensusPlace, { places }: Census): boolean {
  return (
    isComputed === true &&
    places.some((other) => other.inInventory && other.schema === schema && other.table === table)
  );
}

/** Without its path: a column is left as a whole. One for each entry that it would take. */
function namedPlaces({ schema, table, column, proposal, otherForms = [] }: CensusPlace): FindingPlace[] {
  const name = `${schema}.${table}.${column}`;
  return proposal ? [proposal, ...otherForms].map((one) => ({ name, proposal: one })) : [{ name }];
}

function unreadName({ schema, table, column, reason }: UnreadPlace): string {
  const parts = [schema, table, column].filter((part) => part !== undefined);
  return parts.length === 0 ? reason : parts.join('.');
}

function describeMisread(place: CensusPlace): string {
  const { values, rows } = place;
  return `${columnPath(place)} (${values} ${values === 1 ? 'row' : 'rows'}, such as ${rows.slice(0, 2).join(', ')})`;
}

function describeUnread(place: UnreadPlace): string {
  return `${unreadName(place)} (${place.reason})`;
}

function megabytes(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(bytes < 10 << 20 ? 1 : 0)} MiB`;
}
