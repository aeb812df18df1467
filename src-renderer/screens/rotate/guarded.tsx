import { Button } from '@mantine/core';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import type { IconName } from '../../components/marks/icon-outlines.ts';
import { FooterBar } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import type { Missing, StepId } from './status.ts';
import type { Wizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';

export interface GuardedProps {
  readonly wizard: Wizard;
  readonly step: StepId;
  readonly missing: Missing;
}

/** A step that cannot be done yet: what is missing, and the way there. */
export function Guarded({ wizard, step, missing }: GuardedProps) {
  const { go } = useNavigation();
  const { what, label, where } = missing;
  const follow = () =>
    'screen' in where ? go(where.screen, wizard.environment.id) : wizard.show(where.step);
  return (
    <WizardFrame
      wizard={wizard}
      step={step}
      footer={
        <FooterBar
          status="This step is guarded until that is done"
          primary={<Button onClick={follow}>{label}</Button>}
        />
      }
    >
      <EmptyState icon={icons[step]} title={what}>
        {reasons[step]}
      </EmptyState>
    </WizardFrame>
  );
}

const icons: Readonly<Record<StepId, IconName>> = {
  key: 'key',
  backup: 'backup',
  preflight: 'search',
  rehearsal: 'rotate',
  review: 'prove',
  cutover: 'rotate',
  handoff: 'handoff',
};

/** Why a step is there at all. */
const reasons: Readonly<Record<StepId, string>> = {
  key: 'A rotation goes from a key that is proven on the database to a new one that Keel makes and keeps.',
  backup:
    'No row may depend on a key that could be lost. A backup counts once the key has been restored from it, and from nothing else.',
  preflight: 'Preflight checks what could make a rotation fail or do harm. It only reads.',
  rehearsal:
    'The rehearsal is the whole rotation, ended with a rollback. It gives the counts, the times and the lock.',
  review: 'The review says in plain sentences what the cutover will do, before you confirm it.',
  cutover:
    'The cutover rewrites the columns of the inventory in one transaction, and compares each value before it commits.',
  handoff: 'Once the database is under the new key, it is brought to where Ballast reads it.',
};
