import type { EnvironmentCard } from '#contract/environments';
import type { PostureFinding } from '#contract/posture';
import { StateBadge } from '../../components/marks/badge.tsx';
import { asSentence } from '../../components/format.ts';
import { Icon } from '../../components/marks/icon.tsx';
import styles from './posture.module.css';
import { isWaived, statusTones, statusWords, waiverWords } from './posture-text.ts';
import { QuestionAnswer } from './question-answer.tsx';

export interface FindingItemProps {
  readonly environment: EnvironmentCard;
  readonly finding: PostureFinding;
  readonly onAnswered: () => Promise<void>;
}

/** What was seen, in a line; why it matters and what to do, when it is opened. */
export function FindingItem({ environment, finding, onAnswered }: FindingItemProps) {
  const { status, title, seen, why, remedy, question } = finding;
  const waiver = waiverWords(finding);
  // an open question stands below anyway
  const todo = question && status === 'unknown' ? undefined : remedy;
  return (
    <li className={styles.finding}>
      <details>
        <summary className={styles.summary}>
          <span className={styles.status}>
            {isWaived(finding) ? (
              <StateBadge tone="quiet">Waived</StateBadge>
            ) : (
              <StateBadge tone={statusTones[status]}>{statusWords[status]}</StateBadge>
            )}
          </span>
          <span className={styles.words}>
            <span className={styles.title}>{title}</span>
            <span className={styles.seen}>{asSentence(seen)}</span>
          </span>
          <span className={styles.opens}>
            <Icon name="choose" size={14} />
          </span>
        </summary>
        <div className={styles.more}>
          {waiver !== undefined && <p>{asSentence(waiver)}</p>}
          {todo !== undefined && <p className={styles.remedy}>{asSentence(todo)}</p>}
          <p>{why}</p>
        </div>
      </details>
      {question && <QuestionAnswer environment={environment} question={question} onAnswered={onAnswered} />}
    </li>
  );
}
