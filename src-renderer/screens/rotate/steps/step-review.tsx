import { Button } from '@mantine/core';
import { useState } from 'react';
import { Card } from '../../../components/layout/card.tsx';
import { Fingerprint } from '../../../components/marks/fingerprint.tsx';
import { formatDuration } from '../../../components/format.ts';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { useOperation } from '../../../use-operation.ts';
import { DuringRotation } from './during-rotation.tsx';
import styles from './review.module.css';
import { reviewSentences } from './review-sentences.ts';
import { Guarded } from '../guarded.tsx';
import { missingFor } from '../status.ts';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

/** Step 5: what will happen. Keel asks before it does, in a dialog of its own. */
export function StepReview({ wizard }: { readonly wizard: Wizard }) {
  const { environment, state, inventory, request, taken, show, rotation } = wizard;
  const [beside, setBeside] = useState(false);
  const sweep = useOperation('rotation.sweep', environment.id);
  const missing = missingFor('review', state, taken);
  const { rehearsal, from, to } = state;
  if (missing || !rehearsal || !from || !to) {
    const what = missing ?? missingFor('handoff', state, taken);
    return what && <Guarded wizard={wizard} step="review" missing={what} />;
  }

  const rotate = () => {
    // others may have been let in on the rehearsal; for the cutover that is decided again
    const accepted = taken.accepted.filter((code) => code !== 'other-sessions');
    rotation.forget();
    // what an earlier sweep found is about an earlier rotation
    sweep.forget();
    show('cutover');
    void rotation.start({
      ...request,
      accepted: beside ? [...accepted, 'other-sessions'] : accepted,
    });
  };

  return (
    <WizardFrame
      wizard={wizard}
      step="review"
      footer={
        <FooterBar
          status={`Writers will wait about ${formatDuration(rehearsal.lockMs)}; it can be cancelled until the commit`}
          secondary={
            <Button variant="default" onClick={() => show('rehearsal')}>
              Back to the rehearsal
            </Button>
          }
          primary={<Button onClick={rotate}>Rotate the key</Button>}
        />
      }
    >
      <div className={styles.keys}>
        <div>
          <span>Old key, retired afterwards</span>
          <Fingerprint value={from} />
        </div>
        <span aria-hidden="true" className={styles.arrow}>
          →
        </span>
        <div>
          <span>New key, active afterwards</span>
          <Fingerprint value={to} />
        </div>
      </div>
      <Card title="What will happen">
        <ol className={styles.sentences}>
          {reviewSentences(rehearsal, inventory.excluded, taken.left).map(({ title, words }) => (
            <li key={title}>
              <strong>{title}.</strong> {words}
            </li>
          ))}
        </ol>
      </Card>
      <DuringRotation wizard={wizard} beside={beside} onBeside={setBeside} />
    </WizardFrame>
  );
}
