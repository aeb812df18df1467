import { Button, Checkbox } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ApiKeyTable } from '#contract/api-keys';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import { useOperation } from '../../use-operation.ts';
import styles from './api-keys.module.css';
import { verdictWords } from './key-text.ts';

export interface VerifyKeyProps {
  readonly environment: EnvironmentCard;
  readonly table: ApiKeyTable;
}

/** A pasted key against the hashes: which one it is, and whether Ballast takes it. The field is emptied as soon as it was sent. */
export function VerifyKey({ environment, table }: VerifyKeyProps) {
  const verify = useOperation('apiKeys.verify', environment.id);
  const [key, setKey] = useState('');
  const [everything, setEverything] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key === '' || verify.running) return;
    verify.forget();
    void verify.start({ environment: environment.id, key, everything });
    setKey('');
  };

  const verdict = verify.outcome?.ok === true ? verdictWords(verify.outcome.value) : undefined;
  return (
    <Card title="Identify an API key">
      <form className={styles.fields} onSubmit={submit}>
        <PassphraseField
          label="API key"
          description="Compared with the hashes on this machine. It is neither sent to the database nor stored."
          value={key}
          onChange={setKey}
          disabled={verify.running}
        />
        {table.columns.prefix !== undefined && (
          <Checkbox
            label="Also compare keys with other prefixes"
            checked={everything}
            onChange={(event) => setEverything(event.currentTarget.checked)}
          />
        )}
        <div className={styles.actions}>
          <Button type="submit" variant="default" disabled={key === '' || verify.running}>
            Identify the key
          </Button>
        </div>
        {verify.progress && (
          <OperationProgress title="Comparing" progress={verify.progress} onCancel={verify.cancel} />
        )}
        {verify.outcome?.ok === false && (
          <FailureNotice failure={verify.outcome.error} environment={environment} />
        )}
        {verdict && <Notice live {...verdict} />}
      </form>
    </Card>
  );
}
