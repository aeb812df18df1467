import type { Client } from 'pg';
import { text } from '#errors/text';
import { outOfScopeIn } from '#applications/applications';
import type { UnreadPlace } from '#census/relations';
import { takeSchemeCensus } from '#census/scheme-census';
import { formsBeside } from '#applications/of-inventory';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { type CatalogTable, readCatalog } from '#postgres/catalog';
import { about, type Finding, pass, stop, warn } from '#rewrite/finding';
import type { KeyPair } from '#rotation/run/decision';
import { columnPath } from '#shared/column-path';
import { counted } from '#shared/counted';
import { type Derivations, derivationsInWords } from '#shared/derivations';
import { namesPlace } from '#shared/names-place';

export interface SchemesCheck {
  readonly keys: KeyPair;
  readonly inventory: Inventory;
  /** Of the whole rotation, where keys are slow to derive. */
  readonly derivations?: Derivations | undefined;
  /** Places that the admin leaves under the old key, by name. */
  readonly left: readonly string[];
  /** Other places are not looked for. */
  readonly sampled?: boolean;
  readonly onTable?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every row of every table for values of the inventory's application, in the forms that Keel knows of it, which the inventory does
 * not list: a rotation would leave them under the old key. What a census is for Ballast's, in fewer forms.
 */
export async function checkSchemes(
  client: Client,
  { keys, inventory, derivations, left, sampled = false, onTable, signal }: SchemesCheck,
): Promise<Finding[]> {
  const catalog = await readCatalog(client);
  const always = [...companionFindings(catalog), ...slowFindings(derivations)];
  if (sampled) return [...always, notSearched()];
  const { places, unread, tables } = await takeSchemeCensus(client, {
    keys: [keys.from],
    forms: formsBeside(inventory),
    inventory,
    catalog,
    onTable,
    signal,
  });
  const beside = new Map(
    places.flatMap(({ proposal }) => (proposal ? [[JSON.stringify(proposal), proposal] as const] : [])),
  );
  return [
    ...always,
    ...besideFindings([...beside.values()], left),
    ...scopeFindings(tables, beside.size, unread, left),
  ];
}

function notSearched(): Finding {
  return warn(
    'unlisted-columns',
    'other places with values encrypted with the old key were not searched for',
    text`${{ do: 'sweep' }} afterwards, which searches the tables that the role may read`,
  );
}

/** Stops for an application whose key has more hanging on it than ciphertexts, or whose ciphertexts are bound to their rows. */
function companionFindings(tables: readonly CatalogTable[]): Finding[] {
  return outOfScopeIn(tables).map(({ name, outOfScope = '', rotatesItself }) =>
    stop(
      'application-out-of-scope',
      `this is a database of ${name}, which Keel does not rotate: ${outOfScope}`,
      rotatesItself ?? 'ask its developers for a way to rotate the key',
    ),
  );
}

/** Less than this is no wait that has to be planned for. */
const longWaitSeconds = 10;

/** Says beforehand what keys that are derived for each value cost. */
function slowFindings(derivations: Derivations | undefined): Finding[] {
  if (!derivations) return [];
  const words = derivationsInWords(derivations);
  if (derivations.seconds < longWaitSeconds) return [pass('slow-derivation', words)];
  const remedy = 'allow for that time; writers wait only while rows written in the meantime are processed';
  return [warn('slow-derivation', words, remedy)];
}

function besideFindings(beside: readonly EncryptedColumn[], left: readonly string[]): Finding[] {
  const leftHere = beside.filter((entry) => namesPlace(left, entry));
  const missing = beside.filter((entry) => !leftHere.includes(entry));
  const findings: Finding[] = [];
  const show = (entries: readonly EncryptedColumn[]) => entries.map((entry) => columnPath(entry)).join(', ');
  const places = (entries: readonly EncryptedColumn[]) =>
    entries.map((entry) => ({ name: `${entry.schema}.${entry.table}.${entry.column}`, proposal: entry }));
  if (missing.length > 0) {
    findings.push(
      about(
        places(missing),
        stop(
          'unlisted-columns',
          `values encrypted with the old key that are not in the inventory, so a rotation would not reach them: ${show(missing)}`,
          text`${{ do: 'include-or-leave' }}`,
        ),
      ),
    );
  }
  if (leftHere.length > 0) {
    findings.push(
      about(
        places(leftHere),
        warn(
          'left-under-old-key',
          `left encrypted with the old key, as you chose: ${show(leftHere)}`,
          'keep the old key for as long as these values are needed',
        ),
      ),
    );
  }
  return findings;
}

function scopeFindings(
  tables: number,
  beside: number,
  unread: readonly UnreadPlace[],
  left: readonly string[],
): Finding[] {
  const named = unread.filter((one) => left.includes(nameOf(one)));
  const missing = unread.filter((one) => !named.includes(one));
  const leftUnread =
    named.length === 0
      ? []
      : [
          about(
            named.map((one) => ({ name: nameOf(one) })),
            warn(
              'left-unread',
              `not read, as you chose: ${unreadInWords(named)}`,
              'keep the old key: there may be values encrypted with it',
            ),
          ),
        ];
  if (missing.length > 0) {
    return [
      ...leftUnread,
      stop(
        'not-read',
        `not read, so it is unknown whether they contain values encrypted with the old key: ${unreadInWords(missing)}`,
        'connect as a role that may read them, or check them by other means',
      ),
    ];
  }
  if (beside > 0) return leftUnread;
  return [
    ...leftUnread,
    pass(
      'unlisted-columns',
      `no value encrypted with the old key was found outside the inventory in the formats that Keel knows for this application: every row of the ${counted(tables, 'table')} that this role can read was read; nested values were not searched for`,
    ),
  ];
}

function unreadInWords(unread: readonly UnreadPlace[]): string {
  return unread.map((one) => `${nameOf(one)} (${one.reason})`).join('; ');
}

function nameOf({ schema, table }: UnreadPlace): string {
  return `${schema}.${table}`;
}
