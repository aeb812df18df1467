import { Button } from '@mantine/core';
import { useState } from 'react';
import { counted } from '#shared/counted';
import { Card } from '../../../components/layout/card.tsx';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../../components/marks/fingerprint.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import { OutOfReach } from '../../../components/notices/out-of-reach.tsx';
import { OperationProgress } from '../../../components/notices/operation-progress.tsx';
import { FooterBar, Screen } from '../../../components/layout/screen.tsx';
import { useNavigation } from '../../../navigation.tsx';
import { useOperation } from '../../../use-operation.ts';
import { isOutcomeOpen } from '../run/open-outcome.ts';
import { PhaseList } from '../run/phase-list.tsx';
import { openStatus, RecoverButton } from './recover-button.tsx';
import { RunChart } from '../run/run-chart.tsx';
import { RunTable } from '../run/run-table.tsx';
import { RunTiles } from '../run/run-tiles.tsx';
import { UndroppedNotice } from '../run/undropped-notice.tsx';
import { AcceptFailure } from '../findings/accept-failure.tsx';
import type { Wizard } from '../use-wizard.ts';

/** Back to the key before: rehearsed first, then agreed to in Keel's own dialog. */
export function UndoView({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, rotation, undo, show } = wizard;
  const { go } = useNavigation();
  const [taken, setTaken] = useState<readonly string[]>([]);
  const sweep = useOperation('rotation.sweep', environment.id);
  const { last } = state;
  const { progress, outcome } = undo;
  const failure = outcome?.ok === false ? outcome.error : undefined;
  const open = failure !== undefined && isOutcomeOpen(failure);
  const result = outcome?.ok ? outcome.value : undefined;
  const rehearsed = result?.rehearsal === true;
  const undone = result !== undefined && !rehearsed;

  const start = (rehearse: boolean) => {
    if (!rehearse) sweep.forget();
    void undo.start({
      environment: environment.id,
      accepted: [...taken],
      rehearse,
    });
  };
  const leave = () => {
    rotation.forget();
    undo.forget();
    show(undefined);
  };

  const back = (
    <Button variant="default" onClick={leave}>
      {undone ? 'Back to Rotate' : 'Cancel'}
    </Button>
  );
  const primary = open ? (
    <RecoverButton wizard={wizard} />
  ) : undone ? (
    <Button
      onClick={() => {
        leave();
        go('handoff', environment.id);
      }}
    >
      Hand off the key
    </Button>
  ) : rehearsed ? (
    <Button onClick={() => start(false)}>Undo the rotation</Button>
  ) : (
    <Button disabled={!state.canUndo} onClick={() => start(true)}>
      Rehearse the undo
    </Button>
  );
  return (
    <Screen
      title="Undo the rotation"
      subtitle={
        last &&
        (undone ? (
          <>
            Encrypted with <Fingerprint value={last.to} copyable={false} /> again
          </>
        ) : (
          <>
            From <Fingerprint value={last.to} copyable={false} /> back to{' '}
            <Fingerprint value={last.from} copyable={false} />
          </>
        ))
      }
      step={undone ? 'undone' : rehearsed ? 'rehearsed' : ''}
      footer={
        <FooterBar
          status={
            undone
              ? 'Committed'
              : undo.running
                ? 'Nothing changes until the commit'
                : open
                  ? openStatus
                  : 'Nothing has changed'
          }
          {...(!undo.running && { secondary: back, primary })}
        />
      }
    >
      {progress && (
        <>
          <OperationProgress title="Undoing the rotation" progress={progress} onCancel={undo.cancel} />
          <PhaseList step={progress.step} />
        </>
      )}
      {failure && (
        <>
          <FailureNotice
            failure={failure}
            environment={environment}
            {...(!open && { onRetry: () => start(true) })}
          />
          <AcceptFailure
            failure={failure}
            accepted={taken}
            onAccept={(code, on) =>
              setTaken([...taken.filter((other) => other !== code), ...(on ? [code] : [])])
            }
          />
        </>
      )}
      {!progress && !result && !failure && (
        <Card title="What an undo does">
          <p>
            An undo rotates the same columns back to the previous key. Decrypting and re-encrypting preserves
            their credentials, including those written since. It is rehearsed first. Afterwards,{' '}
            {environment.application.name} needs the old key again.
          </p>
        </Card>
      )}
      {undone && (
        <Notice
          live
          tone="good"
          title={`Undone: ${counted(result.rows, 'row')} ${result.rows === 1 ? 'is' : 'are'} encrypted with the previous key again.`}
        >
          Give {environment.application.name} that key before you start it. The other key stays in the key
          ring as retired.
        </Notice>
      )}
      {result && (
        <>
          <RunTiles result={result} under="the new key" />
          <RunChart result={result} />
          <RunTable result={result} />
          <UndroppedNotice undropped={result.undropped} />
          <OutOfReach reach={result.beyondReach} />
        </>
      )}
    </Screen>
  );
}
