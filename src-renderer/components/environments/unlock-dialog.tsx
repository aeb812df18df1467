import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { useSession } from '../../session.tsx';
import { useClient } from '../../use-client.ts';
import { Dialog } from '../layout/dialog.tsx';
import { asSentence } from '../format.ts';
import { missingSecrets } from '../notices/missing-secrets.ts';
import { Notice } from '../notices/notice.tsx';
import { PassphraseField } from '../fields/passphrase-field.tsx';

export interface UnlockDialogProps {
  readonly environment: EnvironmentCard;
  /** The failure after which it is asked. */
  readonly because?: Failure | undefined;
  readonly onSettled: (given: boolean) => void;
}

/** The database's password, the passphrase of the sealed keys, or both: whatever the environment needs. */
export function UnlockDialog({ environment, because, onSettled }: UnlockDialogProps) {
  const client = useClient();
  const { app } = useSession();
  const { id, name, address } = environment;
  const { password: asksPassword, passphrase: asksPassphrase } = missingSecrets(environment, because);
  const [password, setPassword] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await client.call('environments.unlock', {
      environment: id,
      ...(asksPassword && password !== '' && { password, rememberPassword: remember }),
      ...(asksPassphrase && passphrase !== '' && { passphrase }),
    });
    setBusy(false);
    if (result.ok) onSettled(true);
    else setFailure(result.error);
  };

  const complete = (!asksPassword || password !== '') && (!asksPassphrase || passphrase !== '');
  return (
    <Dialog closeOnClickOutside={false} onClose={() => onSettled(false)} title={`Unlock ${name}`}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          {asksPassword && (
            <PassphraseField
              label={`Password for ${address.user} on ${address.host}`}
              description="Kept in memory until Keel quits, and sent only to this server."
              value={password}
              onChange={setPassword}
              autoFocus
            />
          )}
          {asksPassword && app.keychain.works && (
            <Checkbox
              label="Remember it in the keychain"
              checked={remember}
              onChange={(event) => setRemember(event.currentTarget.checked)}
            />
          )}
          {asksPassphrase && (
            <PassphraseField
              label="Passphrase for the encrypted key file"
              description="Unlocks the file that stores this environment’s keys."
              value={passphrase}
              onChange={setPassphrase}
              autoFocus={!asksPassword}
            />
          )}
          {failure && (
            <Notice
              live
              tone="stop"
              title={asSentence(failure.message)}
              remedy={asSentence(failure.remedy)}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => onSettled(false)}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!complete}>
              Unlock
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
