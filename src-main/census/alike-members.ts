import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { judgeCells } from '#evidence/judge-cells';
import type { Ciphertext } from '#forms/ciphertext';
import { readEntry, type Form } from '#forms/entry';
import { formatPath, type PathStep } from '#forms/path';
import { findValues, type RowValue, trailText } from '#forms/row-values';
import { streamRows } from '#postgres/row-stream';
import { readExpression } from '#postgres/table-target';
import { type FoundValues, rowsKept } from './place-counter.ts';
import { certainBits } from '#evidence/place-evidence';
import type { CensusRelation } from './relations.ts';

/*
 * An inventory may list members of a document by names that are ids. Values under other names, each too short to show a key, are
 * told by how they are written: in the form of a listed value, at its path but for one name. So much says that they are ciphertexts
 * that it takes few bits to say under which key.
 */

const enoughBits = 10;
/** Ways to leave out a name that are tried for a column; the ones that most entries share first. */
const maxForms = 16;
const maxJudged = 20_000;

/** The forms of a column's entries, and the same with one name left open. */
export interface OpenForms {
  readonly listed: readonly Form[];
  readonly alike: readonly Form[];
}

/** Undefined where no path of the entries names a member. */
export function openFormsOf(entries: readonly EncryptedColumn[]): OpenForms | undefined {
  const listed = entries.map(readEntry);
  const found = new Map<string, { readonly form: Form; count: number }>();
  for (const form of listed) {
    for (const [at, step] of (form.steps ?? []).entries()) {
      if (typeof step === 'string' || !('member' in step) || form.layout.derivation !== 'none') continue;
      const open = withOpenName(form, at);
      const id = JSON.stringify([formatPath(open.steps ?? []), form.entry.layout, form.entry.iv?.path]);
      const one = found.get(id) ?? { form: open, count: 0 };
      one.count++;
      found.set(id, one);
    }
  }
  const alike = [...found.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, maxForms)
    .map(({ form }) => form);
  return alike.length > 0 ? { listed, alike } : undefined;
}

function withOpenName(form: Form, at: number): Form {
  const open = (steps: readonly PathStep[]) => steps.with(at, 'members');
  const steps = form.steps ?? [];
  const { iv } = form;
  const isBeside =
    iv &&
    'steps' in iv &&
    iv.column === undefined &&
    formatPath(iv.steps.slice(0, at + 1)) === formatPath(steps.slice(0, at + 1));
  return { ...form, steps: open(steps), ...(isBeside && { iv: { ...iv, steps: open(iv.steps) } }) };
}

/** The values of a cell that are written so and that no entry lists. */
function alikeValues(
  { name, shape }: CensusRelation['columns'][number],
  { alike, listed }: OpenForms,
  cell: Buffer,
): (RowValue & { readonly ciphertext: Ciphertext })[] {
  const read = (forms: readonly Form[]) => findValues([{ name, shape, forms }], [cell]);
  const known = new Set(read(listed).map(({ trail = [] }) => trailText(trail)));
  return read(alike).flatMap((value) =>
    value.ciphertext && value.trail && !known.has(trailText(value.trail))
      ? [{ ...value, ciphertext: value.ciphertext }]
      : [],
  );
}

/** Whether a cell has any such value. */
export function hasAlikeValues(
  column: CensusRelation['columns'][number],
  forms: OpenForms,
  cell: Buffer,
): boolean {
  return alikeValues(column, forms, cell).length > 0;
}

/** What is encrypted with the keys at such places of a column, read once more. In the caller's transaction. */
export async function judgeAlikeMembers(
  client: Client,
  { sql, condition, hasPlaces }: CensusRelation,
  column: CensusRelation['columns'][number],
  entries: readonly EncryptedColumn[],
  keys: readonly EncryptionKey[],
): Promise<FoundValues[]> {
  const forms = openFormsOf(entries);
  if (!forms) return [];
  const counters = forms.alike.flatMap((form) => keys.map((_, key) => ({ form, key, ...emptyCounter() })));
  const seen = new Set<string>();
  const place = hasPlaces ? 't.ctid::pg_catalog.text' : 'NULL::pg_catalog.text';
  const only = condition === undefined ? '' : ` WHERE ${condition}`;
  const select = `SELECT ${place}, ${readExpression('t', column)} FROM ${sql} AS t${only}`;
  for await (const batch of streamRows(client, select)) {
    for (const [row, cell] of batch) {
      if (!cell || seen.size >= maxJudged) continue;
      const values = alikeValues(column, forms, Buffer.from(cell));
      for (const value of values) {
        const { iv, body } = value.ciphertext;
        const input = `${value.form} ${typeof iv === 'string' ? iv : Buffer.from(iv).toString('latin1')} ${body.toString('latin1')}`;
        if (seen.has(input)) continue;
        seen.add(input);
        for (const counter of counters) {
          if (counter.form !== forms.alike[value.form]) continue;
          await judgeInto(
            counter,
            value.ciphertext,
            keys[counter.key] as EncryptionKey,
            row?.toString() ?? '',
          );
        }
      }
    }
  }
  const search = Math.log2(Math.max(1, counters.length));
  return counters
    .filter(({ bits }) => bits - search >= enoughBits)
    .map(({ form, key, bits, values, rows }) => ({
      ...{ key, values, rows, bits: bits - search, certain: bits - search >= certainBits },
      isPossible: false,
      paths: [formatPath(form.steps ?? [])],
    }));
}

interface Counter {
  bits: number;
  values: number;
  readonly rows: string[];
}

const emptyCounter = (): Counter => ({ bits: 0, values: 0, rows: [] });

/** Half of the values may be something else, so that one which does not decrypt costs a bit. */
async function judgeInto(
  counter: Counter & { readonly form: Form },
  ciphertext: Ciphertext,
  key: EncryptionKey,
  row: string,
): Promise<void> {
  using judged = await judgeCells(counter.form.layout, key, [ciphertext]);
  const { verdict, bits } = judged.cells[0]?.evidence ?? { verdict: 'contradicted', bits: 0 };
  if (verdict === 'contradicted') {
    counter.bits -= 1;
    return;
  }
  counter.bits += bits > 50 ? bits - 1 : Math.log2(0.5 + 0.5 * 2 ** bits);
  counter.values++;
  if (counter.rows.length < rowsKept && row !== '') counter.rows.push(row);
}
