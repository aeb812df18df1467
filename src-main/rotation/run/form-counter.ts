import type { EncryptedColumn } from '#contract/inventory';
import { type ColumnFigures, ColumnStatistics } from '#evidence/column-statistics';
import type { JudgedCell } from '#evidence/judge-cells';
import type { OpenedValue } from '#evidence/keystream-evidence';
import type { ValueEvidence } from '#evidence/plaintexts/value-evidence';
import { isShort, ShortValues } from '#evidence/short-values';
import { type Draws, drawsOfTable } from '#forms/either-alphabet';
import type { Form } from '#forms/entry';
import { Spelling } from '#forms/spelling';
import type { RowIdentity } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';
import { describeRow } from './row-label.ts';
import type { Decision, WrittenUnder } from './decision.ts';

/** A value that stopped the rotation, identified without showing it. */
export interface ProblemRow {
  readonly table: string;
  readonly column: string;
  /** The row's key, for people. */
  readonly row: string;
  readonly reason: Exclude<Decision, 'rewrite' | 'already' | 'empty'>;
}

/** Rows listed for each column; all are counted. */
const listed = 10;

/** What is known about a column before its values are decided on. */
export interface CounterOptions {
  /** The admin excluded the column, so values that no known key decrypts are left as they are. */
  readonly excluded: boolean;
  /**
   * Values of fewer bytes than this are too short to judge, based on all other values of the column. Without
   * it, based on those counted here.
   */
  readonly vouchedFrom?: number | undefined;
  /** Values that are too short to judge are left as they are. */
  readonly leavesShort?: boolean;
  /**
   * An earlier rotation was told to leave such values. They may stand in rows that it wrote, which do not vouch
   * for them then.
   */
  readonly mayHaveLeftShort?: boolean;
  /**
   * What all values of the column show about their spelling; `inEither`: without a digit that is in only one
   * alphabet of base64.
   */
  readonly written?: { readonly inEither: boolean; readonly isUpper: boolean | undefined } | undefined;
}

