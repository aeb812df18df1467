import { Button } from '@mantine/core';
import { counted } from '#shared/counted';
import { Card } from '../../../components/layout/card.tsx';
import { Facts } from '../../../components/layout/facts.tsx';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../../components/marks/fingerprint.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import { OperationProgress } from '../../../components/notices/operation-progress.tsx';
import { RelativeTime } from '../../../components/marks/relative-time.tsx';
import { FooterBar, Screen } from '../../../components/layout/screen.tsx';
import { StatusNotices } from './status-notices.tsx';
import { recoveredWords } from './recovered-text.ts';
import { UndroppedNotice } from '../run/undropped-notice.tsx';
import type { Wizard } from '../use-wizard.ts';

/** A rotation that did not come to its end is settled before anything else. */
export function RecoverView({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, recovery, rotation, undo, show } = wizard;
  const { progress, outcome } = recovery;
  const run = () => void recovery.start({ environment: environment.id });
  const failure = outcome?.ok === false ? outcome.error : undefined;
  const recovered = outcome?.ok ? outcome.value : undefined;
  const goOn = () => {
    // what these ended with is settled now
    rotation.forget();
    undo.forget();
    recovery.forget();
    show(undefined);
  };

  return (
    <Screen
      title="Recover a rotation"
      subtitle="Both keys are in the key ring, whatever the outcome"
      step={recovered ? 'recovered' : 'unsettled'}
      footer={
        <FooterBar
          status={recovered ? 'Resolved' : 'No other rotation can start until it is resolved'}
          {...(recovered && { primary: <Button onClick={goOn}>Continue</Button> })}
          {...(!recovered && !recovery.running && { primary: <Button onClick={run}>Recover</Button> })}
        />
      }
    >
      {failure && <FailureNotice failure={failure} environment={environment} onRetry={run} />}
      {progress && <OperationProgress title="Recovering" progress={progress} />}
      {!recovered && state.unsettled && (
        <Notice tone="stop" title="A rotation was interrupted.">
          Its last sign of activity was <RelativeTime at={state.unsettled.at} />. The database knows whether
          it was committed: Recover checks, finishes or closes the rotation accordingly, and drops what was
          left behind. It changes no credentials.
        </Notice>
      )}
      {recovered && (
        <>
          {recovered.outcomes.map((run) => {
            const { title, ofTheKey } = recoveredWords(run);
            return (
              <Notice key={run.id} live tone="good" title={title}>
                <Fingerprint value={run.rightKey} copyable={false} /> {ofTheKey}
              </Notice>
            );
          })}
          {recovered.outcomes.length === 0 && (
            <Notice tone="info" title="No unresolved rotation was found." />
          )}
          <StatusNotices recovered={recovered} />
          <UndroppedNotice undropped={recovered.undropped} />
          <Card title="Current state">
            <Facts
              facts={[
                {
                  name: 'Active key',
                  value: recovered.activeKey ? <Fingerprint value={recovered.activeKey} /> : 'none',
                },
                ...(recovered.verdict === undefined
                  ? []
                  : [
                      {
                        name: 'Decrypts',
                        value:
                          recovered.verdict === 'correct'
                            ? 'a sample of every column'
                            : 'only part of a sample; prove it to see which values',
                      },
                    ]),
                {
                  name: 'Left behind',
                  value: `${counted(recovered.dropped, 'staging table')} dropped`,
                },
              ]}
            />
          </Card>
        </>
      )}
    </Screen>
  );
}
