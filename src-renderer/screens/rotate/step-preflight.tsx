import { Button } from '@mantine/core';
import { Card } from '../../components/card.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { FooterBar } from '../../components/screen.tsx';
import { Exclusions } from './exclusions.tsx';
import { findingsInWords, groupFindings } from './finding-groups.ts';
import { FindingList, PassedFindings } from './finding-list.tsx';
import { Guarded } from './guarded.tsx';
import { missingFor } from './standing.ts';
import type { Wizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';

/** Step 3: everything that could make the rotation fail or do harm. */
export function StepPreflight({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, inventory, accepted, takeOn, show, preflight, rehearsal } = wizard;
  const missing = missingFor('preflight', state, accepted);
  if (missing) return <Guarded wizard={wizard} step="preflight" missing={missing} />;

  const run = (excluded = inventory.excluded) => {
    // what was found is read before the wizard goes on
    show('preflight');
    void preflight.start({ environment: environment.id, excluded: [...excluded], accepted: [...accepted] });
  };
  const known = preflight.running ? undefined : state.preflight;
  const failed = preflight.outcome?.ok === false ? preflight.outcome.error : undefined;
  const groups = known && groupFindings(known.findings, accepted);
  const blocked = !groups || groups.stops.length > 0;
  const suspects = (known?.findings ?? []).flatMap(({ column }) => column ?? []);
  const rowsUnopened = rehearsal.outcome?.ok === false && rehearsal.outcome.error.code === 'rows-unopened';
  const rehearse = () => {
    preflight.forget();
    show('rehearsal');
  };

  const again = <Button onClick={() => run()}>{known ? 'Look again' : 'Run preflight'}</Button>;
  return (
    <WizardFrame
      wizard={wizard}
      step="preflight"
      footer={
        <FooterBar
          status={
            groups ? (
              <>
                {findingsInWords(groups)}; looked <RelativeTime at={known.at} />
              </>
            ) : preflight.running ? (
              'Looking; nothing is written'
            ) : (
              'Preflight only reads'
            )
          }
          {...(!preflight.running && groups && blocked && { primary: again })}
          {...(!preflight.running && !groups && { primary: again })}
          {...(!blocked && {
            secondary: (
              <Button variant="default" onClick={() => run()}>
                Look again
              </Button>
            ),
            primary: <Button onClick={rehearse}>Go on to the rehearsal</Button>,
          })}
        />
      }
    >
      {preflight.progress && (
        <OperationProgress title="Preflight" progress={preflight.progress} onCancel={preflight.cancel} />
      )}
      {failed && <FailureNotice failure={failed} environment={environment} onRetry={() => run()} />}
      {!known && !preflight.running && !failed && (
        <Card title="What preflight looks at">
          <p>
            Whether the old key opens every column, who else is connected, what the role may do, whether rows
            are hidden from it, triggers, partitions, and encrypted columns that nobody named. It changes
            nothing and takes no lock.
          </p>
        </Card>
      )}
      {groups && (
        <>
          <FindingList
            title="Stops"
            tone="stop"
            findings={groups.stops}
            accepted={accepted}
            onTakeOn={takeOn}
          />
          <Exclusions
            wizard={wizard}
            suspects={
              rowsUnopened ? inventory.columns.map(({ table, column }) => `${table}.${column}`) : suspects
            }
            onChanged={run}
          />
          <FindingList
            title="Taken on by you"
            tone="warn"
            findings={groups.takenOn}
            accepted={accepted}
            onTakeOn={takeOn}
          />
          <FindingList
            title="Warnings"
            tone="warn"
            findings={groups.warnings}
            accepted={accepted}
            onTakeOn={takeOn}
          />
          <PassedFindings findings={groups.passed} />
        </>
      )}
    </WizardFrame>
  );
}