/** Counts the decisions on the values of one inventory entry. */
export class FormCounter {
  readonly entry: EncryptedColumn;
  readonly excluded: boolean;
  readonly problemRows: ProblemRow[] = [];
  readonly #options: CounterOptions;
  readonly #form: Form;
  readonly #short: ShortValues;
  /** Some rows with values that others have to vouch for, by length. */
  readonly #shortRows = new Map<number, ProblemRow[]>();
  readonly #statistics: ColumnStatistics;
  readonly #identity: RowIdentity;
  readonly #decisions: Record<Decision, number> = {
    rewrite: 0,
    already: 0,
    empty: 0,
    contradicted: 0,
    ambiguous: 0,
    unrecognised: 0,
    'too-short': 0,
  };
  #underTo = 0;
  /** What the values show about how the application spells them. */
  readonly spelling: Spelling;
  readonly draws: Draws = drawsOfTable();
  /** Values for which no new text was found that is in both alphabets of base64. */
  unspelled = 0;

  constructor(form: Form, identity: RowIdentity, options: CounterOptions) {
    this.#identity = identity;
    this.#form = form;
    this.#options = options;
    this.entry = form.entry;
    this.excluded = options.excluded;
    this.#statistics = new ColumnStatistics(form.layout);
    this.#short = new ShortValues(form.layout);
    this.spelling = new Spelling(form.layout, form.iv && 'layout' in form.iv ? form.iv.layout : undefined);
  }

  /** How new texts are spelled if the old one does not show it. */
  get written(): NonNullable<CounterOptions['written']> {
    return this.#options.written ?? { inEither: false, isUpper: undefined };
  }

  /** Whether a value that would be rewritten is too short to judge, and is to be left. */
  leaves(cell: JudgedCell): boolean {
    const { leavesShort, vouchedFrom = 0 } = this.#options;
    return leavesShort === true && cell.plaintext.length < vouchedFrom && isShort(this.#form.layout, cell);
  }

  /** Which key the row vouches for as that of this value, by the transaction that wrote the row. */
  vouchedKey(writtenUnder: WrittenUnder, cell: JudgedCell | undefined): WrittenUnder {
    const mayBeLeft = cell && this.#options.mayHaveLeftShort === true && isShort(this.#form.layout, cell);
    return mayBeLeft ? undefined : writtenUnder;
  }

  /** `vouched`: it is known in another way which key the row was written with. */
  count(
    decision: Decision,
    underFrom: JudgedCell | undefined,
    underTo: JudgedCell | undefined,
    row: readonly Field[],
    vouched = false,
  ): void {
    this.#decisions[decision]++;
    if (underTo?.evidence.verdict === 'proven' && underFrom?.evidence.verdict === 'contradicted')
      this.#underTo++;
    if (!underFrom) this.#statistics.addUnrecognised();
    else if (decision !== 'already' && decision !== 'empty' && decision !== 'too-short') {
      const bits = this.#statistics.add(underFrom);
      if (decision !== 'ambiguous' && !vouched) this.#addShort(underFrom, bits, row);
    }
    if (decision === 'already' || decision === 'empty' || decision === 'rewrite') return;
    if (this.problemRows.length < listed) this.problemRows.push(this.#problemRow(row, decision));
  }

  #addShort(cell: JudgedCell, bits: number, row: readonly Field[]): void {
    this.#short.add(cell, bits);
    if (cell.evidence.verdict === 'contradicted' || !isShort(this.#form.layout, cell)) return;
    const alike = this.#shortRows.get(cell.plaintext.length) ?? [];
    this.#shortRows.set(cell.plaintext.length, alike);
    if (alike.length < listed) alike.push(this.#problemRow(row, 'too-short'));
  }

  #problemRow(row: readonly Field[], reason: ProblemRow['reason']): ProblemRow {
    return {
      table: `${this.entry.schema}.${this.entry.table}`,
      column: this.entry.column + (this.entry.path ? ` ${this.entry.path}` : ''),
      row: describeRow(this.#identity, row),
      reason,
    };
  }

  /**
   * The same for a value that is rewritten because the old key decrypts it, that is not too short to judge,
   * and that nothing attributes to another key.
   */
  countRewrite(value: OpenedValue, evidence: ValueEvidence, keepsIv: boolean, vouched: boolean): void {
    this.#decisions.rewrite++;
    const bits = this.#statistics.addOpened(value, evidence);
    if (!vouched) this.#short.addOpened(value.length, evidence, keepsIv, bits);
  }

  get already(): number {
    return this.#decisions.already;
  }

  /** Values in which nothing is encrypted. */
  get empty(): number {
    return this.#decisions.empty;
  }

  get ambiguous(): number {
    return this.#decisions.ambiguous;
  }

  /** Values of fewer bytes than this are too short to judge. */
  get vouchedFrom(): number {
    return this.#options.vouchedFrom ?? this.#short.vouchedFrom;
  }

  /**
   * Values that were to be rewritten and may be anybody's: they decrypt by luck or because they are the
   * key's.
   */
  get tooShort(): number {
    return this.#options.leavesShort ? 0 : this.#short.tooShort(this.vouchedFrom);
  }

  /** Some of them. */
  get tooShortRows(): readonly ProblemRow[] {
    const from = this.vouchedFrom;
    return [...this.#shortRows].flatMap(([length, rows]) => (length < from ? rows : [])).slice(0, listed);
  }

  /** Values that were left because they are too short to judge. */
  get leftShort(): number {
    return this.#decisions['too-short'];
  }

  /** Values that no known key decrypts. */
  get unopened(): number {
    return this.#decisions.contradicted + this.#decisions.unrecognised;
  }

  /** Values that the new key provably decrypts and the old one does not. */
  get underTo(): number {
    return this.#underTo;
  }

  /** See `ColumnStatistics`. */
  get expectedMistaken(): number {
    return this.#statistics.expectedMistaken;
  }

  /** The old key's evidence over all values that are not already encrypted with the new one. */
  get statistics(): ColumnFigures {
    return this.#statistics.result();
  }
}
