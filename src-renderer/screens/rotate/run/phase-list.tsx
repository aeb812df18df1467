import { useRef } from 'react';
import { Card } from '../../../components/layout/card.tsx';
import { Icon } from '../../../components/marks/icon.tsx';
import styles from './phase-list.module.css';
import { phaseAt, phasesAt } from './phases.ts';

/** How far a run has come. Steps that are told in turn never lead back. */
export function PhaseList({ step }: { readonly step: string }) {
  const furthest = useRef(-1);
  furthest.current = Math.max(furthest.current, phaseAt(step));
  return (
    <Card>
      <ol className={styles.phases}>
        {phasesAt(furthest.current).map(({ title, means, state }) => (
          <li key={title} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
            <span className={styles.sign}>{state === 'done' && <Icon name="done" size={14} />}</span>
            <span className={styles.title}>{title}</span>
            <span className={styles.means}>{means}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
