import { Button, Group } from '@mantine/core';
import type { FleetRun } from '#contract/fleet';
import { Card } from '../../components/layout/card.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import { progressOnRecord } from './fleet-text.ts';

export interface RecordedFleetProps {
  readonly record: FleetRun;
  readonly disabled: boolean;
  readonly onSweep: () => void;
  readonly onRecover: () => void;
  readonly onUndo: () => void;
}

/** What is on record of the last rotation of the fleet, and what can be done about it. */
export function RecordedFleet({ record, disabled, onSweep, onRecover, onUndo }: RecordedFleetProps) {
  const { from, to, startedAt, finishedAt, undo = false } = record;
  const finished = finishedAt !== undefined;
  return (
    <Card title={undo ? 'Last undo of this fleet' : 'Last rotation of this fleet'}>
      <p>
        From <Fingerprint value={from} copyable={false} /> to <Fingerprint value={to} copyable={false} />,
        started <RelativeTime at={startedAt} />: {progressOnRecord(record)}
        {finishedAt !== undefined && (
          <>
            , finished <RelativeTime at={finishedAt} />
          </>
        )}
        .
      </p>
      <Group gap="xs" mt="sm">
        <Button variant="default" size="xs" disabled={disabled} onClick={onSweep}>
          Sweep for stragglers
        </Button>
        <Button variant="default" size="xs" disabled={disabled} onClick={onRecover}>
          Recover interrupted rotations
        </Button>
        {(!undo || !finished) && (
          <Button variant="default" size="xs" disabled={disabled} onClick={onUndo}>
            {undo ? 'Continue undo…' : 'Undo rotation…'}
          </Button>
        )}
      </Group>
    </Card>
  );
}
