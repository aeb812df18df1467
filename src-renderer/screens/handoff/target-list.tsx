import { Button, Loader, UnstyledButton } from '@mantine/core';
import type { HandoffTarget, NamedTarget } from '#contract/handoff';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import styles from './handoff.module.css';
import { targetKinds } from './target-text.ts';
import { useApplicationName } from '../../environment-here.ts';

export interface TargetListProps {
  readonly targets: readonly NamedTarget[];
  readonly chosen: HandoffTarget;
  readonly active: string;
  /** The place that is being written, as JSON. */
  readonly working?: string | undefined;
  readonly onChoose: (target: HandoffTarget) => void;
  readonly onAdd: () => void;
}

/** The places that were named, and whose key stands at each, as far as it was seen; one of them is looked at below. */
export function TargetList({ targets, chosen, active, working, onChoose, onAdd }: TargetListProps) {
  const application = useApplicationName();
  const isChosen = (target: HandoffTarget) => JSON.stringify(target) === JSON.stringify(chosen);
  return (
    <Card
      title={`Where ${application} gets its key`}
      padded={false}
      aside={
        <Button variant="default" size="xs" onClick={onAdd}>
          Add destination…
        </Button>
      }
    >
      <ul className={styles.list}>
        {targets.map(({ target, where, holds }) => (
          <li key={JSON.stringify(target)}>
            <UnstyledButton
              className={styles.row}
              aria-current={isChosen(target)}
              onClick={() => onChoose(target)}
            >
              <span className={styles.kind}>{targetKinds[target.kind].name}</span>
              <span className={styles.where} title={where}>
                <bdi>{where}</bdi>
              </span>
              {JSON.stringify(target) === working && <Loader size={14} aria-label="Being written" />}
              {holds && (
                <StateBadge tone={holds === active ? 'good' : 'warn'}>
                  {holds === active ? 'Has the active key' : 'Has a different key'}
                </StateBadge>
              )}
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Card>
  );
}
