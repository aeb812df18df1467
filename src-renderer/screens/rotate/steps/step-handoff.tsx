import { Button } from '@mantine/core';
import { Notice } from '../../../components/notices/notice.tsx';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { useNavigation } from '../../../navigation.tsx';
import { Guarded } from '../guarded.tsx';
import { missingFor } from '../status.ts';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

/** Step 7: the hand-off has a screen of its own. */
export function StepHandoff({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, taken } = wizard;
  const { go } = useNavigation();
  const application = environment.application.name;
  const { last, from, to } = state;
  const rotated = !to && last?.to === from;
  const missing = rotated ? undefined : missingFor('handoff', state, taken);
  if (missing) return <Guarded wizard={wizard} step="handoff" missing={missing} />;
  const which = last?.purpose === 'undo' ? 'restored' : 'new';
  return (
    <WizardFrame
      wizard={wizard}
      step="handoff"
      footer={
        <FooterBar
          primary={<Button onClick={() => go('handoff', environment.id)}>Open the hand-off</Button>}
        />
      }
    >
      <Notice
        tone={last?.handedOff ? 'good' : 'info'}
        title={
          last?.handedOff
            ? `${application} has the ${which} key.`
            : `${application} does not have the ${which} key yet.`
        }
      >
        {last?.confirmed
          ? 'A sweep of the database confirmed the rotation.'
          : `The hand-off writes it to where ${application} reads it, and then sweeps for rows encrypted with the old key.`}
      </Notice>
    </WizardFrame>
  );
}
