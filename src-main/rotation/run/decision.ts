import type { EncryptionKey } from '#crypto/encryption-key';
import type { JudgedCell } from '#evidence/judge-cells';
import { provenBits } from '#evidence/plaintexts/value-evidence';

/** The two keys of a rotation, and whether values under the new one may already be in the database. */
export interface KeyPair {
  readonly from: EncryptionKey;
  readonly to: EncryptionKey;
  /** True for undo, sweep and the completion of a half-done rotation; a fresh key cannot have encrypted anything. */
  readonly toMayBePresent: boolean;
  readonly inDoubt: InDoubt;
}

/**
 * What becomes of values of which nobody can tell which key they are under: they `stop` the rotation; are taken to be encrypted with the old key and
 * rewritten, since the admin vouches for it (`rewrite`); or are left and counted (`leave`), by a sweep.
 */
export type InDoubt = 'stop' | 'rewrite' | 'leave';

/**
 * What happens to one ciphertext: `rewrite` it under the new key, leave it because it is `already` there or because nothing is encrypted
 * in it (`empty`), or one of the reasons for which a rotation stops. `too-short`: it opens, which any bytes might.
 */
export type Decision =
  | 'rewrite'
  | 'already'
  | 'empty'
  | 'contradicted'
  | 'ambiguous'
  | 'unrecognised'
  | 'too-short';

/** What is known of a row besides its bytes: that the rotation in question wrote it, and under which key that was. */
export type WrittenUnder = 'from' | 'to' | undefined;

/** Rows that an earlier rotation is known to have written. */
export interface KnownRows {
  /** Its transaction; absent where rows do not tell which one wrote them. */
  readonly xid?: string;
  /** The key of this run that it wrote them under. */
  readonly under: 'from' | 'to';
  /** It was told to leave values that are too short to tell, which may stand in its rows. */
  readonly leftShort: boolean;
}

/**
 * Rules on one ciphertext by what the old key and, where it may be present, the new key make of it.
 * Never guesses: a value that both keys open is ambiguous unless the journal says who wrote its row.
 */
export function decide(
  underFrom: JudgedCell | undefined,
  underTo: JudgedCell | undefined,
  writtenUnder: WrittenUnder,
  inDoubt: InDoubt,
): Decision {
  if (!underFrom) return 'unrecognised';
  // nothing is encrypted in it, so it reads the same under any key; 16 bytes that are no IV at all look the same, and stay as they are.
  // A tag over nothing is of one key all the same, and proven or contradicted
  if (underFrom.plaintext.length === 0 && underFrom.evidence.verdict === 'inconclusive') return 'empty';
  const opensFrom = underFrom.evidence.verdict !== 'contradicted';
  const opensTo = underTo !== undefined && underTo.evidence.verdict !== 'contradicted';
  if (!opensTo) return opensFrom ? 'rewrite' : 'contradicted';
  if (!opensFrom) return 'already';
  if (writtenUnder) return writtenUnder === 'from' ? 'rewrite' : 'already';
  const lead = underFrom.evidence.bits - underTo.evidence.bits;
  if (lead >= provenBits) return 'rewrite';
  if (lead <= -provenBits) return 'already';
  return inDoubt === 'rewrite' ? 'rewrite' : 'ambiguous';
}
