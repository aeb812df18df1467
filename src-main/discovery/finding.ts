import type { EncryptedColumn } from '#contract/inventory';
import type { Companion } from './companions.ts';
import type { Doubt } from './doubt.ts';

/** A column that discovery has something to say about. */
export interface Finding {
  readonly entry: EncryptedColumn;
  /** For people: why it is proposed, or why it is not. */
  readonly why: string;
  /** Where the values may be ciphertexts, and nobody can tell under which key. */
  readonly doubt?: Doubt;
  /** Where the values are of other applications by their looks: their names. */
  readonly foreign?: readonly string[];
}

/**
 * `proven`: beyond doubt; `likely`: few or short values; `unresolved`: under the key, in a form that is not known; `inconclusive`: too few
 * and too short to tell whether they are encrypted with the key; `unopened`: looks encrypted.
 */
export type Status = 'proven' | 'likely' | 'unresolved' | 'inconclusive' | 'unopened';

export interface Candidate extends Finding {
  readonly status: Status;
  /** Of a proposed one: what its frame rests on. */
  readonly frame?: 'proven' | 'supported' | 'assumed';
  /** Of an unresolved one: nothing contradicts its form but what else is there, so that a value which is known can prove it. */
  readonly isProvable?: true;
  /** What else in its rows was computed from its values, and would no longer fit after a rotation. */
  readonly companion?: Companion;
}
