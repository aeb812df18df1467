import { Button, Group, Stack, Switch } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyMemory } from '#contract/key-ring';
import type { KeyEntry } from '#contract/keys';
import type { Failure } from '#contract/shapes';
import { ConfirmByTyping, isConfirmed } from '../../components/confirm-by-typing.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { asSentence } from '../../components/format.ts';
import { Notice } from '../../components/notice.tsx';
import { useClient } from '../../use-client.ts';
import { dumpsInWords, placeOf } from '../../components/dump-words.ts';

export interface DestroyKeyProps {
  readonly environment: EnvironmentCard;
  readonly entry: KeyEntry;
  readonly memory: KeyMemory;
  readonly onClose: () => void;
  readonly onDestroyed: () => void;
}

/** What taking a reason on means, by its code. */
const takeOnWords: Readonly<Record<string, string>> = {
  'rotation-unsettled': 'Destroy it while that rotation is open',
  'not-swept': 'Destroy it without that sweep',
  undo: 'Give up the undo',
};

/** Asks for the fingerprint in full, and for each reason to keep the key to be taken on. Final. */
export function DestroyKey({ environment, entry, memory, onClose, onDestroyed }: DestroyKeyProps) {
  const client = useClient();
  const { fingerprint } = entry;
  const { reasons, left, opens, place } = memory;
  const [typed, setTyped] = useState('');
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const open = reasons.filter(({ code, acceptable }) => !acceptable || !accepted.includes(code));
  const confirmed = isConfirmed(fingerprint, typed) && open.length === 0;

  const destroy = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!confirmed) return;
    setBusy(true);
    setFailure(undefined);
    const input = { environment: environment.id, fingerprint, typed, accepted: [...accepted] };
    const result = await client.call('keyring.destroy', input);
    setBusy(false);
    if (result.ok) onDestroyed();
    else setFailure(result.error);
  };

  const takeOn = (code: string, on: boolean) =>
    setAccepted((before) => (on ? [...before, code] : before.filter((other) => other !== code)));

  return (
    <Dialog onClose={onClose} title={`Destroy key ${fingerprint}`} size="lg">
      <form onSubmit={(event) => void destroy(event)}>
        <Stack gap="md">
          <p>
            {place === 'own-file'
              ? `It lies in ${placeOf(memory)}, which Keel never deletes. Delete that file yourself first: then its entry here becomes “destroyed”.`
              : `It is removed from the ${placeOf(memory)}, and Keel makes sure that it is gone. Nobody can bring it back from here.`}{' '}
            Dumps that it opens: {dumpsInWords(opens)}.
          </p>
          {left.length > 0 && (
            <div>
              <p>Not removed, and yours to look after:</p>
              <ul>
                {left.map((copy) => (
                  <li key={copy}>{copy}</li>
                ))}
              </ul>
            </div>
          )}
          {reasons.map(({ code, message, remedy, acceptable }) => (
            <Notice key={code} tone={acceptable ? 'warn' : 'stop'} title={asSentence(message)}>
              <p>{asSentence(remedy)}</p>
              {acceptable && (
                <Switch
                  mt={8}
                  checked={accepted.includes(code)}
                  label={takeOnWords[code] ?? 'Destroy it all the same'}
                  onChange={(event) => takeOn(code, event.currentTarget.checked)}
                />
              )}
            </Notice>
          ))}
          <ConfirmByTyping
            phrase={fingerprint}
            value={typed}
            purpose="destroy this key"
            onChange={setTyped}
          />
          {failure && (
            <FailureNotice failure={failure} environment={environment} onRetry={() => void destroy()} />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" data-autofocus onClick={onClose}>
              Keep it
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
