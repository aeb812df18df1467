import type { ReactNode } from 'react';
import type { Verdict } from '#contract/shapes';
import styles from './badge.module.css';

export type Tone = 'good' | 'warn' | 'stop' | 'accent' | 'quiet';

/** A word or two about a state. The word says it; the colour only helps. */
export function StateBadge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}

const verdicts: Readonly<Record<Verdict | 'empty', { tone: Tone; word: string }>> = {
  correct: { tone: 'good', word: 'Proven' },
  wrong: { tone: 'stop', word: 'Wrong key' },
  mixed: { tone: 'stop', word: 'Partial match' },
  inconclusive: { tone: 'warn', word: 'Inconclusive' },
  empty: { tone: 'quiet', word: 'No values' },
};

/** What the evidence says of a key, of one column or of all. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict | 'empty' }) {
  const { tone, word } = verdicts[verdict];
  return <StateBadge tone={tone}>{word}</StateBadge>;
}

/** Marks a production environment. */
export function ProductionBadge() {
  return (
    <span className={styles.production} title="Production environment">
      PROD
    </span>
  );
}
