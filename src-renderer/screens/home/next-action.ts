import type { EnvironmentCard, NextAction } from '#contract/environments';
import type { Tone } from '../../components/marks/badge.tsx';
import type { ScreenId } from '../../screen-list.ts';

interface NextStep {
  /** The state that asks for it, as a badge. */
  readonly state: string;
  readonly tone: Tone;
  /** On the button. */
  readonly label: string;
  /** Where it is done; unlocking is a dialog. */
  readonly screen: ScreenId | 'unlock';
}

/** What each next action looks like on a card. */
export const nextSteps: Readonly<Record<NextAction, NextStep>> = {
  unlock: { state: 'Locked', tone: 'quiet', label: 'Unlock', screen: 'unlock' },
  recover: { state: 'Not settled', tone: 'stop', label: 'Recover', screen: 'rotate' },
  discover: { state: 'Not set up', tone: 'warn', label: 'Find columns', screen: 'prove' },
  'adopt-key': { state: 'No key', tone: 'warn', label: 'Adopt the key', screen: 'key' },
  prove: { state: 'Unproven', tone: 'warn', label: 'Prove', screen: 'prove' },
  'back-up': { state: 'No backup', tone: 'stop', label: 'Back up now', screen: 'backup' },
  drill: { state: 'Backup unproven', tone: 'warn', label: 'Drill', screen: 'backup' },
  rotate: { state: 'Rotate soon', tone: 'warn', label: 'Rotate', screen: 'rotate' },
  'hand-off': { state: 'Hand-off open', tone: 'warn', label: 'Hand off', screen: 'handoff' },
  sweep: { state: 'Sweep open', tone: 'warn', label: 'Sweep', screen: 'handoff' },
  nothing: { state: 'Key and backup proven', tone: 'good', label: 'Open', screen: 'key' },
};

const numbers = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];

/** One line over all cards, like `Three environments. One needs you.` */
export function summaryOf(cards: readonly EnvironmentCard[]): string {
  const waiting = cards.filter(({ next }) => next.action !== 'nothing').length;
  const all = `${inWords(cards.length)} ${cards.length === 1 ? 'environment' : 'environments'}.`;
  if (waiting === 0) return `${all} Nothing to do.`;
  if (cards.length === 1) return `${all} It needs you.`;
  return `${all} ${inWords(waiting)} ${waiting === 1 ? 'needs' : 'need'} you.`;
}

function inWords(count: number): string {
  return numbers[count] ?? String(count);
}
