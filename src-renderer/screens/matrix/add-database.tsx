import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Failure } from '#contract/shapes';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import { useClient } from '../../use-client.ts';
import type { AddProps } from './add-artefact.tsx';
import styles from './matrix.module.css';

/** Connects to a database for this comparison only, like one into which a dump was restored. */
export function AddDatabase({ environment, onAdded, onCancel }: AddProps) {
  const client = useClient();
  const [url, setUrl] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  const add = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await client.call('matrix.addDatabase', {
      environment: environment.id,
      connection: { url: url.trim(), ...(password !== '' && { password }) },
    });
    setBusy(false);
    setPassword('');
    setFailure(result.ok ? undefined : result.error);
    if (result.ok) onAdded();
  };

  return (
    <Card title="Add a database">
      <form className={styles.fields} onSubmit={(event) => void add(event)}>
        <p>
          For this comparison only: for example, a server with an old dump restored. Keel only reads from it.
        </p>
        <TextInput
          label="Connection URL"
          placeholder="postgres://user@host:5432/restored?sslmode=verify-full"
          spellCheck={false}
          autoComplete="off"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <PassphraseField
          label="Password"
          description="If the URL contains none."
          value={password}
          onChange={setPassword}
        />
        {failure && <FailureNotice failure={failure} />}
        <div className={styles.actions}>
          <Button type="submit" loading={busy} disabled={url.trim() === ''}>
            Connect
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      </form>
    </Card>
  );
}
