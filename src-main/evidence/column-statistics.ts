import { createHash } from 'node:crypto';
import { ivLength } from '#crypto/cfb';
import type { Layout } from '#forms/layout';
import { log2Choose } from './combinations.ts';
import type { JudgedCell } from './judge-cells.ts';
import { GrowingFilter } from './input-filter.ts';
import { KeystreamEvidence, type OpenedValue } from './keystream-evidence.ts';
import { falseAcceptChance, provenBits, type ValueEvidence } from './plaintexts/value-evidence.ts';

/** The parts of a judged cell that counting uses. */
type JudgedCounted = Pick<JudgedCell, 'plaintext' | 'evidence'> & {
  readonly ciphertext: Pick<JudgedCell['ciphertext'], 'iv' | 'body'>;
};

/** `empty`: no value of the column has any content. */
export type ColumnVerdict = 'correct' | 'wrong' | 'mixed' | 'inconclusive' | 'empty';

export interface ColumnFigures {
  /** Values with content: proven + contradicted + inconclusive + unrecognised. */
  readonly rows: number;
  readonly proven: number;
  readonly contradicted: number;
  readonly inconclusive: number;
  /** Values that do not have the column's layout. */
  readonly unrecognised: number;
  /**
   * Net evidence for the key, in bits: that of the clean values, with each keystream counted once, minus the
   * freedom to choose which are clean.
   */
  readonly bits: number;
  readonly verdict: ColumnVerdict;
}

/**
 * Judges a key against a column, value by value, in constant memory. A right key explains every value; a
 * wrong one leaves about as many clean as chance allows.
 */
export class ColumnStatistics {
  readonly #layout: Layout;
  readonly #keystreams: KeystreamEvidence;
  /** For other ciphers, which have no keystream that could repeat: copies of a value count once. */
  #copies: GrowingFilter | undefined;
  #proven = 0;
  #contradicted = 0;
  #inconclusive = 0;
  #unrecognised = 0;
  /** Of the inconclusive values, those without content: they read the same with any key. */
  #blank = 0;
  #bits = 0;
  /** Sum of false-accept chances of the inconclusive values with at least one byte. */
  #inconclusiveChance = 0;
  /** Values of another key expected to have passed as clean, judging by those that did not. */
  #passedUnseen = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#keystreams = new KeystreamEvidence(layout.segment);
  }

  /** The bits that the value adds. */
  add({ ciphertext: { iv, body }, plaintext, evidence }: JudgedCounted): number {
    // an IV that is part of the key is the same for all values, whatever it is
    const input = typeof iv === 'string' ? Buffer.alloc(ivLength, iv) : iv;
    const sealed = Buffer.concat([input, body]);
    const { length } = plaintext;
    if (!this.#hasKeystream) return this.#addCopy(sealed, length, evidence);
    return this.addOpened({ sealed, at: 0, length, plaintext, plainAt: 0 }, evidence);
  }

  /** The same for a value in place. */
  addOpened(value: OpenedValue, evidence: ValueEvidence): number {
    if (evidence.verdict === 'contradicted') return this.#contradict(value.length);
    return this.#enter(this.#keystreams.add(value, evidence.bits), value.length, evidence);
  }

  /** For ciphers other than CFB. */
  #addCopy(sealed: Uint8Array, length: number, evidence: ValueEvidence): number {
    if (evidence.verdict === 'contradicted') return this.#contradict(length);
    const hash = createHash('sha256').update(sealed).digest().readInt32LE();
    const isNew = (this.#copies ??= new GrowingFilter()).isNew(hash);
    return this.#enter(isNew ? evidence.bits : 0, length, evidence);
  }

  get #hasKeystream(): boolean {
    const { scheme } = this.#layout;
    return scheme === undefined || scheme.cipher === 'cfb';
  }

  #contradict(length: number): number {
    this.#contradicted++;
    const chance = falseAcceptChance(this.#layout, length);
    this.#passedUnseen += chance / (1 - chance);
    return 0;
  }

  #enter(bits: number, length: number, { verdict }: ValueEvidence): number {
    this.#bits += bits;
    if (verdict === 'proven') this.#proven++;
    else {
      this.#inconclusive++;
      if (length === 0) this.#blank++;
      else this.#inconclusiveChance += falseAcceptChance(this.#layout, length);
    }
    return bits;
  }

  addUnrecognised(): void {
    this.#unrecognised++;
  }

  /**
   * How many values of another key are expected among those attributed to this key, if the column contains
   * both. Two estimates, of which the worse counts: by the share of foreign values, and by the lengths at
   * which they occurred.
   */
  get expectedMistaken(): number {
    const judged = this.#proven + this.#contradicted + this.#inconclusive;
    if (this.#contradicted === 0) return 0;
    const byShare = (this.#contradicted / judged) * this.#inconclusiveChance;
    return Math.max(byShare, this.#inconclusiveChance > 0 ? this.#passedUnseen : 0);
  }

  result(): ColumnFigures {
    const clean = this.#proven + this.#inconclusive;
    const bits = Math.max(0, this.#bits - log2Choose(clean + this.#contradicted, clean));
    return {
      rows: clean + this.#contradicted + this.#unrecognised,
      proven: this.#proven,
      contradicted: this.#contradicted,
      inconclusive: this.#inconclusive,
      unrecognised: this.#unrecognised,
      bits: Math.round(bits * 10) / 10,
      verdict: this.#verdict(bits),
    };
  }

  #verdict(bits: number): ColumnVerdict {
    const against = this.#contradicted + this.#unrecognised;
    if (bits >= provenBits) return against === 0 ? 'correct' : 'mixed';
    if (against > 0) return this.#contradicted > 0 ? 'wrong' : 'inconclusive';
    return this.#proven + this.#inconclusive > this.#blank ? 'inconclusive' : 'empty';
  }
}

export type OverallVerdict = Exclude<ColumnVerdict, 'empty'>;

/**
 * Bits that a small column needs of its own once the key is proven on others and nothing contradicts it. With
 * less than this (a value of a few characters) the column could just as well be encrypted with another key.
 */
const vouchedBits = 8;

/** One verdict over columns: correct only if every column with content is, or is vouched for by the rest. */
export function overallVerdict(columns: readonly ColumnFigures[]): OverallVerdict {
  const filled = columns.filter((column) => column.rows > 0);
  const opens = filled.some((column) => column.verdict === 'correct' || column.verdict === 'mixed');
  const against = filled.some((column) => column.contradicted > 0 || column.unrecognised > 0);
  if (opens && against) return 'mixed';
  if (opens) return filled.every(isSettled) ? 'correct' : 'inconclusive';
  return filled.some((column) => column.verdict === 'wrong') ? 'wrong' : 'inconclusive';
}

/** Whether a column of a database whose key is proven elsewhere has enough evidence of its own. */
export function isSettled(column: ColumnFigures): boolean {
  if (column.verdict === 'empty' || column.verdict === 'correct') return true;
  return column.verdict === 'inconclusive' && column.unrecognised === 0 && column.bits >= vouchedBits;
}

/** The evidence for a key in the columns whose values prove it, in bits: 0 where none does. */
export function evidenceFor(columns: readonly ColumnFigures[]): number {
  return columns
    .filter(({ verdict }) => verdict === 'correct' || verdict === 'mixed')
    .reduce((sum, { bits }) => sum + bits, 0);
}
