import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { rewriteIv } from '#forms/ciphertext';
import { childrenOf } from '#forms/container';
import type { Form } from '#forms/entry';
import { type Envelope, envelopeOf, ivIn } from '#forms/envelope';
import { applyEdits, liftEdit } from '#forms/leaf';
import type { PathStep } from '#forms/path';
import { latin1 } from '#forms/template';
import { holdsOwn, usualText } from '#forms/usual-text';
import { readExpression, type TargetColumn } from '#postgres/table-target';
import type { CredentialTable } from './credential-table.ts';
import { placeAt, rootOf, type Trail, writtenAt } from './missing-leaf.ts';
import { type OpenedValue, openValues } from './open-values.ts';
import { queryRows } from './query-rows.ts';

/*
 * A layout names the form of a column's values but not the manner (case, padding, names of members), so that is taken from what the
 * column holds.
 */

/**
 * How the values of a column, or of a path in it, are written. Ciphertexts and IVs are replaced by a specimen, the same for all.
 */
export interface CellForm {
  /** The text of a value. Latin-1, as all texts of forms. */
  readonly text: string;
  /** For a form that knows its member by several names: the one in use. */
  readonly member?: string;
  /** What contains a value and its IV, as written in its document. Absent if that differs from row to row. */
  readonly envelope?: string;
}

/** How many values of a column are read to learn its manner, and the longest cell that is read. */
const examples = 100;
const longestExample = 65_536;

/**
 * The form of each targetForm of a table: that of most of its values that the key decrypts, among the first hundred rows; if
 * there are none, the layout's usual one. A targetForm without a form has values in several, and none is more frequent than the
 * others together.
 */
export async function readCellForms(
  client: Client,
  table: CredentialTable,
  key: EncryptionKey,
): Promise<ReadonlyMap<Form, CellForm>> {
  const { target } = table;
  const seen = new Map<Form, Example[]>();
  for (const column of target.columns.filter(({ forms }) => forms.length > 0)) {
    const length = `pg_catalog.octet_length(${readExpression('t', column)})`;
    const rows = await queryRows(client, table, [], {
      where: `${length} BETWEEN 1 AND ${longestExample}`,
      tail: `LIMIT ${examples}`,
    });
    using open = await openValues(target, key, rows);
    for (const opened of open.values) {
      const { targetForm, state, value } = opened;
      if (state !== 'opens' || target.columns[value.column] !== column) continue;
      seen.set(targetForm, [...(seen.get(targetForm) ?? []), exampleOf(column, opened)]);
    }
  }
  return new Map(
    target.columns.flatMap(({ forms }) =>
      forms.flatMap((targetForm): [Form, CellForm][] => {
        const found = seen.get(targetForm);
        const form = found ? mostFrequent(targetForm, found) : usualForm(targetForm, forms);
        return form ? [[targetForm, form]] : [];
      }),
    ),
  );
}

interface Example extends CellForm {
  /** Its envelope has members next to the value and the IV. */
  readonly holdsMore: boolean;
}

/**
 * Long enough to be wrapped by applications that wrap lines; neither it nor its body a multiple of three or five, so that padding
 * shows; with letters in hex and base32, so that their case does, and without anything that JSON may escape in base64.
 */
const specimen = { sealed: Buffer.alloc(16 + 88, 0xab), salt: Buffer.alloc(8, 0xab) };

