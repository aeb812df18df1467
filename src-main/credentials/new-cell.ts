import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { EnvelopeName, Opened } from '#crypto/envelopes';
import { outerBytes, readCell, sealCells } from '#crypto/layouts';
import { parseDocument } from '#crypto/json-document';
import { type CellValue, replaceValues, type Slot } from '#postgres/cell-values';
import type { Field } from '#postgres/copy-binary';
import { readExpression } from '#postgres/table-target';
import type { CredentialTable } from './credential-table.ts';
import { leafPath, putLeaf, takeLeaf } from './missing-leaf.ts';
import { openValues } from './open-values.ts';
import { queryRows } from './query-rows.ts';

/*
 * How a ciphertext is written where none is: the one place that knows it. The layout names the form but not the manner (case,
 * padding, names of members), so that is taken from what the column holds.
 */

/** How the values of a column, or of a path in it, are written. */
export interface CellForm {
  /** Any cell in this form: only its manner counts. */
  readonly like: Opened;
  /** In a document: as a string, and not as an object. */
  readonly quoted: boolean;
}

/** Values of a column that are read to learn its manner, and the longest cell that is. */
const examples = 100;
const longestExample = 65_536;

/**
 * The form of each slot of a table: that of most of its values which the key decrypts, among the first hundred rows; where there is
 * none, the usual one of the layout. A slot without a form has values of several, and none is more frequent than the others together.
 */
export async function readCellForms(
  client: Client,
  table: CredentialTable,
  key: EncryptionKey,
): Promise<ReadonlyMap<Slot, CellForm>> {
  const { target } = table;
  const seen = new Map<Slot, CellForm[]>();
  for (const column of target.columns) {
    const length = `pg_catalog.octet_length(${readExpression('t', column)})`;
    const rows = await queryRows(client, table, [], {
      where: `${length} BETWEEN 1 AND ${longestExample}`,
      tail: `LIMIT ${examples}`,
    });
    using open = await openValues(target, key, rows);
    for (const { slot, state, judged, value } of open.values) {
      if (state !== 'opens' || !judged || target.columns[value.column] !== column) continue;
      const form = { like: judged.opened, quoted: isQuoted(value) };
      seen.set(slot, [...(seen.get(slot) ?? []), form]);
    }
  }
  return new Map(
    target.columns
      .flatMap(({ slots }) => slots)
      .flatMap((slot): [Slot, CellForm][] => {
        const forms = seen.get(slot);
        const form = forms ? mostFrequent(forms) : usualForm(slot);
        return form ? [[slot, form]] : [];
      }),
  );
}

/** Whether a ciphertext is a string of a document. */
export function isQuoted({ range }: CellValue): boolean {
  return range?.quoted ?? false;
}

/** Long enough to be wrapped by whoever wraps lines, and not a multiple of three, so that padding shows. */
const specimen = Buffer.alloc(16 + 84);
const specimenSalt = Buffer.alloc(8);

/** Two forms are the same if they write the same ciphertext in the same way. */
function mostFrequent(forms: readonly CellForm[]): CellForm | undefined {
  const byText = new Map<string, CellForm[]>();
  for (const form of forms) {
    const text = form.like.rewrite({ sealed: specimen, salt: specimenSalt }).toString('latin1');
    const name = `${form.quoted} ${text}`;
    byText.set(name, [...(byText.get(name) ?? []), form]);
  }
  return [...byText.values()].find((same) => same.length * 2 > forms.length)?.[0];
}

const zeros = (encoding: BufferEncoding) => Buffer.alloc(16).toString(encoding);
const asObject = (encoding: BufferEncoding) => JSON.stringify({ iv: zeros(encoding), data: zeros(encoding) });

/** A cell in the usual manner of each envelope. */
const usualCells: Readonly<Record<EnvelopeName, string | Buffer>> = {
  base64: zeros('base64'),
  base64url: zeros('base64url'),
  hex: zeros('hex'),
  raw: Buffer.alloc(16),
  'hex:base64': `${zeros('hex')}:${zeros('base64')}`,
  'hex:hex': `${zeros('hex')}:${zeros('hex')}`,
  'base64:base64': `${zeros('base64')}:${zeros('base64')}`,
  'json-base64': asObject('base64'),
  'json-hex': asObject('hex'),
  grafana: Buffer.alloc(24).toString('base64'),
  'grafana-raw': Buffer.alloc(24),
};

