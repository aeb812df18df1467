import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { CredentialAddress } from '#contract/credentials';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { Dialog } from '../../components/layout/dialog.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import { useClient } from '../../use-client.ts';

/** What is replaced: a field of a credential, or the whole of it. */
export interface Replaceable {
  readonly name: string;
  readonly field?: number;
  readonly version: string;
}

export interface ReplaceCredentialProps {
  readonly environment: EnvironmentCard;
  readonly address: CredentialAddress;
  readonly target: Replaceable;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks for the new value. */
export function ReplaceCredential({ environment, address, target, onClose, onDone }: ReplaceCredentialProps) {
  const client = useClient();
  const { id } = environment;
  const [value, setValue] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const isReady = value !== '';

  const replace = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    setBusy(true);
    const { field, version } = target;
    const result = await client.call('credentials.replace', {
      environment: id,
      address,
      version,
      ...(field !== undefined && { field }),
      value,
    });
    setBusy(false);
    if (result.ok) onDone();
    else setFailure(result.error);
  };

  return (
    <Dialog onClose={onClose} title={`Replace ${target.name}`} size="lg">
      <form onSubmit={(event) => void replace(event)}>
        <Stack gap="md">
          <p>
            The new value is encrypted with the same key and written in the same format, unless the row has
            changed in the meantime. The old value is then lost, unless an archive has it.
          </p>
          <PassphraseField label="New value" value={value} autoFocus onChange={setValue} />
          {failure && <FailureNotice failure={failure} environment={environment} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!isReady}>
              Replace value
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
