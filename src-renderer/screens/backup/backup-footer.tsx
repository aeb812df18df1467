import { Button } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyEntry } from '#contract/keys';
import { givenOf } from '../../components/fields/given-artefact.ts';
import { FooterBar } from '../../components/layout/screen.tsx';
import { BackupNext } from './backup-next.tsx';
import { drillFormId } from './drill/drill-backup.tsx';
import { makeFormId } from './make/make-backup.tsx';
import { type MakeDraft, newArtefactOf } from './make/new-artefact.ts';
import type { BackupWork } from './use-backup-work.ts';

export interface BackupFooterProps {
  readonly environment: EnvironmentCard;
  readonly candidates: readonly KeyEntry[];
  readonly work: BackupWork;
  readonly draft: MakeDraft;
  readonly hasList: boolean;
  readonly onMake: () => void;
}

/** What is missing before the next step, and the way to it. */
export function BackupFooter(props: BackupFooterProps) {
  const { environment, candidates, work, draft, hasList, onMake } = props;
  const { create, drill, mode, drilling, outcome, begin } = work;
  const back = hasList && (
    <Button variant="default" onClick={() => begin('list')}>
      Back to the list
    </Button>
  );
  if (create.running || drill.running) {
    return <FooterBar status="Encrypting and decrypting take about a second each, to slow down guessing" />;
  }
  if (mode === 'make') {
    const made = newArtefactOf(draft);
    const missing = 'missing' in made ? made.missing : undefined;
    return (
      <FooterBar
        status={missing ?? 'Next: a test restore (drill)'}
        secondary={
          back || (
            <Button variant="default" onClick={() => begin('drill')}>
              Test an existing backup
            </Button>
          )
        }
        primary={
          <Button type="submit" form={makeFormId} disabled={missing !== undefined}>
            Create backup
          </Button>
        }
      />
    );
  }
  if (mode === 'drill') {
    const hand = givenOf(drilling.hand);
    const missing = 'missing' in hand ? hand.missing : undefined;
    return (
      <FooterBar
        status={missing ?? 'The backup is only read'}
        secondary={
          back || (
            <Button variant="default" onClick={onMake}>
              Create a backup
            </Button>
          )
        }
        primary={
          <Button type="submit" form={drillFormId} disabled={missing !== undefined}>
            Test backup
          </Button>
        }
      />
    );
  }
  return (
    <BackupNext
      environment={environment}
      candidates={candidates}
      justProven={outcome?.result.result === 'correct' ? outcome.result.fingerprint : undefined}
      onMake={onMake}
    />
  );
}
