import type { DrillResult, ShareReport, WordMistake } from '#contract/backup';
import { type Tone, StateBadge } from '../../../components/marks/badge.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import styles from '../backup.module.css';
import { drillInWords } from './drill-text.ts';

export interface DrillOutcomeProps {
  readonly result: DrillResult;
  /** What was drilled, for sentences, where it is still known. */
  readonly what: string | undefined;
  /** Who has the shares, in their order, where the list knows it. */
  readonly holders?: readonly string[] | undefined;
}

/** What the last drill came to; of words and shares, each one that is wrong. */
export function DrillOutcome({ result, what, holders }: DrillOutcomeProps) {
  const { tone, title, says, remedy } = drillInWords(result, what);
  const mistakes = result.result === 'invalid' ? (result.words ?? []) : [];
  const shares = result.result === 'wrong' ? [] : (result.shares ?? []);
  return (
    <Notice live tone={tone} title={title} remedy={remedy}>
      {says}
      {mistakes.length > 0 && (
        <ul className={styles.mistakes}>
          {mistakes.map((mistake) => (
            <li key={mistake.position}>{mistakeInWords(mistake)}</li>
          ))}
        </ul>
      )}
      {shares.length > 0 && (
        <ul className={styles.mistakes} aria-label="Shares">
          {shares.map((share) => (
            <li key={`${share.name} ${share.state}`}>
              <StateBadge tone={tones[share.state]}>{share.state}</StateBadge> {shareInWords(share, holders)}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

const tones: Readonly<Record<ShareReport['state'], Tone>> = {
  good: 'good',
  damaged: 'stop',
  foreign: 'stop',
  duplicate: 'warn',
  missing: 'warn',
  other: 'quiet',
};

function mistakeInWords({ position, typed, suggestions }: WordMistake): string {
  const meant = suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '';
  const which = typed === undefined ? `Word ${position}` : `Word ${position}, “${typed}”,`;
  return `${which} is not in the word list${meant}`;
}

function shareInWords({ name, number, holder, message }: ShareReport, holders?: readonly string[]): string {
  const whose = holder ?? (number === undefined ? undefined : holders?.[number - 1]);
  return [name, ...(whose === undefined ? [] : [`of ${whose}`])].join(' ') + (message ? `: ${message}` : '');
}
