import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeepReason } from '#contract/key-ring';
import type { Failure } from '#contract/shapes';
import { Dialog } from '../../components/layout/dialog.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { formatMoment } from '../../components/format.ts';
import { useClient } from '../../use-client.ts';
import { KeepReasons, openReasons } from './keep-reasons.tsx';
import { SearchDatabases } from './search-databases.tsx';

export interface StateDumpsProps {
  readonly environment: EnvironmentCard;
  readonly noneBefore: string;
  /** Of every key that the statement releases: databases that were not searched for its values. */
  readonly reasons: readonly KeepReason[];
  /** The reasons have changed. */
  readonly onSearched: () => void;
  readonly onClose: () => void;
}

/** Asks for the statement that no older dump exists. It is kept with its date. */
export function StateDumps({ environment, noneBefore, reasons, onSearched, onClose }: StateDumpsProps) {
  const client = useClient();
  const [sure, setSure] = useState(false);
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const ready = sure && openReasons(reasons, accepted).length === 0;
  const when = formatMoment(noneBefore);

  const state = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    const result = await client.call('keyring.stateDumps', {
      environment: environment.id,
      noneBefore,
      accepted: [...accepted],
    });
    setBusy(false);
    if (result.ok) onClose();
    else setFailure(result.error);
  };

  return (
    <Dialog onClose={onClose} title="State that no older dumps exist" size="lg">
      <form onSubmit={(event) => void state(event)}>
        <Stack gap="md">
          <p>
            Consider nightly dumps and their retention, disk and volume snapshots, copies on other machines
            and in buckets, and dumps restored for testing.
          </p>
          <p>
            Your statement is recorded with its date. It destroys nothing: it only allows you to destroy the
            keys that were retired by then.
          </p>
          <SearchDatabases environment={environment} reasons={reasons} onSearched={onSearched} />
          <KeepReasons reasons={reasons} accepted={accepted} onChange={setAccepted} />
          <Checkbox
            checked={sure}
            label={`No dump of ${environment.name} started before ${when} exists any more`}
            onChange={(event) => setSure(event.currentTarget.checked)}
          />
          {failure && <FailureNotice failure={failure} environment={environment} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" data-autofocus onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!ready}>
              Record statement
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
