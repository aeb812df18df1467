import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { FileField } from '../../components/fields/file-field.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import { useOperation } from '../../use-operation.ts';
import { ArchiveFacts } from './archive-facts.tsx';
import { ArchiveResult } from './archive-result.tsx';
import styles from './credentials.module.css';
import { ImportArchive } from './import-archive.tsx';

/** An archive that is there: what is in it, how it compares, and its way back. */
export function OpenArchive({ environment }: { readonly environment: EnvironmentCard }) {
  const { id } = environment;
  const reading = useOperation('credentials.readArchive', id);
  const comparing = useOperation('credentials.verify', id);
  const importing = useOperation('credentials.import', id);
  const [path, setPath] = useState<string>();
  const [passphrase, setPassphrase] = useState('');
  const operations = [reading, comparing, importing];
  const busy = operations.find(({ running }) => running);
  const isReady = path !== undefined && passphrase !== '' && !busy;

  const forgetAll = () => {
    for (const operation of operations) operation.forget();
  };
  const begin = (operation: typeof reading | typeof comparing) => {
    if (path === undefined) return;
    forgetAll();
    void operation.start({ environment: id, path, passphrase });
  };
  // what was compared before is not so any more
  const isWritten = importing.outcome?.ok && !importing.outcome.value.rehearsal;
  const failed = operations.map(({ outcome }) => outcome).find((outcome) => outcome && !outcome.ok);

  return (
    <Card title="Open an archive">
      <div className={styles.detail}>
        <p className={styles.quiet}>
          Inspect an archive, compare it with the database row by row, and write back what has since been
          changed, damaged or emptied.
        </p>
        <FileField
          label="Archive file"
          purpose="open-archive"
          value={path}
          disabled={busy !== undefined}
          onChange={(chosen) => {
            forgetAll();
            setPath(chosen);
          }}
        />
        <PassphraseField
          label="Passphrase for this file"
          value={passphrase}
          disabled={busy !== undefined}
          onChange={setPassphrase}
        />
        <div className={styles.actions}>
          <Button disabled={!isReady} onClick={() => begin(comparing)}>
            Compare with the database
          </Button>
          <Button variant="default" disabled={!isReady} onClick={() => begin(reading)}>
            Show contents
          </Button>
        </div>
        {busy?.progress && (
          <OperationProgress title="Working on the archive" progress={busy.progress} onCancel={busy.cancel} />
        )}
        {failed && !failed.ok && <FailureNotice failure={failed.error} environment={environment} />}
        {reading.outcome?.ok && <ArchiveFacts summary={reading.outcome.value} />}
        {comparing.outcome?.ok && !isWritten && <ArchiveResult comparison={comparing.outcome.value} />}
        {comparing.outcome?.ok && path !== undefined && (
          <ImportArchive
            environment={environment}
            path={path}
            passphrase={passphrase}
            comparison={comparing.outcome.value}
            importing={importing}
          />
        )}
      </div>
    </Card>
  );
}
