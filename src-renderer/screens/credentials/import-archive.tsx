import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { ArchiveComparison } from '#contract/credentials';
import type { EnvironmentCard } from '#contract/environments';
import { ConfirmByTyping, isConfirmed } from '../../components/confirm-by-typing.tsx';
import { formatCounted, formatDuration } from '../../components/format.ts';
import { Notice } from '../../components/notice.tsx';
import type { Operation } from '../../use-operation.ts';
import { sumOf } from './comparison.ts';
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
  ['other-database', 'The archive was made of another database, or of this one under another name'],
  ['triggers', 'Triggers on these tables fire'],
] as const;

/** Writes what differs back into its rows, after a rehearsal and the environment's name. */
export function ImportArchive(props: ImportArchiveProps) {
  const { environment, path, passphrase, comparison, importing } = props;
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState('');
  const { columns } = comparison;
  const unopened = sumOf(columns, 'unopened');
  const overUnopened = accepted.includes('unopened-rows');
  const toWrite = sumOf(columns, 'differs') + (overUnopened ? unopened : 0);
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
      confirmation: typed,
    });

  if (sumOf(columns, 'differs') + unopened === 0) {
    return <p className={styles.quiet}>There is nothing to write back.</p>;
  }
  return (
    <section className={styles.detail} aria-label="Write it back">
      <h3 className={styles.heading}>Write it back</h3>
      <p className={styles.quiet}>
        Only what differs is written, under the key in use, in one transaction that is compared before it is
        committed. Stop Ballast first.
      </p>
      {unopened > 0 && (
        <Switch
          label={`Write over ${formatCounted(unopened, 'value')} that open under no key now`}
          checked={overUnopened}
          disabled={running}
          onChange={(event) => take('unopened-rows', event.currentTarget.checked)}
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
              ? `Rehearsed and rolled back: ${formatCounted(done.values, 'credential')} would be written.`
              : `${formatCounted(done.values, 'credential')} written back, compared and committed.`
          }
          remedy={`Writers ${done.rehearsal ? 'would wait' : 'waited'} ${formatDuration(done.lockMs)}.`}
        />
      )}
      {!isWritten && (
        <>
          <ConfirmByTyping
            phrase={environment.name}
            value={typed}
            disabled={running}
            purpose={`write ${formatCounted(toWrite, 'credential')} back`}
            onChange={setTyped}
          />
          <div className={styles.actions}>
            <Button variant="default" disabled={running || toWrite === 0} onClick={() => start(true)}>
              Rehearse
            </Button>
            <Button
              disabled={running || toWrite === 0 || !isConfirmed(environment.name, typed)}
              onClick={() => start(false)}
            >
              Write it back
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
