import { randomBytes } from 'node:crypto';
import { rewriteIv } from '#forms/ciphertext';
import type { Edit, TextPosition } from '#forms/leaf';
import type { Place } from '#forms/container';
import type { Form } from '#forms/entry';
import { documentAt, type Envelope, envelopeOf, isEmpty, ivIn } from '#forms/envelope';
import { applyEdits, extentOf, liftEdit } from '#forms/leaf';
import type { FormColumn, RowValue } from '#forms/row-values';
import type { Field } from '#postgres/copy-binary';
import type { CellForm } from './cell-form.ts';
import { hasPlace, leafPath, placeAt, putLeaf, rootOf, takeLeaf, type Trail } from './missing-leaf.ts';
import type { Obstacle } from '#contract/credentials';

/*
 * How a ciphertext is written where none is: the one place that knows it. A text in its column's form is put there first, so that the
 * value is found in its row, with its IV, wherever that is; then it is encrypted and replaced like any other.
 */

/** A value that its cell does not have, or has in another form. */
export interface Vacant {
  readonly targetForm: Form;
  /** Where a path with `*` led to. */
  readonly leaf?: string | undefined;
  /** What is in its place, as the row was read. */
  readonly here?: RowValue | undefined;
}

/**
 * The cell with a text of the column's form in the value's place; every other character stays. Answers why it has no place where it
 * has none. What holds a value and its IV is written as a whole if the IV is missing, with another random IV.
 */
export function withExample(
  column: FormColumn,
  cell: Field,
  vacant: Vacant,
  form: CellForm,
): Buffer | Obstacle {
  const { targetForm, leaf, here } = vacant;
  if (!targetForm.steps) return Buffer.from(form.text, 'latin1');
  const envelope = envelopeOf(targetForm, column.forms);
  const trail = trailOf(targetForm, leaf);
  if (!trail) return 'no-place';
  const root = rootOf(column, cell);
  if (envelope && !ivStands(envelope, root, trail))
    return withEnvelope(column, cell, { envelope, trail }, form);
  const own = here?.trail?.length === targetForm.steps.length ? here.trail : undefined;
  const whole = own ?? (form.member === undefined ? trail : [...trail, form.member]);
  // something else is only written over where it was found
  if (!here && !isVacant(root, whole)) return whyNoPlace(column, root);
  return put(column, cell, whole, JSON.stringify(form.text)) ?? whyNoPlace(column, root);
}

function withEnvelope(
  column: FormColumn,
  cell: Field,
  { envelope, trail }: { readonly envelope: Envelope; readonly trail: Trail },
  form: CellForm,
): Buffer | Obstacle {
  const at = trail.slice(0, envelope.steps.length);
  const root = rootOf(column, cell);
  const there = placeAt(root, at);
  if (form.envelope === undefined) {
    if (there && !isEmpty(there)) return 'no-iv';
    return there || isVacant(root, at) ? 'several-forms' : whyNoPlace(column, root);
  }
  const filled = put(column, cell, at, form.envelope);
  const place = filled && placeAt(rootOf(column, filled), at);
  const iv = place && ivIn(envelope, place);
  if (!filled || !iv) return whyNoPlace(column, root);
  const edits = rewriteIv(envelope.ivPlace.layout, iv.leaf.text, randomBytes(16)) ?? [];
  return edited(
    filled,
    edits.map((edit) => liftEdit(iv.leaf, edit)),
  );
}

/** The cell with a JSON literal there; undefined where it has no place. */
function put(column: FormColumn, cell: Field, trail: Trail, literal: string): Buffer | undefined {
  const root = rootOf(column, cell);
  if (!root) return isVacant(root, trail) ? Buffer.from(literal, 'latin1') : undefined;
  const edit = putLeaf(root, trail, literal);
  return edit && edited(cell, [edit]);
}

function isVacant(root: Place | undefined, trail: Trail): boolean {
  return root ? hasPlace(root, trail) : trail.length === 0;
}

function whyNoPlace({ shape }: FormColumn, root: Place | undefined): Obstacle {
  const isContainer = shape.kind === 'array' || shape.kind === 'record' || shape.kind === 'hstore';
  return isContainer || (root && documentAt(root)) ? 'no-place' : 'no-document';
}

/**
 * Whether a value is missing because something else is where it and its IV should be. Something that is different in each row
 * anyway is not taken for that.
 */
export function isDisplaced(
  column: FormColumn,
  cell: Field,
  { targetForm, leaf }: Vacant,
  form?: CellForm,
): boolean {
  const envelope = envelopeOf(targetForm, column.forms);
  const trail = trailOf(targetForm, leaf);
  if (!envelope || !trail || form?.envelope === undefined) return false;
  const root = rootOf(column, cell);
  const there = placeAt(root, trail.slice(0, envelope.steps.length));
  return there !== undefined && !isEmpty(there) && !ivStands(envelope, root, trail);
}

function ivStands(envelope: Envelope, root: Place | undefined, trail: Trail): boolean {
  const place = placeAt(root, trail.slice(0, envelope.steps.length));
  return place !== undefined && ivIn(envelope, place) !== undefined;
}

/** The way to a value, as far as its entry tells: its member may have one of several names. */
export function trailOf({ steps = [] }: Form, leaf: string | undefined): Trail | undefined {
  const last = steps.at(-1);
  return leafPath(typeof last === 'object' && 'oneOf' in last ? steps.slice(0, -1) : steps, leaf);
}

/** A ciphertext of a cell as it is now, and what was in its place. */
export interface WrittenValue extends Vacant {
  readonly value: RowValue;
}

/** What a cell was before these values were written into it; undefined where it cannot have been `before`. */
export function cellBefore(
  column: FormColumn,
  after: Buffer,
  before: Field,
  written: readonly WrittenValue[],
): Field | undefined {
  if (written.some(({ targetForm }) => !targetForm.steps)) return before;
  const states = {
    after: { cell: after.toString('latin1'), root: rootOf(column, after) },
    before: { cell: before?.toString('latin1') ?? '', root: rootOf(column, before) },
  };
  const edits: Edit[] = [];
  for (const { targetForm, value, here } of written) {
    const envelope = envelopeOf(targetForm, column.forms);
    const trail = value.trail ?? [];
    const isWhole = envelope && !ivStands(envelope, states.before.root, trail);
    const unit = isWhole ? trail.slice(0, envelope.steps.length) : trail;
    if (unit.length === 0 && !states.before.root) return before;
    const edit = takeLeaf(states.after, unit, states.before);
    if (!edit) return undefined;
    edits.push(edit);
    // an IV that was there has been drawn again, since the secret is encrypted with the same key
    const renewed = !isWhole && value.ivAt?.column === value.column ? here?.ivAt : undefined;
    if (renewed) {
      const { from, to } = extentOf((value.ivAt as TextPosition).leaf);
      const old = extentOf(renewed.leaf);
      edits.push({ from, to, text: states.before.cell.slice(old.from, old.to) });
    }
  }
  return edited(after, edits);
}

function edited(cell: Field, edits: readonly Edit[]): Buffer {
  return Buffer.from(applyEdits(cell?.toString('latin1') ?? '', edits), 'latin1');
}
