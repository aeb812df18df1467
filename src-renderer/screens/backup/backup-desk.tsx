import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../components/card.tsx';
import { Columns } from '../../components/columns.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Notice } from '../../components/notice.tsx';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { FooterBar, Screen } from '../../components/screen.tsx';
import { useOperation } from '../../use-operation.ts';
import { ArtefactTable } from './artefact-table.tsx';
import { artefactsOf, keysToBackUp, mostInNeed } from './artefacts.ts';
import { BackupNext } from './backup-next.tsx';
import { DrillBackup, type DrillDraft, drillFormId, missingInDrill } from './drill-backup.tsx';
import { DrillOutcome } from './drill-outcome.tsx';
import { fileName } from './drill-words.ts';
import { type BackupDraft, MakeBackup, makeFormId, missingInBackup } from './make-backup.tsx';
import { WithoutKeel } from './without-keel.tsx';

type Mode = 'list' | 'make' | 'drill';

export interface BackupDeskProps {
  readonly environment: EnvironmentCard;
  readonly keys: readonly KeyEntry[];
}

/** Making a backup leads straight to its drill; only a drill that gave the key back puts it on the list. */
export function BackupDesk({ environment, keys }: BackupDeskProps) {
  const { id } = environment;
  const create = useOperation('backup.create', id);
  const drill = useOperation('backup.drill', id);
  const artefacts = artefactsOf(keys);
  const candidates = keysToBackUp(keys, environment.pendingKey);
  const [mode, setMode] = useState<Mode>(artefacts.length === 0 && candidates.length > 0 ? 'make' : 'list');
  const [draft, setDraft] = useState<BackupDraft>(() => emptyBackup(candidates));
  const [drilling, setDrilling] = useState<DrillDraft>({ fingerprint: draft.fingerprint, passphrase: '' });
  const [made, setMade] = useState<string>();

  const begin = (next: Mode) => {
    create.forget();
    drill.forget();
    setMade(undefined);
    setMode(next);
  };

  const make = async () => {
    const { fingerprint, path, passphrase } = draft;
    if (path === undefined) return;
    const result = await create.start({
      environment: id,
      fingerprint,
      artefact: { form: 'passphrase', path, passphrase },
    });
    if (!result.ok) return;
    // the passphrase is typed anew for the drill: that it was typed right is part of what is proven
    setDraft(emptyBackup(candidates));
    setDrilling({ fingerprint, path, passphrase: '' });
    setMade(path);
    setMode('drill');
  };

  const run = async () => {
    const { fingerprint, path, passphrase } = drilling;
    if (path === undefined) return;
    const result = await drill.start({
      environment: id,
      fingerprint,
      from: { from: 'file', path, passphrase },
    });
    setDrilling((before) => ({ ...before, passphrase: '' }));
    if (result.ok && result.value.result === 'correct') setMode('list');
  };

  const busy = create.running || drill.running;
  const outcome = drill.outcome?.ok === true ? drill.outcome.value : undefined;
  const missing = mode === 'make' ? missingInBackup(draft) : missingInDrill(drilling);
  const back = artefacts.length > 0 && (
    <Button variant="default" onClick={() => begin('list')}>
      Back to the list
    </Button>
  );

  const footer = busy ? (
    <FooterBar status="Sealing and opening take about a second each, so that guessing is slow" />
  ) : mode === 'make' ? (
    <FooterBar
      status={missing ?? 'Next: the drill that proves it'}
      secondary={
        <>
          {back}
          <Button variant="default" onClick={() => begin('drill')}>
            Drill a file that exists
          </Button>
        </>
      }
      primary={
        <Button type="submit" form={makeFormId} disabled={missing !== undefined}>
          Make the backup
        </Button>
      }
    />
  ) : mode === 'drill' ? (
    <FooterBar
      status={missing ?? 'The file is only read'}
      secondary={
        back || (
          <Button variant="default" onClick={() => begin('make')}>
            Make a backup
          </Button>
        )
      }
      primary={
        <Button type="submit" form={drillFormId} disabled={missing !== undefined}>
          Drill it now
        </Button>
      }
    />
  ) : (
    <BackupNext
      environment={environment}
      candidates={candidates}
      justProven={outcome?.result === 'correct' ? outcome.fingerprint : undefined}
      onMake={() => {
        setDraft(emptyBackup(candidates));
        begin('make');
      }}
    />
  );

  return (
    <Screen
      title="Backups"
      subtitle="A backup counts once a drill has restored the key from it."
      step={busy ? 'working' : mode}
      footer={footer}
    >
      {create.progress && <OperationProgress title="Making the backup" progress={create.progress} />}
      {drill.progress && (
        <OperationProgress title="Restoring the key from the file" progress={drill.progress} />
      )}
      {create.outcome?.ok === false && (
        <FailureNotice failure={create.outcome.error} environment={environment} />
      )}
      {drill.outcome?.ok === false && (
        <FailureNotice failure={drill.outcome.error} environment={environment} />
      )}
      {outcome && !busy && drilling.path !== undefined && (
        <DrillOutcome result={outcome} path={drilling.path} />
      )}
      {mode === 'drill' && !outcome && !busy && made !== undefined && (
        <Notice
          live
          tone="info"
          title={`${fileName(made)} is written, and not proven yet.`}
          remedy="Drill it now: type the passphrase again, from where you will keep it."
        />
      )}
      {!busy && mode === 'list' && (
        <Card title="Proven backups" padded={false}>
          <ArtefactTable
            artefacts={artefacts}
            onDrill={({ fingerprint, location }) => {
              begin('drill');
              setDrilling({ fingerprint, path: location, passphrase: '' });
            }}
          />
        </Card>
      )}
      {!busy && mode === 'list' && <WithoutKeel file={artefacts[0]?.location} />}
      {!busy && mode !== 'list' && (
        <Columns>
          {mode === 'make' ? (
            <MakeBackup
              environment={environment}
              candidates={candidates}
              draft={draft}
              onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
              onSubmit={() => void make()}
            />
          ) : (
            <DrillBackup
              draft={drilling}
              keys={keys.filter(({ state }) => state !== 'destroyed')}
              onChange={(change) => setDrilling((before) => ({ ...before, ...change }))}
              onSubmit={() => void run()}
            />
          )}
          <WithoutKeel file={mode === 'make' ? draft.path : drilling.path} />
        </Columns>
      )}
    </Screen>
  );
}

function emptyBackup(candidates: readonly KeyEntry[]): BackupDraft {
  return { fingerprint: mostInNeed(candidates)?.fingerprint ?? '', passphrase: '', again: '' };
}