/** How a value is written, reduced to its manner. */
function exampleOf(column: TargetColumn, { row, value, targetForm }: OpenedValue): Example {
  const { leaf, trail = [], ciphertext } = value;
  const edits = ciphertext?.rewrite(specimen) ?? [];
  const text = applyEdits(leaf.text, edits);
  const member = memberOf(targetForm, trail);
  const example = { text, ...(member !== undefined && { member }), holdsMore: false };
  const envelope = envelopeOf(targetForm, column.forms);
  if (!envelope) return example;
  const cell = row.cells[value.column] as Buffer;
  const at = trail.slice(0, envelope.steps.length);
  const place = placeAt(rootOf(column, cell), at);
  const iv = place && ivIn(envelope, place);
  if (!place || !iv) return example;
  const ivEdits = rewriteIv(envelope.ivPlace.layout, iv.leaf.text, specimen.sealed.subarray(0, 16)) ?? [];
  const emptied = applyEdits(cell.toString('latin1'), [
    ...edits.map((edit) => liftEdit(leaf, edit)),
    ...ivEdits.map((edit) => liftEdit(iv.leaf, edit)),
  ]);
  const whole = placeAt(rootOf(column, Buffer.from(emptied, 'latin1')), at);
  if (!whole) return example;
  const { from, to } = writtenAt(whole);
  const isFlat = envelope.body.length === 1 && envelope.iv.length === 1;
  return {
    ...example,
    envelope: emptied.slice(from, to),
    holdsMore: !isFlat || childrenOf(whole).length > 2,
  };
}

/** The member that a value is, if its form knows several names for it. */
function memberOf({ steps }: Form, trail: Trail): string | undefined {
  const last = steps?.at(-1);
  const name = trail.at(-1);
  return typeof last === 'object' && 'oneOf' in last && typeof name === 'string' ? name : undefined;
}

/** Features of single rows are only adopted from several rows that share them. */
function mostFrequent(targetForm: Form, found: readonly Example[]): CellForm | undefined {
  const form = majority(found, ({ text, member = '' }) => `${member} ${text}`, holdsOwn(targetForm.layout));
  if (!form) return undefined;
  const { text, member } = form;
  const enveloped = found.filter((one) => one.envelope !== undefined);
  const { envelope } =
    majority(
      enveloped,
      (one) => String(one.envelope),
      enveloped.some(({ holdsMore }) => holdsMore),
    ) ?? {};
  return { text, ...(member !== undefined && { member }), ...(envelope !== undefined && { envelope }) };
}

function majority(
  found: readonly Example[],
  nameOf: (example: Example) => string,
  takesTwo: boolean,
): Example | undefined {
  const byName = new Map<string, Example[]>();
  for (const one of found) byName.set(nameOf(one), [...(byName.get(nameOf(one)) ?? []), one]);
  const most = [...byName.values()].find((same) => same.length * 2 > found.length);
  return most && most.length >= (takesTwo ? 2 : 1) ? most[0] : undefined;
}

/** The usual form of a targetForm's layout, among `all` of its column; undefined where there is none. */
export function usualForm(targetForm: Form, all: readonly Form[]): CellForm | undefined {
  const text = usualText(targetForm.layout);
  if (text === undefined) return undefined;
  const envelope = envelopeOf(targetForm, all);
  const written = envelope && usualEnvelope(envelope, text);
  const last = targetForm.steps?.at(-1);
  const member = last && typeof last === 'object' && 'oneOf' in last ? nameOf(last) : undefined;
  return {
    text,
    ...(member !== undefined && { member }),
    ...(written !== undefined && { envelope: written }),
  };
}

/** An object of the IV and the value; undefined where they are elements of an array. */
function usualEnvelope({ iv, body, ivPlace }: Envelope, text: string): string | undefined {
  const ivText = usualText(ivPlace.layout);
  const [ivNames, bodyNames] = [iv.map(nameOf), body.map(nameOf)];
  if (ivText === undefined || [...ivNames, ...bodyNames].includes(undefined)) return undefined;
  const object = newTree();
  putIn(object, ivNames as string[], ivText);
  putIn(object, bodyNames as string[], text);
  return JSON.stringify(object);
}

interface Tree {
  [name: string]: Tree | string;
}

function putIn(tree: Tree, [name = '', ...more]: readonly string[], text: string): void {
  if (more.length === 0) tree[name] = text;
  else putIn((tree[name] ??= newTree()) as Tree, more, text);
}

/** Without a prototype, so that a member may have any name. */
function newTree(): Tree {
  return Object.create(null) as Tree;
}

/** The name of a step, or the first of several. */
function nameOf(step: PathStep): string | undefined {
  if (typeof step === 'string' || 'index' in step) return undefined;
  return latin1('member' in step ? step.member : (step.oneOf[0] as string));
}
