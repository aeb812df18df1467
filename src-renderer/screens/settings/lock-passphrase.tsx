import { Button, Group } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Failure } from '#contract/shapes';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import { useClient } from '../../use-client.ts';
import styles from './settings.module.css';

const leastLength = 8;

/** The passphrase that unlocking asks for: set, changed, removed. */
export function LockPassphrase({ guarded }: { readonly guarded: boolean }) {
  const client = useClient();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [failure, setFailure] = useState<Failure>();
  const [said, setSaid] = useState('');

  const write = async (chosen: string | undefined) => {
    const result = await client.call('settings.setLockPassphrase', {
      ...(guarded && { current }),
      ...(chosen !== undefined && { next: chosen }),
    });
    setFailure(result.ok ? undefined : result.error);
    setSaid(result.ok ? (chosen === undefined ? 'Removed.' : 'Set. Unlocking asks for it from now on.') : '');
    if (!result.ok) return;
    setCurrent('');
    setNext('');
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void write(next);
  };

  const missing = next !== '' && next.length < leastLength ? `${leastLength} characters at least` : undefined;
  const complete = next.length >= leastLength && (!guarded || current !== '');
  return (
    <Card title="Passphrase of the lock">
      <form className={styles.passphrase} onSubmit={submit}>
        <p>
          {guarded
            ? 'Unlocking asks for a passphrase.'
            : 'None is set: the lock hides what is on screen, and the login to this computer guards the rest.'}
        </p>
        {guarded && <PassphraseField label="Passphrase now" value={current} onChange={setCurrent} />}
        <PassphraseField label="New passphrase" value={next} onChange={setNext} error={missing} />
        {failure && <FailureNotice failure={failure} />}
        <Group gap="xs">
          <Button type="submit" variant="default" disabled={!complete}>
            {guarded ? 'Change it' : 'Set it'}
          </Button>
          {guarded && (
            <Button variant="default" disabled={current === ''} onClick={() => void write(undefined)}>
              Remove it
            </Button>
          )}
          <span role="status">{said}</span>
        </Group>
      </form>
    </Card>
  );
}
