import { counted } from '#shared/counted';
import type { BackupOpeners } from '#workspace/use-case';
import { inFull, linesInFull, namesInFull, targetInFull, toldInFull } from './in-full.ts';

/** What a question names one by one. Beyond that it names tables. */
const mostPlaces = 12;

/** The databases of a fleet that are rewritten, in their order. Throws `usage` for more than a dialog shows. */
export function membersInWords(databases: readonly string[]): string {
  return `The databases: ${allTold(databases, 'the databases')}.`;
}

/**
 * One line, or none where everything goes: what stays as it is, each place by its name, or the number of places and the tables that they are in.
 * Throws `usage` for more tables than a dialog shows.
 */
export function keptInWords(kept: readonly string[]): string[] {
  return kept.length === 0 ? [] : [`Not rotated, as chosen: ${placesInWords(kept)}.`];
}

/** Each place by its name, or the number of places and the tables that they are in. Throws `usage` for more tables than a dialog shows. */
export function placesInWords(named: readonly string[]): string {
  const places = [...new Set(named)];
  if (places.length <= mostPlaces) return allTold(places, 'the places');
  const tables = [...new Set(places.map(tableOf))];
  return `${counted(places.length, 'place')} in ${counted(tables.length, 'table')}: ${allTold(tables, 'the tables')}`;
}

function allTold(names: readonly string[], what: string): string {
  return namesInFull(names.map(toldInFull), what);
}

/** Of `schema.table.column` or `table.column`. */
function tableOf(place: string): string {
  const parts = place.split('.');
  return parts.length < 2 ? place : parts.slice(0, Math.min(2, parts.length - 1)).join('.');
}

/** Every copy of a key, those that Keel restored it from apart from those that were only noted: their names are the page's to choose. Throws `usage` for more than a dialog shows. */
export function copiesInWords({
  left,
  untested,
}: {
  readonly left: readonly string[];
  readonly untested: readonly string[];
}): string[] {
  return [
    ...(left.length > 0
      ? [
          `Copies that Keel does not delete, from which it restored the key once: ${allTold(left, 'the copies')}.`,
        ]
      : []),
    ...(untested.length > 0
      ? [`Copies that Keel does not delete and has never tested: ${allTold(untested, 'the copies')}.`]
      : []),
  ];
}

/** One copy, as it is listed, and whether it was tested. */
export function copyInWords({ what, tested }: { readonly what: string; readonly tested: boolean }): string {
  return `${toldInFull(what)}\n${tested ? 'Keel restored the key from it once.' : 'Keel has never tested it.'}`;
}

/** The servers of a new credential, in full, and whether there may be others. Throws `usage` where one cannot be shown. */
export function namedServersInWords({
  servers,
  complete,
}: {
  readonly servers: readonly string[];
  readonly complete: boolean;
}): string {
  if (servers.length === 0) return 'Keel cannot determine which server the new one is for.';
  const shown = servers.map(targetInFull);
  const named =
    shown.length === 1
      ? `The new one is for ${shown[0]}.`
      : `The new one is for these servers:\n${linesInFull(shown, 'the servers')}`;
  return complete ? named : `${named}\nKeel cannot determine whether it names others.`;
}

/** Who can open a backup beside whoever knows a passphrase, a line each. Throws `usage` where one cannot be shown. */
export function openersInWords(by: BackupOpeners): string {
  if ('recipients' in by) {
    const recipients = by.recipients.map((one) => inFull(one, 'a public key'));
    return `Each holder of an identity that belongs to one of these public keys can restore the key from it:\n${linesInFull(recipients, 'the public keys')}`;
  }
  const holders = by.holders.map((one) => inFull(one, 'the name of a holder'));
  return `Any ${by.threshold} of these ${counted(holders.length, 'holder')} can restore the key with their shares:\n${linesInFull(holders, 'the holders')}`;
}
