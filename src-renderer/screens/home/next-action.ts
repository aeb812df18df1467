import type { EnvironmentCard } from '#contract/environments';
import { certificateDue, isDue, nextSteps } from '../../components/environments/next-steps.ts';
import type { Tone } from '../../components/marks/badge.tsx';

const numbers = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];

/** One line over all cards, like `Three environments. One needs you.` */
export function summaryOf(cards: readonly EnvironmentCard[], now = Date.now()): string {
  const waiting = cards.filter((card) => isDue(card, now)).length;
  const all = `${inWords(cards.length)} ${cards.length === 1 ? 'environment' : 'environments'}.`;
  if (waiting === 0) return `${all} Nothing to do.`;
  if (cards.length === 1) return `${all} It needs attention.`;
  return `${all} ${inWords(waiting)} ${waiting === 1 ? 'needs' : 'need'} attention.`;
}

function inWords(count: number): string {
  return numbers[count] ?? String(count);
}

/** How many environments are in a state that asks for something, the most urgent first. */
export interface DueTotal {
  readonly words: string;
  readonly tone: Tone;
}

/** What is due over all environments, like `2 × No backup`. Pure. */
export function dueTotals(cards: readonly EnvironmentCard[], now: number): DueTotal[] {
  const totals = Object.entries(nextSteps).flatMap(([action, { state, tone }]) => {
    const count = cards.filter(({ next }) => next.action === action).length;
    return count > 0 && action !== 'nothing' ? [{ words: `${count} × ${state}`, tone }] : [];
  });
  const ending = cards.filter((card) => certificateDue(card, now) !== undefined).length;
  return ending > 0 ? [...totals, { words: `${ending} × Certificate expires soon`, tone: 'warn' }] : totals;
}
