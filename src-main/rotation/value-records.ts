import type { Field } from '#postgres/copy-binary';
import type { TableTarget } from '#postgres/table-target';

const rewritten = Buffer.from('secret');
const untouched = Buffer.from('left');
const absent = Buffer.from([0xff]);

/** The digest record of a value that is rewritten: whose it is, and the plaintext. */
export function recordSecret(
  table: TableTarget,
  identity: readonly Field[],
  position: number,
  plaintext: Uint8Array,
): Uint8Array[] {
  return [rewritten, ...whose(table, identity, position), plaintext];
}

/** The digest record of a value that stays as it is, byte for byte. */
export function recordLeft(
  table: TableTarget,
  identity: readonly Field[],
  position: number,
  text: Uint8Array,
): Uint8Array[] {
  return [untouched, ...whose(table, identity, position), text];
}

/** A row known only by its place has none that lasts: its table is digested as a multiset of values. */
function whose(table: TableTarget, identity: readonly Field[], position: number): Uint8Array[] {
  const row = table.identity.kind === 'key' ? identity.map((field) => field ?? absent) : [];
  return [Buffer.from(`${table.catalog.oid}/${position}`, 'latin1'), ...row];
}
