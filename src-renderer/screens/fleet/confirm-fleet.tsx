import { Button, Group, Stack } from '@mantine/core';
import { counted } from '#shared/counted';
import type { FleetState } from '#contract/fleet';
import { Dialog } from '../../components/layout/dialog.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';

export interface ConfirmFleetProps {
  readonly state: FleetState;
  readonly count: number;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** What is about to happen to these databases. */
export function ConfirmFleet({ state, count, onConfirm, onClose }: ConfirmFleetProps) {
  const { from, to } = state;
  return (
    <Dialog onClose={onClose} title={`Rotate ${counted(count, 'database')}`}>
      <Stack gap="md">
        <p>
          Each goes from {from !== undefined && <Fingerprint value={from} copyable={false} />} to{' '}
          {to !== undefined && <Fingerprint value={to} copyable={false} />} in its own transaction, four at a
          time. One that fails stays as it was and stops no other.
        </p>
        <p>
          With the first that goes over, the new key becomes the active one. Keep Ballast stopped until all
          have gone over and it has the new key.
        </p>
        <p>Keel cannot undo the rotation of a fleet: to leave the new key, rotate to another one.</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Not now
          </Button>
          <Button onClick={onConfirm}>Rotate the fleet</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
