import { Button, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { Steps } from '../../components/layout/steps.tsx';
import { steps, type StepId } from './status.ts';
import type { Wizard } from './use-wizard.ts';

export interface WizardFrameProps {
  readonly wizard: Wizard;
  readonly step: StepId;
  /** Within a step, like `running`: another one moves the focus to the heading. */
  readonly part?: string;
  readonly footer: ReactNode;
  readonly children: ReactNode;
}

/** What all steps share: the heading with both keys, and where the wizard stands. */
export function WizardFrame({ wizard, step, part = '', footer, children }: WizardFrameProps) {
  const { state, status, rotation, show } = wizard;
  const place = steps.findIndex(({ id }) => id === step);
  // while rows are being rewritten there is nowhere else to be in the wizard
  const free = !rotation.running;
  const again = state.last !== undefined && state.to !== undefined && step !== 'cutover';
  return (
    <Screen
      title={
        <>
          Rotate the key
          <VisuallyHidden>
            step {place + 1} of {steps.length}: {steps[place]?.title}
          </VisuallyHidden>
        </>
      }
      subtitle={<Keys wizard={wizard} />}
      step={`${step} ${part}`}
      {...(again &&
        state.canUndo && {
          actions: (
            <Button variant="default" size="xs" onClick={() => show('undo')}>
              Undo the last rotation
            </Button>
          ),
        })}
      footer={footer}
    >
      <Steps
        label="Steps of the rotation"
        steps={steps}
        current={step}
        done={status.done}
        canGo={() => free}
        onGo={(id) => show(id as StepId)}
      />
      {children}
    </Screen>
  );
}

function Keys({ wizard }: { readonly wizard: Wizard }) {
  const { from, to, backupProven, last } = wizard.state;
  const { keyPlace } = wizard.environment;
  const held = keyPlace === 'keychain' ? 'in the keychain' : 'in the encrypted key file';
  if (from && to)
    return (
      <>
        From <Fingerprint value={from} copyable={false} /> to <Fingerprint value={to} copyable={false} />,
        which is {held} and{' '}
        {backupProven ? 'was restored from a backup' : 'has not been restored from a backup yet'}
      </>
    );
  if (last && last.to === from)
    return (
      <>
        From <Fingerprint value={last.from} copyable={false} /> to{' '}
        <Fingerprint value={last.to} copyable={false} />, which is the active key now
      </>
    );
  if (from)
    return (
      <>
        The active key is <Fingerprint value={from} copyable={false} />
      </>
    );
  return <>Rotates the columns in the inventory from the old key to a new one, in one transaction</>;
}
