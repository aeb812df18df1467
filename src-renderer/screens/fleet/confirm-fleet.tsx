import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { counted } from '#shared/counted';
import type { FleetState } from '#contract/fleet';
import { ConfirmByTyping, isConfirmed } from '../../components/fields/confirm-by-typing.tsx';
import { Dialog } from '../../components/layout/dialog.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';

export interface ConfirmFleetProps {
  readonly state: FleetState;
  readonly count: number;
  readonly onConfirm: (typed: string) => void;
  readonly onClose: () => void;
}

/** What is about to happen to these databases, and the name to be typed before it does. */
export function ConfirmFleet({ state, count, onConfirm, onClose }: ConfirmFleetProps) {
  const [typed, setTyped] = useState('');
  const { from, to, confirmation } = state;
  const isTyped = isConfirmed(confirmation, typed);
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    if (isTyped) onConfirm(typed);
  };
  return (
    <Dialog onClose={onClose} title={`Rotate ${counted(count, 'database')}`}>
      <form onSubmit={confirm}>
        <Stack gap="md">
          <p>
            Each goes from {from !== undefined && <Fingerprint value={from} copyable={false} />} to{' '}
            {to !== undefined && <Fingerprint value={to} copyable={false} />} in its own transaction, four at
            a time. One that fails stays as it was and stops no other.
          </p>
          <p>
            With the first that goes over, the new key becomes the active one. Keep Ballast stopped until all
            have gone over and it has the new key.
          </p>
          <ConfirmByTyping
            phrase={confirmation}
            value={typed}
            onChange={setTyped}
            purpose={`rotate ${counted(count, 'database')}`}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={!isTyped}>
              Rotate the fleet
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
