import type { EncryptionKey } from '#crypto/encryption-key';
import type { ColumnStatistics } from '#evidence/column-statistics';
import { JudgeInPlace } from '#evidence/judge-in-place';
import { OpenedInPlace, openedValue, plaintextStart } from '#evidence/opened-in-place';
import type { ValueEvidence } from '#evidence/plaintexts/value-evidence';
import type { ShortValues } from '#evidence/short-values';
import type { Form } from '#forms/entry';
import { ValuesInPlace } from '#forms/values-in-place';
import type { CopyBatch } from '#postgres/copy-batches';
import type { TableTarget } from '#postgres/table-target';

/** What counts the values of a form. */
export interface Account {
  readonly statistics: ColumnStatistics;
  readonly short: ShortValues;
}

/** Gets what the key makes of a value, `bytes[start … end)`, which are wiped later. */
export type OnOpened = (form: Form, bytes: Uint8Array, start: number, end: number) => void;

/** Judges the values of a batch in place. What is not as usual, or counts against the key, is left to be read one by one. */
export class ProveInPlace {
  readonly #key: EncryptionKey;
  readonly #values: ValuesInPlace;
  readonly #judges: readonly JudgeInPlace[];
  readonly #accounts: readonly Account[];
  readonly #forms: readonly Form[];
  readonly #onOpened: OnOpened | undefined;
  readonly #opened = new OpenedInPlace();
  /** What was said of the values of the row at hand. */
  readonly #judged: ValueEvidence[] = [];

  private constructor(
    key: EncryptionKey,
    values: ValuesInPlace,
    forms: readonly Form[],
    accountOf: (form: Form) => Account,
    onOpened: OnOpened | undefined,
  ) {
    this.#forms = forms;
    this.#onOpened = onOpened;
    this.#key = key;
    this.#values = values;
    this.#judges = forms.map(({ layout }) => new JudgeInPlace(layout));
    this.#accounts = forms.map(accountOf);
  }

  /** Undefined where no row of the table can be judged so. */
  static of(
    { columns }: TableTarget,
    key: EncryptionKey,
    accountOf: (form: Form) => Account,
    onOpened?: OnOpened,
  ): ProveInPlace | undefined {
    const values = ValuesInPlace.of(columns);
    const forms = values?.targetForms.map(({ column, form }) => columns[column]?.forms[form] as Form);
    return values && forms && new ProveInPlace(key, values, forms, accountOf, onOpened);
  }

  /** Enters what the key opens into the accounts. Answers the rows of the batch that are left. */
  prove(batch: CopyBatch): number[] {
    const values = this.#values;
    const left: number[] = [];
    const rows: number[] = [];
    const ends: number[] = [];
    values.clear();
    for (let row = 0; row < batch.rows; row++) {
      if (!values.take(batch, row * batch.columns)) {
        left.push(row);
        continue;
      }
      rows.push(row);
      ends.push(values.tape.count);
    }
    if (values.tape.count === 0) return left;
    try {
      this.#opened.open(values, this.#key);
      for (let i = 0, value = 0; i < rows.length; i++) {
        const end = ends[i] as number;
        if (!this.#enter(value, end)) left.push(rows[i] as number);
        value = end;
      }
    } finally {
      this.#opened.wipe();
    }
    return left;
  }

  /** False, and nothing is entered, where one of a row's values counts against the key. */
  #enter(from: number, to: number): boolean {
    const { targetFormOf, tape } = this.#values;
    const { bytes, words } = this.#opened;
    const judged = this.#judged;
    judged.length = 0;
    for (let value = from; value < to; value++) {
      const judge = this.#judges[targetFormOf[value] as number] as JudgeInPlace;
      const start = plaintextStart(this.#values, value);
      const evidence = judge.judge(bytes, words, start, tape.lengths[value] as number);
      if (evidence.verdict === 'contradicted') return false;
      judged.push(evidence);
    }
    for (let i = 0; i < judged.length; i++) {
      const evidence = judged[i] as ValueEvidence;
      const targetForm = targetFormOf[from + i] as number;
      const { statistics, short } = this.#accounts[targetForm] as Account;
      const opened = openedValue(this.#values, this.#opened, from + i);
      const keepsIv = this.#values.targetForms[targetForm]?.iv !== undefined;
      short.addOpened(opened.length, evidence, keepsIv, statistics.addOpened(opened, evidence));
      const { plaintext, plainAt, length } = opened;
      this.#onOpened?.(this.#forms[targetForm] as Form, plaintext, plainAt, plainAt + length);
    }
    return true;
  }
}
