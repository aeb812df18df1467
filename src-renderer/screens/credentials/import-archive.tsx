import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { counted } from '#shared/counted';
import type { ArchiveComparison, ArchiveImport } from '#contract/credentials';
import type { EnvironmentCard } from '#contract/environments';
import { formatDuration } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';
import type { Operation } from '../../use-operation.ts';
import { writable } from './comparison.ts';
import styles from './credentials.module.css';

export interface ImportArchiveProps {
  readonly environment: EnvironmentCard;
  readonly path: string;
  readonly passphrase: string;
  readonly comparison: ArchiveComparison;
  readonly importing: Operation<'credentials.import'>;
}

/** Stops that may be taken on, as switches. */
const takings = [
  ['other-sessions', 'Another session stays connected while the rows are written'],
  ['other-database', 'The archive was made from another database, or from this one under another name'],
  ['triggers', 'Triggers on these tables fire'],
] as const;

/** Writes what differs back into its rows, after a rehearsal. */
export function ImportArchive(props: ImportArchiveProps) {
  const { environment, path, passphrase, comparison, importing } = props;
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const differs = writable(comparison, 'differs');
  const unopened = writable(comparison, 'unopened') + writable(comparison, 'foreign');
  const missing = writable(comparison, 'valueMissing');
  const toWrite =
    differs +
    (accepted.includes('unopened-rows') ? unopened : 0) +
    (accepted.includes('missing-values') ? missing : 0);
  const { outcome, running } = importing;
  const done = outcome?.ok ? outcome.value : undefined;
  const isWritten = done !== undefined && !done.rehearsal;

  const take = (code: string, on: boolean) =>
    setAccepted((before) => (on ? [...before, code] : before.filter((one) => one !== code)));
  const start = (rehearse: boolean) =>
    void importing.start({
      environment: environment.id,
      path,
      passphrase,
      rehearse,
      accepted: [...accepted],
    });

  if (differs + unopened + missing === 0) {
    const words =
      comparison.differing === 0
        ? 'There is nothing to write back.'
        : 'None of these differences can be written back.';
    return <p className={styles.quiet}>{words}</p>;
  }
  return (
    <section className={styles.detail} aria-label="Write credentials back">
      <h3 className={styles.heading}>Write credentials back</h3>
      <p className={styles.quiet}>
        Only what differs and what you choose here is written, encrypted with the key in use, in one
        transaction that is compared before it is committed. Stop {environment.application.name} first.
      </p>
      {unopened > 0 && (
        <Switch
          label={`Overwrite ${counted(unopened, 'value')} not encrypted with this key, or not in the column’s format`}
          checked={accepted.includes('unopened-rows')}
          disabled={running}
          onChange={(event) => take('unopened-rows', event.currentTarget.checked)}
        />
      )}
      {missing > 0 && (
        <Switch
          label={`Write back ${counted(missing, 'value')} missing from existing rows`}
          checked={accepted.includes('missing-values')}
          disabled={running}
          onChange={(event) => take('missing-values', event.currentTarget.checked)}
        />
      )}
      {takings.map(([code, label]) => (
        <Switch
          key={code}
          label={label}
          checked={accepted.includes(code)}
          disabled={running}
          onChange={(event) => take(code, event.currentTarget.checked)}
        />
      ))}
      {done && (
        <Notice
          live
          tone={done.rehearsal ? 'info' : 'good'}
          title={
            done.rehearsal
              ? `Rehearsed and rolled back: ${counted(done.values, 'credential')} would be written.`
              : `${counted(done.values, 'credential')} written back, compared and committed.`
          }
          remedy={`Writers ${done.rehearsal ? 'would wait' : 'waited'} ${formatDuration(done.lockMs)}. ${stillDiffer(done)}`.trimEnd()}
        />
      )}
      {!isWritten && (
        <div className={styles.actions}>
          <Button variant="default" disabled={running || toWrite === 0} onClick={() => start(true)}>
            Rehearse
          </Button>
          <Button disabled={running || toWrite === 0} onClick={() => start(false)}>
            Write credentials back
          </Button>
        </div>
      )}
    </section>
  );
}

function stillDiffer({ remaining, rehearsal }: ArchiveImport): string {
  if (remaining === 0) return '';
  return rehearsal
    ? `${counted(remaining, 'credential')} would still differ from the archive.`
    : `${counted(remaining, 'credential still differs', 'credentials still differ')} from the archive: compare again to see which.`;
}
