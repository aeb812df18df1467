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
          status="This step is available once that is done"
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
  key: 'A rotation replaces a key that is proven against the database with a new one that Keel generates and stores.',
  backup:
    'No row may depend on a key that could be lost. A backup counts once the key has been restored from it alone.',
  preflight: 'Preflight checks for anything that could make a rotation fail or do harm. It is read-only.',
  rehearsal:
    'The rehearsal is the complete rotation, ended with a rollback. It shows the counts, the times and the lock.',
  review: 'The review explains what the cutover will do before you confirm it.',
  cutover:
    'The cutover rewrites the columns in the inventory in one transaction, and compares each value before it commits.',
  handoff:
    'Once the database is encrypted with the new key, the hand-off writes the key to where the application reads it.',
};