/** The usual form of a slot's layout. */
export function usualForm({ layout }: Slot): CellForm {
  const cell = Buffer.concat([Buffer.from(layout.prefix, 'utf8'), Buffer.from(usualCells[layout.envelope])]);
  const isObject = layout.prefix === '' && layout.envelope.startsWith('json-');
  return { like: readCell(layout, cell) as Opened, quoted: !isObject };
}

/** Fresh ciphertexts of secrets under a key, each like the cell beside it. The caller wipes the secrets. */
export async function newCells(
  { layout }: Slot,
  key: EncryptionKey,
  likes: readonly Opened[],
  secrets: readonly Uint8Array[],
): Promise<Buffer[]> {
  const plaintexts = secrets.map((secret) => outerBytes(layout, secret));
  try {
    return await sealCells(layout, key, likes, plaintexts);
  } finally {
    for (const plaintext of plaintexts) plaintext.fill(0);
  }
}

/** A ciphertext that is written into a cell. */
export interface CellEdit {
  readonly slot: Slot;
  readonly fresh: Buffer;
  /** What it takes the place of; absent where nothing is. */
  readonly value?: CellValue;
  /** Where a path with `*` led to. */
  readonly leaf?: string | undefined;
  readonly quoted: boolean;
}

/** The cell with all of `edits` in it; every other character stays. Throws where one has no place. */
export function editedCell(cell: Field, edits: readonly CellEdit[]): Buffer {
  const [first] = edits;
  if (first && first.slot.path === undefined) return first.fresh;
  const replacements = edits.flatMap(({ value, fresh, quoted }) =>
    value?.range ? [{ value: { ...value, range: { ...value.range, quoted } }, fresh }] : [],
  );
  const replaced = cell && replacements.length > 0 ? replaceValues(cell, replacements) : cell;
  let text = replaced?.toString('utf8') ?? '';
  for (const { slot, value, leaf, fresh, quoted } of edits) {
    if (value) continue;
    const literal = quoted ? JSON.stringify(fresh.toString('utf8')) : fresh.toString('utf8');
    text = putLeaf(text, leafPath(slot.path ?? [], leaf) ?? [], literal);
  }
  return Buffer.from(text, 'utf8');
}

/** A ciphertext of a cell as it is now, and what was in its place. */
export interface WrittenValue {
  readonly slot: Slot;
  readonly leaf?: string | undefined;
  readonly value: CellValue;
  readonly was?: CellValue | undefined;
}

/** What a cell was before these values were written into it; undefined where it cannot have been `before`. */
export function cellBefore(
  after: Buffer,
  before: Field,
  written: readonly WrittenValue[],
): Field | undefined {
  if (written[0]?.value.range === undefined) return before;
  const old = before?.toString('utf8') ?? '';
  let text = after.toString('utf8');
  const backwards = [...written].sort((a, b) => startOf(b) - startOf(a));
  for (const { slot, leaf, value, was } of backwards) {
    const range = value.range as NonNullable<CellValue['range']>;
    if (was?.range) {
      const literal = old.slice(was.range.offset, was.range.offset + was.range.length);
      text = text.slice(0, range.offset) + literal + text.slice(range.offset + range.length);
    } else {
      const path = leafPath(slot.path ?? [], leaf);
      const taken = path && takeLeaf(text, path, old);
      if (taken === undefined) return undefined;
      text = taken;
    }
  }
  return text === '' && before === null ? null : Buffer.from(text, 'utf8');
}

function startOf({ value }: WrittenValue): number {
  return value.range?.offset ?? 0;
}

/** Whether a value stands for all of a cell that should be a document and is none. */
export function isNoDocument({ slot, value }: { slot: Slot; value: CellValue }, cell: Field): boolean {
  return (
    slot.path !== undefined &&
    value.range?.offset === 0 &&
    cell !== null &&
    parseDocument(cell.toString('utf8')) === undefined
  );
}
