import { actionText } from '#shared/action-text';
import type { EnvironmentCard } from '#contract/environments';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { asSentence } from '../../components/format.ts';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import { anyChange, useCall } from '../../use-call.ts';
import styles from './home.module.css';

/** The last things that happened, in all environments. */
export function RecentActivity({ cards }: { readonly cards: readonly EnvironmentCard[] }) {
  const activity = useCall('activity.list', { limit: 6 }, { reloadOn: anyChange });
  const entries = activity.value?.entries ?? [];
  if (entries.length === 0) return null;
  return (
    <Card title="Recent activity" padded={false}>
      <ul className={styles.recent}>
        {entries.map(({ at, environment, action, outcome }, place) => {
          const name = cards.find(({ id }) => id === environment)?.name;
          return (
            <li key={`${at} ${place}`}>
              <span>
                {asSentence(actionText(action)).replace(/\.$/, '')}
                {name !== undefined && <span className={styles.where}> · {name}</span>}
              </span>
              {outcome !== 'done' && (
                <StateBadge tone={outcome === 'failed' ? 'stop' : 'warn'}>{outcome}</StateBadge>
              )}
              <span className={styles.when}>
                <RelativeTime at={at} />
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
