import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import type { Failure } from '#contract/shapes';
import { Dialog } from '../layout/dialog.tsx';
import { FailureNotice } from '../notices/failure-notice.tsx';
import { useClient } from '../../use-client.ts';

/** Asks once more: the sample and its keys are gone afterwards. */
export function LeavePractice({ onClose }: { readonly onClose: () => void }) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  const leave = async () => {
    setBusy(true);
    const result = await client.call('practice.leave', {});
    setBusy(false);
    if (result.ok) onClose();
    else setFailure(result.error);
  };

  return (
    <Dialog onClose={onClose} title="End practice">
      <Stack gap="md">
        <p>
          The sample database, its keys and its server are deleted. Backups that you saved elsewhere are kept,
          but they no longer decrypt anything.
        </p>
        {failure && <FailureNotice failure={failure} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button loading={busy} onClick={() => void leave()}>
            End and delete
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
