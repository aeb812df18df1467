import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyMemory } from '#contract/key-ring';
import type { KeyEntry } from '#contract/keys';
import type { Failure } from '#contract/shapes';
import { Dialog } from '../../components/layout/dialog.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { useClient } from '../../use-client.ts';
import { dumpsInWords, placeOf } from '../../components/dump-text.ts';
import { KeepReasons, openReasons } from './keep-reasons.tsx';
import { SearchDatabases } from './search-databases.tsx';

export interface DestroyKeyProps {
  readonly environment: EnvironmentCard;
  readonly entry: KeyEntry;
  readonly memory: KeyMemory;
  /** The reasons have changed. */
  readonly onSearched: () => void;
  readonly onClose: () => void;
  readonly onDestroyed: () => void;
}

/** Asks for each reason to keep the key to be accepted. Final. */
export function DestroyKey({
  environment,
  entry,
  memory,
  onSearched,
  onClose,
  onDestroyed,
}: DestroyKeyProps) {
  const client = useClient();
  const { fingerprint } = entry;
  const { reasons, left, opens, place } = memory;
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const confirmed = openReasons(reasons, accepted).length === 0;

  const destroy = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!confirmed) return;
    setBusy(true);
    setFailure(undefined);
    const input = { environment: environment.id, fingerprint, accepted: [...accepted] };
    const result = await client.call('keyring.destroy', input);
    setBusy(false);
    if (result.ok) onDestroyed();
    else setFailure(result.error);
  };

  return (
    <Dialog onClose={onClose} title={`Destroy key ${fingerprint}`} size="lg">
      <form onSubmit={(event) => void destroy(event)}>
        <Stack gap="md">
          <p>
            {place === 'own-file'
              ? `It is stored in ${placeOf(memory)}, which Keel never deletes. Delete that file yourself first; its entry here then becomes “destroyed”.`
              : `It is removed from the ${placeOf(memory)}, and Keel checks that it is gone. It cannot be recovered from here.`}{' '}
            Dumps it decrypts: {dumpsInWords(opens)}.
          </p>
          {left.length > 0 && (
            <div>
              <p>Not removed; take care of these yourself:</p>
              <ul>
                {left.map((copy) => (
                  <li key={copy}>{copy}</li>
                ))}
              </ul>
            </div>
          )}
          <SearchDatabases environment={environment} reasons={reasons} onSearched={onSearched} />
          <KeepReasons reasons={reasons} accepted={accepted} onChange={setAccepted} />
          {failure && (
            <FailureNotice failure={failure} environment={environment} onRetry={() => void destroy()} />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" data-autofocus onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!confirmed}>
              Destroy the key
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
