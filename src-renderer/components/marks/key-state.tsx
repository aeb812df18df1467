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

/** Where a key stands in its life. One that was adopted waits for a proof, never for a rotation. */
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
      return 'The rows in the database are encrypted under this key. If it is lost, so are they.';
    case 'retired':
      return 'Was active before a rotation. It is kept, since a database dump from that time opens with nothing else.';
    case 'destroyed':
      return 'The key itself is gone for good; its fingerprint and dates are kept.';
    case 'pending':
      if (!hasActive)
        return 'In the ring, but not proven. Once it opens the rows of the database, it becomes the active key.';
      return waits
        ? 'Waits for a rotation. Nothing in the database is encrypted under it yet, so Ballast must not have it before.'
        : 'Adopted, and not the key of this database. It is kept, and no rotation takes it.';
  }
}
