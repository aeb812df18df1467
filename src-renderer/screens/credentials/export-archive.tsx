import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { FileField } from '../../components/fields/file-field.tsx';
import { NewPassphrase } from '../../components/fields/new-passphrase.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { leastPassphraseLength } from '../../components/fields/passphrase-strength.ts';
import { useOperation } from '../../use-operation.ts';
import styles from './credentials.module.css';

/** Every credential into a new file, sealed. */
export function ExportArchive({ environment }: { readonly environment: EnvironmentCard }) {
  const exporting = useOperation('credentials.export', environment.id);
  const [path, setPath] = useState<string>();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [day] = useState(() => new Date().toISOString().slice(0, 10));
  const { outcome, progress, running } = exporting;
  const isReady = path !== undefined && passphrase.length >= leastPassphraseLength && passphrase === again;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || running) return;
    const ended = await exporting.start({ environment: environment.id, path, passphrase });
    if (!ended.ok) return;
    setPath(undefined);
    setPassphrase('');
    setAgain('');
  };

  return (
    <Card title="Create an archive">
      <form onSubmit={(event) => void submit(event)} className={styles.detail}>
        <p className={styles.quiet}>
          All credentials in the inventory that the key decrypts, encrypted in an age file. They are never
          written to disk in plain text. Anyone with the file and its passphrase has them all.
        </p>
        <FileField
          label="Save archive to"
          purpose="save-archive"
          suggestedName={`${environment.name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}-credentials-${day}.age`}
          value={path}
          disabled={running}
          onChange={setPath}
        />
        <NewPassphrase
          label="Passphrase for the new archive"
          value={passphrase}
          again={again}
          disabled={running}
          onChange={(first, second) => {
            setPassphrase(first);
            setAgain(second);
          }}
        />
        {progress && <OperationProgress title="Exporting" progress={progress} onCancel={exporting.cancel} />}
        {outcome && !outcome.ok && <FailureNotice failure={outcome.error} environment={environment} />}
        {outcome?.ok && (
          <Notice
            live
            tone="good"
            title={`${counted(outcome.value.values, 'credential')} encrypted in ${outcome.value.path}.`}
            remedy={
              outcome.value.unopened > 0
                ? `${counted(outcome.value.unopened, 'value')} encrypted with another key are not in it.`
                : 'Compare it with the database before you rely on it.'
            }
          />
        )}
        <div className={styles.actions}>
          <Button type="submit" disabled={!isReady} loading={running}>
            Create archive
          </Button>
        </div>
      </form>
    </Card>
  );
}
