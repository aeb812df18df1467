import { Button } from '@mantine/core';
import { Card } from '../../../components/layout/card.tsx';
import { Facts } from '../../../components/layout/facts.tsx';
import { Fingerprint } from '../../../components/marks/fingerprint.tsx';
import { KeyAge } from '../../../components/marks/key-age.tsx';
import { RelativeTime } from '../../../components/marks/relative-time.tsx';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { useCall } from '../../../use-call.ts';
import { Guarded } from '../guarded.tsx';
import { missingFor } from '../status.ts';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

/** Step 1: a new key waits in the key ring. */
export function StepKey({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, taken, show } = wizard;
  const keys = useCall('keys.list', { environment: environment.id });
  const missing = missingFor('key', state, taken);
  if (missing) return <Guarded wizard={wizard} step="key" missing={missing} />;
  const entryOf = (fingerprint: string | undefined) =>
    keys.value?.find((entry) => entry.fingerprint === fingerprint);
  const [from, to] = [entryOf(state.from), entryOf(state.to)];
  return (
    <WizardFrame
      wizard={wizard}
      step="key"
      footer={
        <FooterBar
          status="The new key is in the key ring"
          primary={<Button onClick={() => show('backup')}>Continue to the backup</Button>}
        />
      }
    >
      <Card title="Keys of this rotation">
        <Facts
          facts={[
            {
              name: 'Old key',
              value: (
                <>
                  {state.from && <Fingerprint value={state.from} />}
                  {from && <KeyAge {...from} adopted={from.origin !== 'generated'} />}
                </>
              ),
            },
            {
              name: 'New key',
              value: (
                <>
                  {state.to && <Fingerprint value={state.to} />}
                  {to && (
                    <>
                      generated <RelativeTime at={to.createdAt} />
                    </>
                  )}
                </>
              ),
            },
            {
              name: 'Stored',
              value:
                environment.keyPlace === 'keychain'
                  ? 'both in the keychain'
                  : 'both in the encrypted key file',
            },
          ]}
        />
      </Card>
    </WizardFrame>
  );
}
