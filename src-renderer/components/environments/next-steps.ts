import type { EnvironmentCard, NextAction } from '#contract/environments';
import { byNaturalOrder } from '#shared/natural-order';
import type { ScreenId } from '../../screen-list.ts';
import type { Tone } from '../marks/badge.tsx';

export interface NextStep {
  /** The state that asks for it, as a badge. */
  readonly state: string;
  readonly tone: Tone;
  /** On the button. */
  readonly label: string;
  /** Where it is done; unlocking is a dialog. */
  readonly screen: ScreenId | 'unlock';
}

/** What each next action looks like on a card, the most urgent first: what is broken, then what may be lost, then what is due. */
export const nextSteps: Readonly<Record<NextAction, NextStep>> = {
  recover: { state: 'Unresolved', tone: 'stop', label: 'Recover', screen: 'rotate' },
  'hand-off': { state: 'Hand-off pending', tone: 'warn', label: 'Hand off', screen: 'handoff' },
  'back-up': { state: 'No backup', tone: 'stop', label: 'Back up now', screen: 'backup' },
  sweep: { state: 'Sweep pending', tone: 'warn', label: 'Sweep', screen: 'handoff' },
  prove: { state: 'Unproven', tone: 'warn', label: 'Prove', screen: 'prove' },
  drill: { state: 'Backup untested', tone: 'warn', label: 'Test backup', screen: 'backup' },
  rotate: { state: 'Rotate soon', tone: 'warn', label: 'Rotate', screen: 'rotate' },
  'adopt-key': { state: 'No key', tone: 'warn', label: 'Import key', screen: 'key' },
  discover: { state: 'Not set up', tone: 'warn', label: 'Find columns', screen: 'prove' },
  unlock: { state: 'Locked', tone: 'quiet', label: 'Unlock', screen: 'unlock' },
  nothing: { state: 'Key proven, backup tested', tone: 'good', label: 'Open', screen: 'key' },
};

const ranks = new Map(Object.keys(nextSteps).map((action, rank) => [action, rank]));

/** A certificate that ends sooner than this is told of. */
const soonDays = 30;
const dayMs = 86_400_000;

/** When the server's certificate ends, like `certificate expires in 9 days`; undefined while that is far off, or not known. */
export function certificateDue({ transport }: EnvironmentCard, now: number): string | undefined {
  if (transport?.validTo === undefined) return undefined;
  const days = Math.floor((Date.parse(transport.validTo) - now) / dayMs);
  if (days >= soonDays) return undefined;
  if (days < 0) return 'certificate has expired';
  return days === 0
    ? 'certificate expires today'
    : `certificate expires in ${days} ${days === 1 ? 'day' : 'days'}`;
}

/** Whether something is to be done about an environment. */
export function isDue(card: EnvironmentCard, now: number): boolean {
  return card.next.action !== 'nothing' || certificateDue(card, now) !== undefined;
}

/** The most urgent first; of the same urgency production first, then by name. Pure. */
export function byUrgency(cards: readonly EnvironmentCard[], now: number): EnvironmentCard[] {
  const rank = (card: EnvironmentCard) => {
    const own = ranks.get(card.next.action) ?? 0;
    return certificateDue(card, now) === undefined ? own : Math.min(own, ranks.get('rotate') ?? own);
  };
  return [...cards].sort(
    (a, b) =>
      rank(a) - rank(b) || Number(b.production) - Number(a.production) || byNaturalOrder(a.name, b.name),
  );
}
