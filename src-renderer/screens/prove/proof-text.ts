import { openedIn } from '#shared/opened-values';
import { counted, formatCount } from '#shared/counted';
import type { EncryptedColumn } from '#contract/inventory';
import type { Output } from '#contract/procedures';
import type { ColumnProof, Proof } from '#contract/shapes';
import { entryKey } from '../../components/column-text.ts';

/** What a proof says, in words that are true. Pure. */

export interface ProofTotals {
  readonly values: number;
  /** What the key opens: proven, and short values that do not speak against it. */
  readonly opened: number;
  readonly short: number;
  /** Values that are noise under the key. */
  readonly noise: number;
  /** Values that do not have the form of their column. */
  readonly otherForm: number;
}

export function totalsOf(columns: readonly ColumnProof[]): ProofTotals {
  const sum = (count: (column: ColumnProof) => number) =>
    columns.reduce((total, column) => total + count(column), 0);
  return {
    ...openedIn(columns),
    short: sum(({ inconclusive }) => inconclusive),
    noise: sum(({ contradicted }) => contradicted),
    otherForm: sum(({ unrecognised }) => unrecognised),
  };
}

/** A column with values that the key does not open, in a database of which it opens others. */
export interface ForeignColumn {
  readonly entry: EncryptedColumn;
  readonly noise: number;
  readonly otherForm: number;
  /** The admin said by name that such values stay as they are. */
  readonly left: boolean;
}

/**
 * The columns that stop a rotation until their foreign values are left by name. None where the key is wrong altogether, and none whose
 * form is in doubt: their values may well be under the key.
 */
export function foreignColumns({ verdict, columns }: Proof, excluded: readonly string[]): ForeignColumn[] {
  if (verdict === 'wrong') return [];
  return columns
    .filter(({ contradicted, unrecognised, hint }) => contradicted + unrecognised > 0 && hint === undefined)
    .map(({ entry, contradicted, unrecognised }) => ({
      entry,
      noise: contradicted,
      otherForm: unrecognised,
      left: isLeft(excluded, entry),
    }));
}

/** Columns whose values are most likely in another form than the inventory says. */
export function misformed({ columns }: Proof): ColumnProof[] {
  return columns.filter(({ hint }) => hint !== undefined);
}

/** The name under which values of a column are left. */
export function excludedName({ schema, table, column }: EncryptedColumn): string {
  return `${schema}.${table}.${column}`;
}

/** Whether one of the names means this column: with or without its schema, or its whole table. */
export function isLeft(excluded: readonly string[], { schema, table, column }: EncryptedColumn): boolean {
  const names = [table, `${table}.${column}`, `${schema}.${table}`, `${schema}.${table}.${column}`];
  return excluded.some((name) => names.includes(name));
}

/** Columns of the inventory that this proof has not read, or not in the form that the inventory says now. */
export function notProven({ columns }: Proof, inventory: readonly EncryptedColumn[]): EncryptedColumn[] {
  const proven = new Set(columns.map(({ entry }) => entryKey(entry)));
  return inventory.filter((entry) => !proven.has(entryKey(entry)));
}

export interface VerdictWords {
  readonly tone: 'good' | 'warn' | 'stop';
  readonly title: string;
  readonly says: string;
  readonly remedy: string;
}

/** The verdict of a whole database. */
export function verdictInWords(
  proof: Pick<Output<'proof.run'>, keyof Proof | 'stillActive'>,
  foreign: readonly ForeignColumn[],
): VerdictWords {
  const totals = totalsOf(proof.columns);
  const { values, opened, noise, otherForm } = totals;
  const opens = `It decrypts ${formatCount(opened)} of ${counted(values, 'value')}`;
  if (values === 0) {
    return {
      tone: 'warn',
      title: 'Nothing to prove it against',
      says: 'The known columns contain no values yet, so Keel cannot tell which key is right.',
      remedy: 'Prove it again when the application has stored a credential.',
    };
  }
  if (proof.stillActive !== undefined) {
    return {
      tone: 'warn',
      title: 'Correct, but not active',
      says: `${opens}.`,
      remedy: `Key ${proof.stillActive} is still the active key. Prove this key again to replace it.`,
    };
  }
  if (proof.verdict === 'correct') {
    return {
      tone: 'good',
      title: 'Correct',
      says: `${opens}.`,
      remedy: 'It is the active key.',
    };
  }
  const inDoubt = misformed(proof);
  if (inDoubt.length > 0) {
    const columns = counted(inDoubt.length, 'column');
    return {
      tone: 'warn',
      title: proof.verdict === 'mixed' ? 'Partial match' : 'Inconclusive',
      says: `${opens}. The format of ${columns} most likely differs from what the inventory says.`,
      remedy: 'Correct the format below. A rotation is blocked until then.',
    };
  }
  if (proof.verdict === 'wrong') {
    return {
      tone: 'stop',
      title: 'Wrong',
      says: `${formatCount(noise)} of ${counted(values, 'value')} decrypt to noise with this key, as with any wrong key. Nothing was changed.`,
      remedy: 'Import the key that this application uses; this one may belong to another deployment.',
    };
  }
  if (proof.verdict === 'mixed') return mixedInWords(opens, noise + otherForm, foreign);
  return {
    tone: 'warn',
    title: 'Inconclusive',
    says:
      otherForm > noise
        ? `${counted(otherForm, 'value')} do not have the format that the inventory says.`
        : 'The values are too few or too short: a wrong key could look the same by chance.',
    remedy:
      otherForm > noise
        ? 'Scan for the encrypted columns again and correct the inventory.'
        : 'Prove it again when there are more values. Until then Keel rotates nothing.',
  };
}

function mixedInWords(opens: string, others: number, foreign: readonly ForeignColumn[]): VerdictWords {
  const open = foreign.filter(({ left }) => !left);
  if (open.length === 0) {
    return {
      tone: 'good',
      title: 'Correct, with exclusions',
      says: `${opens}. The other ${formatCount(others)} do not decrypt with it and stay unchanged, byte for byte.`,
      remedy: 'It is the active key.',
    };
  }
  return {
    tone: 'warn',
    title: 'Partial match',
    says: `${opens}. The other ${formatCount(others)} do not decrypt with this key.`,
    remedy: 'They would block a rotation. Exclude them below, or import the key they were encrypted with.',
  };
}
