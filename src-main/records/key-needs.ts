import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';
import { lastCommitted } from './last-rotation.ts';
import type { RotationRecord } from './rotation-record.ts';
import { isUnsettled } from './rotation-state.ts';

/** Why a rotation may still need a key. */
export const keyNeedCodes = [
  'rotation-unsettled',
  'not-swept',
  'undo',
  'never-used',
  'no-census',
  'values-seen',
  'not-read',
] as const;
export type KeyNeedCode = (typeof keyNeedCodes)[number];

export interface KeyNeed {
  readonly code: KeyNeedCode;
  /** What accepts it: its code, with the database or place by name where it is about one, as in `no-census=host:5432/app`. */
  readonly accept: string;
  readonly message: string;
  /** What to do instead. */
  readonly remedy: Text;
  /** The admin may knowingly destroy the key in spite of it. */
  readonly acceptable: boolean;
}

/**
 * What the rotations on record still need a key for; nothing where they do not. The most serious first. `others`: those of the databases of
 * the environment's fleets, which may be unsettled when their fleet is over.
 */
export function rotationsNeeding(
  records: readonly RotationRecord[],
  fingerprint: string,
  others: readonly RotationRecord[] = [],
): KeyNeed[] {
  const needs: KeyNeed[] = [...records, ...others]
    .filter(({ state }) => isUnsettled(state))
    .map(({ id, from, to }) => {
      const concerns = from === fingerprint || to === fingerprint;
      return {
        code: 'rotation-unsettled',
        accept: 'rotation-unsettled',
        message: concerns
          ? `rotation ${id} between this key and another did not finish: the rows may be encrypted with this key`
          : `rotation ${id} between other keys did not finish`,
        remedy: text`${{ do: 'recover' }} first`,
        acceptable: !concerns,
      };
    });
  const last = lastCommitted(records);
  if (last?.from !== fingerprint) return needs;
  if (last.state !== 'confirmed') {
    needs.push({
      code: 'not-swept',
      accept: 'not-swept',
      message: 'no sweep has shown yet that nothing is left encrypted with this key',
      remedy: text`${{ do: 'sweep' }} first`,
      acceptable: true,
    });
  }
  needs.push({
    code: 'undo',
    accept: 'undo',
    message: 'undoing the last rotation would return to this key',
    remedy: 'keep it until the next rotation',
    acceptable: true,
  });
  return needs;
}

/** Whether `given` names a need, or is of the form of one: see `KeyNeed.accept`. */
export function isNeedAcceptance(given: string): boolean {
  const [code = '', ...subject] = given.split('=');
  const hasSubject = ['no-census', 'values-seen', 'not-read'].includes(code);
  return (keyNeedCodes as readonly string[]).includes(code) && hasSubject === (subject.join('=') !== '');
}

/** Those of the given that accept one of the needs, each once: what accepts nothing is neither asked about nor noted. */
export function acceptancesOf(needs: readonly KeyNeed[], given: readonly string[]): string[] {
  const asked = new Set(needs.map(({ accept }) => accept));
  return [...new Set(given)].filter((code) => asked.has(code));
}

/** Throws `key-needed` for the first need that was not accepted, or cannot be. */
export function assertNotNeeded(
  needs: readonly KeyNeed[],
  fingerprint: string,
  accepted: readonly string[],
  unchanged = 'nothing was destroyed',
): void {
  const open = needs.filter(({ accept, acceptable }) => !acceptable || !accepted.includes(accept));
  const [need] = open;
  if (!need) return;
  const more =
    open.length > 1 ? ` (and ${open.length - 1} more ${open.length === 2 ? 'reason' : 'reasons'})` : '';
  throw new KeelError(
    'key-needed',
    `key ${fingerprint} may still be needed: ${need.message}${more}; ${unchanged}`,
    need.acceptable ? text`${need.remedy}${{ do: 'or-accept', code: need.accept }}` : need.remedy,
  );
}
