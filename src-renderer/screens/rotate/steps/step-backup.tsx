import { Button } from '@mantine/core';
import { artefactWords } from '../../../components/artefact-text.ts';
import { Card } from '../../../components/layout/card.tsx';
import { Facts } from '../../../components/layout/facts.tsx';
import { asSentence } from '../../../components/format.ts';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { RelativeTime } from '../../../components/marks/relative-time.tsx';
import { useNavigation } from '../../../navigation.tsx';
import { useCall } from '../../../use-call.ts';
import { Guarded } from '../guarded.tsx';
import { missingFor } from '../status.ts';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

/** Step 2: the new key was restored from a backup. */
export function StepBackup({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, taken, show } = wizard;
  const { go } = useNavigation();
  const keys = useCall('keys.list', { environment: environment.id });
  const missing = missingFor('backup', state, taken);
  if (missing) return <Guarded wizard={wizard} step="backup" missing={missing} />;
  const proofs = keys.value?.find(({ fingerprint }) => fingerprint === state.to)?.proofs ?? [];
  return (
    <WizardFrame
      wizard={wizard}
      step="backup"
      footer={
        <FooterBar
          status="The new key was restored from a backup"
          secondary={
            <Button variant="default" onClick={() => go('backup', environment.id)}>
              Open backups
            </Button>
          }
          primary={<Button onClick={() => show('preflight')}>Continue to preflight</Button>}
        />
      }
    >
      <Card title="Backups that restored the new key">
        <Facts
          facts={proofs.map(({ artefact, location, provenAt }, at) => ({
            name: `${asSentence(artefactWords[artefact]).replace(/\.$/, '')}${proofs.length > 1 ? ` ${at + 1}` : ''}`,
            value: (
              <>
                <code>{location}</code>, restored <RelativeTime at={provenAt} />
              </>
            ),
          }))}
        />
      </Card>
    </WizardFrame>
  );
}
