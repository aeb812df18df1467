import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, useState, useSyncExternalStore } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { useNavigation } from '../../navigation.tsx';
import { useClient } from '../../use-client.ts';
import { Dialog } from '../layout/dialog.tsx';
import { FailureNotice } from '../notices/failure-notice.tsx';
import { Notice } from '../notices/notice.tsx';

export interface ForgetEnvironmentProps {
  readonly environment: EnvironmentCard;
  readonly onClose: () => void;
}

/** Says what goes and what stays. A practice is left instead. */
export function ForgetEnvironment({ environment, onClose }: ForgetEnvironmentProps) {
  const client = useClient();
  const { go } = useNavigation();
  const { id, name, keyPlace, next, activeKey } = environment;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const operations = useSyncExternalStore(client.operations.subscribe, client.operations.list);
  const working = operations.some((one) => one.environment === id && one.outcome === undefined);

  const forget = async (event: FormEvent) => {
    event.preventDefault();
    if (working) return;
    setBusy(true);
    const result = await client.call('environments.remove', { environment: id });
    setBusy(false);
    if (!result.ok) {
      setFailure(result.error);
      return;
    }
    go('home');
    onClose();
  };

  return (
    <Dialog onClose={onClose} title={`Forget ${name}`} size="lg">
      <form onSubmit={(event) => void forget(event)}>
        <Stack gap="md">
          <p>
            Keel deletes the environment’s name, its list of encrypted columns and, if the keychain has it,
            the database password. Nothing in the database changes.
          </p>
          <p>
            Its keys stay in {keyPlace === 'keychain' ? 'the keychain' : 'the encrypted key file'}; its key
            ring and rotation records stay on disk. They are available again when you connect the same
            database.
          </p>
          {working && (
            <Notice
              tone="stop"
              title="An operation is running on this environment."
              remedy="Wait for it to finish, or cancel it first."
            />
          )}
          {next.action === 'recover' && (
            <Notice
              tone="warn"
              title="A rotation of this environment is unresolved."
              remedy="Recover it first."
            />
          )}
          {activeKey && activeKey.provenAt === undefined && (
            <Notice
              tone="warn"
              title="No backup of its key has been tested."
              remedy="Back it up first: the copy on this machine is the only one that Keel knows of."
            />
          )}
          {failure && <FailureNotice failure={failure} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" data-autofocus onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={working}>
              Forget environment
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
