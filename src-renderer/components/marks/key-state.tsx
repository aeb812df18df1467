import type { KeyOrigin, KeyState } from '#contract/key-record';
import { StateBadge, type Tone } from './badge.tsx';

const states: Readonly<Record<KeyState, { readonly tone: Tone; readonly word: string }>> = {
  pending: { tone: 'accent', word: 'Pending' },
  active: { tone: 'good', word: 'Active' },
  retired: { tone: 'quiet', word: 'Retired' },
  destroyed: { tone: 'stop', word: 'Destroyed' },
};

export interface KeyStateBadgeProps {
  readonly state: KeyState;
  readonly origin?: KeyOrigin | undefined;
  /** Another key is in use. */
  readonly hasActive?: boolean;
}

const unproven = { tone: 'accent', word: 'Unproven' } as const;
const notUsed = { tone: 'quiet', word: 'Not in use' } as const;

/** Where a key is in its life. One that was adopted waits for a proof, never for a rotation. */
export function KeyStateBadge({ state, origin, hasActive = false }: KeyStateBadgeProps) {
  const adopted = state === 'pending' && origin === 'adopted';
  const { tone, word } = adopted ? (hasActive ? notUsed : unproven) : states[state];
  return <StateBadge tone={tone}>{word}</StateBadge>;
}

/**
 * What the state of a key means, in a sentence or two. `waits`: it is the one to rotate to; `hasActive`: another one is in
 * use.
 */
export function keyStateInWords(
  state: KeyState,
  { waits, hasActive }: { readonly waits: boolean; readonly hasActive: boolean },
): string {
  switch (state) {
    case 'active':
      return 'The values in the database are encrypted with this key. If it is lost, so are they.';
    case 'retired':
      return 'Was active before a rotation. It is kept because a database dump from that time can only be decrypted with it.';
    case 'destroyed':
      return 'The key itself is permanently gone; its fingerprint and dates are kept.';
    case 'pending':
      if (!hasActive)
        return 'In the key ring, but not proven. It becomes the active key once it decrypts the values in the database.';
      return waits
        ? 'Waiting for a rotation. Nothing in the database is encrypted with it yet, so do not give it to the application before the rotation.'
        : 'Imported, but not the key of this database. It is kept; no rotation uses it.';
  }
}
