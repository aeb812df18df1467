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
  return record(rewritten, table, identity, position, plaintext);
}

/** The digest record of a value that stays as it is, byte for byte. */
export function recordLeft(
  table: TableTarget,
  identity: readonly Field[],
  position: number,
  text: Uint8Array,
): Uint8Array[] {
  return record(untouched, table, identity, position, text);
}

/** A row known only by its place has none that lasts: its table is digested as a multiset of values. */
function record(
  kind: Buffer,
  table: TableTarget,
  identity: readonly Field[],
  position: number,
  content: Uint8Array,
): Uint8Array[] {
  const parts: Uint8Array[] = [kind, placeOf(position)];
  if (table.identity.kind === 'key') for (const field of identity) parts.push(field ?? absent);
  parts.push(content);
  return parts;
}

const places: Buffer[] = [];

/** Positions repeat in every row, so their bytes are made once. Each table has a digest of its own. */
function placeOf(position: number): Buffer {
  const known = places[position];
  if (known) return known;
  const made = Buffer.allocUnsafe(4);
  made.writeUInt32LE(position);
  places[position] = made;
  return made;
}
