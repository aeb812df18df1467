import { KeelError } from '#errors/keel-error';
import { lastCommitted } from './last-rotation.ts';
import type { RotationRecord } from './rotation-record.ts';
import { isUnsettled } from './rotation-state.ts';

/** Why a rotation may still need a key. */
export const keyNeedCodes = ['rotation-unsettled', 'not-swept', 'undo'] as const;
export type KeyNeedCode = (typeof keyNeedCodes)[number];

export interface KeyNeed {
  readonly code: KeyNeedCode;
  readonly message: string;
  /** What to do instead. */
  readonly remedy: string;
  /** The admin may knowingly destroy the key in spite of it. */
  readonly acceptable: boolean;
}

/** What the rotations on record still need a key for; nothing where they do not. The most serious first. */
export function rotationsNeeding(records: readonly RotationRecord[], fingerprint: string): KeyNeed[] {
  const needs: KeyNeed[] = records
    .filter(({ state }) => isUnsettled(state))
    .map(({ id, from, to }) => {
      const concerns = from === fingerprint || to === fingerprint;
      return {
        code: 'rotation-unsettled',
        message: concerns
          ? `rotation ${id} between this key and another did not come to its end: the rows may be under this one`
          : `rotation ${id} between other keys did not come to its end`,
        remedy: 'run `keel recover` first',
        acceptable: !concerns,
      };
    });
  const last = lastCommitted(records);
  if (last?.from !== fingerprint) return needs;
  if (last.state !== 'confirmed') {
    needs.push({
      code: 'not-swept',
      message: 'no sweep has shown yet that nothing is left under this key',
      remedy: 'run `keel sweep` first',
      acceptable: true,
    });
  }
  needs.push({
    code: 'undo',
    message: 'it is the key that an undo of the last rotation goes back to',
    remedy: 'keep it until the next rotation',
    acceptable: true,
  });
  return needs;
}

/** Throws `key-needed` for the first need that was not taken on, or cannot be. */
export function assertNoneNeeds(
  records: readonly RotationRecord[],
  fingerprint: string,
  accepted: readonly string[],
): void {
  const need = rotationsNeeding(records, fingerprint).find(
    ({ code, acceptable }) => !acceptable || !accepted.includes(code),
  );
  if (!need) return;
  throw new KeelError(
    'key-needed',
    `key ${fingerprint} may still be needed: ${need.message}; nothing was destroyed`,
    need.acceptable ? `${need.remedy}; or take it on with \`--accept ${need.code}\`` : need.remedy,
  );
}
