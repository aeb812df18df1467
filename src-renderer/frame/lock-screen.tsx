import { Button } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { AppState } from '#contract/app';
import type { Failure } from '#contract/shapes';
import { asSentence } from '../components/format.ts';
import { Icon } from '../components/marks/icon.tsx';
import { Notice } from '../components/notices/notice.tsx';
import { PassphraseField } from '../components/fields/passphrase-field.tsx';
import { useClient } from '../use-client.ts';
import styles from './lock-screen.module.css';

/** All there is while the app is locked. */
export function LockScreen({ app }: { readonly app: AppState }) {
  const client = useClient();
  const [passphrase, setPassphrase] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const button = useRef<HTMLButtonElement>(null);
  const { guarded } = app;

  useEffect(() => {
    if (!guarded) button.current?.focus();
  }, [guarded]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await client.call('app.unlock', guarded ? { passphrase } : {});
    setBusy(false);
    setPassphrase('');
    setFailure(result.ok ? undefined : result.error);
  };

  return (
    <main className={styles.lock}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <span className={styles.mark}>
          <Icon name="keel" size={34} />
        </span>
        <h1>Keel is locked</h1>
        <p className={styles.words}>
          {guarded
            ? 'Running operations continue.'
            : 'No passphrase is set: the lock only hides the screen, and your computer login protects the rest. You can set a passphrase in Settings.'}
        </p>
        {guarded && (
          <PassphraseField label="Passphrase" value={passphrase} onChange={setPassphrase} autoFocus />
        )}
        {failure && (
          <Notice live tone="stop" title={asSentence(failure.message)} remedy={asSentence(failure.remedy)} />
        )}
        <Button ref={button} type="submit" fullWidth loading={busy} disabled={guarded && passphrase === ''}>
          Unlock
        </Button>
      </form>
    </main>
  );
}
