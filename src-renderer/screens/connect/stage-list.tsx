import { VisuallyHidden } from '@mantine/core';
import { Card } from '../../components/layout/card.tsx';
import { formatDuration } from '../../components/format.ts';
import { asSentence } from '../../components/format.ts';
import { Icon } from '../../components/marks/icon.tsx';
import type { IconName } from '../../components/marks/icon-outlines.ts';
import styles from './connect.module.css';
import { type StageLine, stageTitles } from './stage-text.ts';

const signs: Readonly<Record<StageLine['state'], { icon?: IconName; word: string }>> = {
  waiting: { word: 'waiting' },
  running: { word: 'running' },
  over: { icon: 'done', word: 'passed' },
  passed: { icon: 'done', word: 'passed' },
  warning: { icon: 'warn', word: 'warning' },
  failed: { icon: 'stop', word: 'failed' },
  skipped: { word: 'skipped' },
};

/** What connecting goes through, stage by stage: what was found, how long it took, what to do. */
export function StageList({ lines }: { readonly lines: readonly StageLine[] }) {
  return (
    <Card title="Connection test" padded={false}>
      <ol className={styles.stages} aria-label="Connection stages">
        {lines.map(({ stage, state, message, remedy, ms }) => (
          <li key={stage} data-state={state} data-stage={stage}>
            <Sign state={state} />
            <span className={styles.stage}>{stageTitles[stage]}</span>
            <span className={styles.message}>
              <VisuallyHidden>{signs[state].word}. </VisuallyHidden>
              {asSentence(message)}
            </span>
            <span className={styles.ms}>{ms !== undefined && state !== 'skipped' && formatDuration(ms)}</span>
            {remedy !== undefined && <span className={styles.remedy}>{asSentence(remedy)}</span>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Sign({ state }: { readonly state: StageLine['state'] }) {
  const { icon } = signs[state];
  return icon ? <Icon name={icon} /> : <span className={styles.dot} aria-hidden="true" />;
}
