import { Button } from '@mantine/core';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { OperationProgress } from '../../../components/notices/operation-progress.tsx';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { Guarded } from '../guarded.tsx';
import { LastRotation } from '../run/last-rotation.tsx';
import { isOutcomeOpen } from '../run/open-outcome.ts';
import { PhaseList } from '../run/phase-list.tsx';
import { openStatus, RecoverButton } from '../recover/recover-button.tsx';
import { missingFor } from '../status.ts';
import { stopsToAccept } from '../findings/acceptance.ts';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

/** Step 6: the rotation itself, and what became of it. */
export function StepCutover({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, taken, show, rotation } = wizard;
  const { progress, outcome } = rotation;

  if (progress)
    return (
      <WizardFrame
        wizard={wizard}
        step="cutover"
        part="running"
        footer={
          <FooterBar
            status={
              progress.cancellable || progress.step === ''
                ? 'Nothing changes until the commit. Leaving this screen does not stop it.'
                : 'It can no longer be cancelled and is being completed'
            }
          />
        }
      >
        <OperationProgress title="Rotating the key" progress={progress} onCancel={rotation.cancel} />
        <PhaseList step={progress.step} />
      </WizardFrame>
    );

  if (outcome?.ok === false) {
    const { error } = outcome;
    const back = () => {
      rotation.forget();
      show(error.code === 'rows-unopened' ? 'preflight' : 'review');
    };
    const open = isOutcomeOpen(error);
    const connected = stopsToAccept(error).some(({ code }) => code === 'other-sessions');
    return (
      <WizardFrame
        wizard={wizard}
        step="cutover"
        part="failed"
        footer={
          <FooterBar
            status={open ? openStatus : 'Nothing was changed in the database'}
            primary={
              open ? (
                <RecoverButton wizard={wizard} />
              ) : (
                <Button onClick={back}>
                  {error.code === 'rows-unopened' ? 'Back to preflight' : 'Back to the review'}
                </Button>
              )
            }
          />
        }
      >
        <FailureNotice failure={error} environment={environment} />
        {connected && (
          <p>{environment.application.name} can continue with the old key; nothing needs to change there.</p>
        )}
      </WizardFrame>
    );
  }

  const { last, from, to } = state;
  if (outcome?.ok) {
    const { value } = outcome;
    // the state may be asked for a moment later
    const fresh = { ...value, purpose: 'rotate' as const, handedOff: false, confirmed: false, result: value };
    return <LastRotation wizard={wizard} last={last?.id === value.id ? last : fresh} />;
  }
  if (last?.purpose === 'rotate' && last.to === from && !to)
    return <LastRotation wizard={wizard} last={last} />;
  const missing = missingFor('cutover', state, taken);
  return missing && <Guarded wizard={wizard} step="cutover" missing={missing} />;
}
