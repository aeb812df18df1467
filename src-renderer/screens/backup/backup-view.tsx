import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../components/layout/card.tsx';
import { Columns } from '../../components/layout/columns.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { fileName } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { ArtefactTable } from './artefact-table.tsx';
import { artefactInUse, artefactsOf, handFor, keysToBackUp, mostInNeed } from './artefacts.ts';
import { BackupFooter } from './backup-footer.tsx';
import { DrillBackup } from './drill/drill-backup.tsx';
import { DrillOutcome } from './drill/drill-outcome.tsx';
import { MakeBackup } from './make/make-backup.tsx';
import { emptyBackup, type MakeDraft } from './make/new-artefact.ts';
import { useBackupWork } from './use-backup-work.ts';
import { WithoutKeel } from './without-keel.tsx';

export interface BackupViewProps {
  readonly environment: EnvironmentCard;
  readonly keys: readonly KeyEntry[];
}

/** Making a backup leads straight to its drill; only a drill that gave the key back counts it as proven. */
export function BackupView({ environment, keys }: BackupViewProps) {
  const artefacts = artefactsOf(keys);
  const candidates = keysToBackUp(keys, environment.pendingKey);
  const fresh = () => emptyBackup(mostInNeed(candidates)?.fingerprint ?? '');
  const [draft, setDraft] = useState<MakeDraft>(fresh);
  const change = useCallback(
    (part: Partial<MakeDraft>) => setDraft((before) => ({ ...before, ...part })),
    [],
  );
  const work = useBackupWork(environment.id, {
    begin: artefacts.length === 0 && candidates.length > 0 ? 'make' : 'list',
    fingerprint: draft.fingerprint,
  });
  const { create, drill, mode, drilling, made, outcome } = work;
  const inUse = artefactInUse(artefacts);
  const first = inUse && handFor(inUse);
  const busy = create.running || drill.running;
  const holders = artefacts.find(
    ({ artefact, location }) =>
      artefact === drilling.artefact?.artefact && location === drilling.artefact.location,
  )?.made?.holders;

  return (
    <Screen
      title="Backups"
      subtitle="A backup counts only after a test restore (drill)."
      step={busy ? 'working' : mode}
      actions={
        !busy &&
        mode === 'list' && (
          <Button variant="default" onClick={() => work.begin('drill')}>
            Test another backup…
          </Button>
        )
      }
      footer={
        <BackupFooter
          environment={environment}
          candidates={candidates}
          work={work}
          draft={draft}
          hasList={artefacts.length > 0}
          onMake={() => {
            setDraft(fresh());
            work.begin('make');
          }}
        />
      }
    >
      {create.progress && <OperationProgress title="Creating the backup" progress={create.progress} />}
      {drill.progress && <OperationProgress title="Restoring the key" progress={drill.progress} />}
      {create.outcome?.ok === false && (
        <FailureNotice failure={create.outcome.error} environment={environment} />
      )}
      {drill.outcome?.ok === false && (
        <FailureNotice failure={drill.outcome.error} environment={environment} />
      )}
      {outcome && !busy && <DrillOutcome result={outcome.result} what={outcome.what} holders={holders} />}
      {mode === 'drill' && !outcome && !busy && made !== undefined && (
        <Notice
          live
          tone="info"
          title={
            made.artefact.artefact === 'shares'
              ? `${counted(made.files.length, 'share')} were written, but are not tested yet.`
              : made.files.length === 1
                ? `${fileName(made.artefact.location)} was written, but is not tested yet.`
                : 'The words are on paper, but not tested yet.'
          }
          remedy={nextAfter(drilling.hand.kind)}
        />
      )}
      {!busy && mode === 'list' && (
        <>
          <Card title="Backups of this environment’s keys" padded={false}>
            <ArtefactTable artefacts={artefacts} onDrill={work.drillAgain} />
          </Card>
          {first && <WithoutKeel kind={first.kind} file={first.path} application={environment.application} />}
        </>
      )}
      {!busy && mode === 'make' && (
        <MakeBackup
          environment={environment}
          candidates={candidates}
          draft={draft}
          onChange={change}
          onSubmit={() => void work.make(draft)}
        />
      )}
      {!busy && mode === 'drill' && (
        <Columns>
          <DrillBackup
            application={environment.application}
            draft={drilling}
            keys={keys.filter(({ state }) => state !== 'destroyed')}
            onChange={work.setDrilling}
            onSubmit={() => void work.run()}
          />
          <WithoutKeel
            kind={drilling.hand.kind}
            file={drilling.hand.path}
            application={environment.application}
          />
        </Columns>
      )}
    </Screen>
  );
}

function nextAfter(kind: string): string {
  if (kind === 'words') return 'Test it now: type the words from the paper.';
  if (kind === 'photo')
    return 'Print it, write down the passphrase, and test a photo or scan of the printout.';
  if (kind === 'file') return 'Test it now: enter the passphrase from where you will keep it.';
  return 'Test it now: Keel restores the key from the new backup alone.';
}
