import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EncryptedColumn } from '#contract/inventory';
import type { Failure } from '#contract/shapes';
import { Card } from '../../../components/layout/card.tsx';
import { withCorrected, withEntries } from '../../../components/census-text.ts';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { OperationProgress } from '../../../components/notices/operation-progress.tsx';
import { RelativeTime } from '../../../components/marks/relative-time.tsx';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { useClient } from '../../../use-client.ts';
import { Exclusions } from '../findings/exclusions.tsx';
import { findingsInWords, groupFindings } from '../findings/finding-groups.ts';
import { FindingList, PassedFindings } from '../findings/finding-list.tsx';
import { SampledNotice, SampledSwitch } from '../findings/sampled.tsx';
import { Guarded } from '../guarded.tsx';
import { missingFor } from '../status.ts';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

/** Step 3: everything that could make the rotation fail or do harm. */
export function StepPreflight({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, inventory, request, taken, acceptFinding, show, reload } = wizard;
  const { preflight, rehearsal, sampled, setSampled } = wizard;
  const client = useClient();
  const [added, setAdded] = useState(0);
  const [adding, setAdding] = useState(false);
  const [trouble, setTrouble] = useState<Failure>();
  const missing = missingFor('preflight', state, taken);
  if (missing) return <Guarded wizard={wizard} step="preflight" missing={missing} />;

  const run = (excluded = inventory.excluded, samples = sampled) => {
    // what was found is read before the wizard goes on
    show('preflight');
    void preflight.start({ ...request, excluded: [...excluded], sampled: samples });
  };
  const chooseSamples = (on: boolean) => {
    setSampled(on);
    // what was found in the other way is not what the switch says
    if (known) run(inventory.excluded, on);
  };
  const add = async (entries: readonly EncryptedColumn[], corrects: boolean) => {
    setAdding(true);
    const result = await client.call('inventory.write', {
      environment: environment.id,
      columns: (corrects ? withCorrected : withEntries)(inventory.columns, entries),
      excluded: [...inventory.excluded],
    });
    setTrouble(result.ok ? undefined : result.error);
    if (result.ok) {
      await reload();
      setAdded((count) => count + 1);
      run();
    }
    setAdding(false);
  };
  const known = preflight.running ? undefined : state.preflight;
  const failed = preflight.outcome?.ok === false ? preflight.outcome.error : undefined;
  const groups = known && groupFindings(known.findings, taken);
  const blocked = !groups || groups.stops.length > 0;
  const suspects = (known?.findings ?? []).flatMap(({ column }) => column ?? []);
  const rowsUnopened = rehearsal.outcome?.ok === false && rehearsal.outcome.error.code === 'rows-unopened';
  const rehearse = () => {
    preflight.forget();
    show('rehearsal');
  };

  const samples = <SampledSwitch on={sampled} disabled={preflight.running} onChange={chooseSamples} />;
  const decisions = {
    inventory: inventory.columns,
    taken,
    onAccept: acceptFinding,
    adding,
    onAdd: (entries: readonly EncryptedColumn[], corrects: boolean) => void add(entries, corrects),
    environment,
    onProven: () => run(),
  };
  const again = <Button onClick={() => run()}>{known ? 'Check again' : 'Run preflight'}</Button>;
  return (
    <WizardFrame
      wizard={wizard}
      step="preflight"
      // the button that was pressed is gone
      part={added > 0 ? `added ${added}` : ''}
      footer={
        <FooterBar
          status={
            groups ? (
              <>
                {findingsInWords(groups)}; {known.sampled ? 'sampled' : 'checked'}{' '}
                <RelativeTime at={known.at} />
              </>
            ) : preflight.running ? (
              'Checking; nothing is written'
            ) : (
              'Preflight is read-only'
            )
          }
          {...(!preflight.running && groups && blocked && { primary: again })}
          {...(!preflight.running && !groups && { primary: again })}
          {...(!blocked && {
            secondary: (
              <Button variant="default" onClick={() => run()}>
                Check again
              </Button>
            ),
            primary: <Button onClick={rehearse}>Continue to the rehearsal</Button>,
          })}
        />
      }
    >
      {preflight.progress && (
        <OperationProgress title="Preflight" progress={preflight.progress} onCancel={preflight.cancel} />
      )}
      {failed && <FailureNotice failure={failed} environment={environment} onRetry={() => run()} />}
      {trouble && <FailureNotice failure={trouble} environment={environment} />}
      {!known && !preflight.running && !failed && (
        <Card title="What preflight checks">
          <p>
            Whether the old key decrypts every column in the inventory, who else is connected, what the role
            may do, whether rows are hidden from it, triggers and partitions. It then reads every cell that
            the role may read, or samples of each table, for values encrypted with the old key that the
            inventory does not cover. It changes nothing and takes no lock.
          </p>
          {samples}
        </Card>
      )}
      {groups && (
        <>
          <SampledNotice sampled={known?.sampled} />
          <FindingList title="Blockers" tone="stop" findings={groups.stops} {...decisions} />
          <Exclusions
            wizard={wizard}
            suspects={
              rowsUnopened ? inventory.columns.map(({ table, column }) => `${table}.${column}`) : suspects
            }
            onChanged={run}
          />
          <FindingList title="Accepted risks" tone="warn" findings={groups.accepted} {...decisions} />
          <FindingList title="Warnings" tone="warn" findings={groups.warnings} {...decisions} />
          <PassedFindings findings={groups.passed} />
          <Card title="Scope">{samples}</Card>
        </>
      )}
    </WizardFrame>
  );
}
