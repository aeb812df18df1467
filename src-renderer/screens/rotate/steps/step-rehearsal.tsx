import { Button } from '@mantine/core';
import { Card } from '../../../components/layout/card.tsx';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { asSentence } from '../../../components/format.ts';
import { Notice } from '../../../components/notices/notice.tsx';
import { OperationProgress } from '../../../components/notices/operation-progress.tsx';
import { RelativeTime } from '../../../components/marks/relative-time.tsx';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { SampledNotice } from '../findings/sampled.tsx';
import { connectedSessions, serverInWords } from '../findings/findings-said.ts';
import { Guarded } from '../guarded.tsx';
import { RunChart } from '../run/run-chart.tsx';
import { RunTable } from '../run/run-table.tsx';
import { RunTiles } from '../run/run-tiles.tsx';
import { UndroppedNotice } from '../run/undropped-notice.tsx';
import { missingFor } from '../status.ts';
import { AcceptFailure } from '../findings/accept-failure.tsx';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

/** Step 4: the whole rotation, ended with a rollback. */
export function StepRehearsal({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, request, taken, accept, show, rehearsal } = wizard;
  const missing = missingFor('rehearsal', state, taken);
  if (missing && !rehearsal.running) return <Guarded wizard={wizard} step="rehearsal" missing={missing} />;

  const run = () => {
    show('rehearsal');
    void rehearsal.start(request);
  };
  const { outcome, progress } = rehearsal;
  const failure = outcome?.ok === false ? outcome.error : undefined;
  const result = rehearsal.running || failure ? undefined : state.rehearsal;
  const sessions = result && connectedSessions(state.preflight?.findings ?? []);

  return (
    <WizardFrame
      wizard={wizard}
      step="rehearsal"
      part={result ? 'result' : ''}
      footer={
        <FooterBar
          status={
            result ? (
              <>
                Rehearsed <RelativeTime at={result.at} />
                {serverInWords(state.preflight?.findings ?? [], environment.transport)}
              </>
            ) : (
              'A rehearsal changes nothing'
            )
          }
          {...(result && {
            secondary: (
              <Button variant="default" onClick={run}>
                Rehearse again
              </Button>
            ),
            primary: <Button onClick={() => show('review')}>Review the rotation</Button>,
          })}
          {...(!result && !rehearsal.running && { primary: <Button onClick={run}>Rehearse</Button> })}
        />
      }
    >
      {progress && (
        <OperationProgress title="Rehearsing the rotation" progress={progress} onCancel={rehearsal.cancel} />
      )}
      {failure && (
        <>
          <FailureNotice
            failure={failure}
            environment={environment}
            {...(failure.code !== 'rows-unopened' && { onRetry: run })}
          />
          <AcceptFailure failure={failure} accepted={taken.accepted} onAccept={accept} />
          {failure.code === 'rows-unopened' && (
            <div>
              <Button variant="default" onClick={() => show('preflight')}>
                Choose what to exclude
              </Button>
            </div>
          )}
        </>
      )}
      {!result && !failure && !progress && (
        <Card title="What the rehearsal does">
          <p>
            It does everything that the rotation will do, on the real rows: re-encrypt, lock, write, read back
            and compare. Then it rolls back. Writers are blocked for as long as in the real run; readers are
            not.
          </p>
        </Card>
      )}
      {result && (
        <>
          <SampledNotice sampled={result.sampled} />
          <RunTiles result={result} />
          <RunChart result={result} />
          <RunTable result={result} />
          <UndroppedNotice undropped={result.undropped} />
        </>
      )}
      {sessions && (
        <Notice tone="warn" title={`${environment.application.name} is still connected.`}>
          {asSentence(sessions)} Stop it before the cutover, or it will write with the old key. Keel checks
          again at step 6.
        </Notice>
      )}
    </WizardFrame>
  );
}
