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
    setSaid(result.ok ? (chosen === undefined ? 'Removed.' : 'Set. Unlocking now requires it.') : '');
    if (!result.ok) return;
    setCurrent('');
    setNext('');
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void write(next);
  };

  const missing = next !== '' && next.length < leastLength ? `At least ${leastLength} characters` : undefined;
  const complete = next.length >= leastLength && (!guarded || current !== '');
  return (
    <Card title="App lock passphrase">
      <form className={styles.passphrase} onSubmit={submit}>
        <p>
          {guarded
            ? 'Unlocking requires a passphrase.'
            : 'Not set: the lock only hides the screen, and your computer login protects the rest.'}
        </p>
        {guarded && <PassphraseField label="Current passphrase" value={current} onChange={setCurrent} />}
        <PassphraseField label="New passphrase" value={next} onChange={setNext} error={missing} />
        {failure && <FailureNotice failure={failure} />}
        <Group gap="xs">
          <Button type="submit" variant="default" disabled={!complete}>
            {guarded ? 'Change passphrase' : 'Set passphrase'}
          </Button>
          {guarded && (
            <Button variant="default" disabled={current === ''} onClick={() => void write(undefined)}>
              Remove passphrase
            </Button>
          )}
          <span role="status">{said}</span>
        </Group>
      </form>
    </Card>
  );
}
