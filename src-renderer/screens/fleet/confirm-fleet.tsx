import { Button, Group, Stack } from '@mantine/core';
import { counted } from '#shared/counted';
import type { FleetState } from '#contract/fleet';
import { Dialog } from '../../components/layout/dialog.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { useApplicationName } from '../../environment-here.ts';

export interface ConfirmFleetProps {
  readonly state: FleetState;
  readonly count: number;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** What is about to happen to these databases. */
export function ConfirmFleet({ state, count, onConfirm, onClose }: ConfirmFleetProps) {
  const application = useApplicationName();
  const { from, to } = state;
  return (
    <Dialog onClose={onClose} title={`Rotate ${counted(count, 'database')}`}>
      <Stack gap="md">
        <p>
          Each is rotated from {from !== undefined && <Fingerprint value={from} copyable={false} />} to{' '}
          {to !== undefined && <Fingerprint value={to} copyable={false} />} in its own transaction, four at a
          time. One that fails stays unchanged and does not stop the others.
        </p>
        <p>
          The new key becomes the active one once the first database is rotated. Keep {application} stopped
          until they are all rotated and it has the new key.
        </p>
        <p>You can undo it later on this screen, which rotates each database back to the previous key.</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={onConfirm}>Rotate the fleet</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
