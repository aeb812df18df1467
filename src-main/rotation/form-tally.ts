import type { EncryptedColumn } from '#contract/inventory';
import { type AssayResult, ColumnAssay } from '#evidence/column-assay';
import type { JudgedCell } from '#evidence/judge-cells';
import type { ValueEvidence } from '#evidence/value-evidence';
import type { Form } from '#forms/entry';
import type { RowIdentity } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';
import { describeRow } from './row-label.ts';
import type { Ruling } from './ruling.ts';

/** A value that stopped the rotation, named without showing it. */
export interface Offender {
  readonly table: string;
  readonly column: string;
  /** The row's key, for people. */
  readonly row: string;
  readonly reason: Exclude<Ruling, 'rewrite' | 'already'>;
}

/** Offenders listed for each column; all are counted. */
const listed = 10;

/** Counts what was ruled on the values of one inventory entry. */
export class FormTally {
  readonly entry: EncryptedColumn;
  readonly excluded: boolean;
  readonly offenders: Offender[] = [];
  readonly #assay: ColumnAssay;
  readonly #identity: RowIdentity;
  readonly #rulings: Record<Ruling, number> = {
    rewrite: 0,
    already: 0,
    contradicted: 0,
    ambiguous: 0,
    unrecognised: 0,
  };
  #underTo = 0;

  /** `excluded`: the admin named the column, so values that open under no known key are left as they are. */
  constructor(form: Form, identity: RowIdentity, excluded: boolean) {
    this.#identity = identity;
    this.entry = form.entry;
    this.excluded = excluded;
    this.#assay = new ColumnAssay(form.layout);
  }

  count(
    ruling: Ruling,
    underFrom: JudgedCell | undefined,
    underTo: JudgedCell | undefined,
    row: readonly Field[],
  ): void {
    this.#rulings[ruling]++;
    if (underTo?.evidence.verdict === 'proven' && underFrom?.evidence.verdict === 'contradicted')
      this.#underTo++;
    if (!underFrom) this.#assay.addUnrecognised();
    else if (ruling !== 'already') this.#assay.add(underFrom.evidence, underFrom.plaintext.length);
    if (ruling === 'rewrite' || ruling === 'already' || this.offenders.length >= listed) return;
    this.offenders.push({
      table: `${this.entry.schema}.${this.entry.table}`,
      column: this.entry.column + (this.entry.path ? ` ${this.entry.path}` : ''),
      row: describeRow(this.#identity, row),
      reason: ruling,
    });
  }

  /** The same for a value that is rewritten since the old key opens it and nothing speaks for another. */
  countRewrite(underFrom: ValueEvidence, length: number): void {
    this.#rulings.rewrite++;
    this.#assay.add(underFrom, length);
  }

  get already(): number {
    return this.#rulings.already;
  }

  get ambiguous(): number {
    return this.#rulings.ambiguous;
  }

  /** Values that open under no known key. */
  get unopened(): number {
    return this.#rulings.contradicted + this.#rulings.unrecognised;
  }

  /** Values that the new key provably opens and the old one does not. */
  get underTo(): number {
    return this.#underTo;
  }

  /** See `ColumnAssay.expectedMistaken`. */
  get expectedMistaken(): number {
    return this.#assay.expectedMistaken;
  }

  /** The old key's evidence over all values that are not already under the new one. */
  get assay(): AssayResult {
    return this.#assay.result();
  }
}
