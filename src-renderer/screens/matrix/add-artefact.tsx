import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { emptyHand, givenOf, withoutSecrets } from '../../components/fields/given-artefact.ts';
import { GivenArtefactFields } from '../../components/fields/given-artefact-fields.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { useOperation } from '../../use-operation.ts';
import styles from './matrix.module.css';

export interface AddProps {
  readonly environment: EnvironmentCard;
  readonly onAdded: () => void;
  readonly onCancel: () => void;
}

/** Restores a key from an artefact and makes it a row. */
export function AddArtefact({ environment, onAdded, onCancel }: AddProps) {
  const adding = useOperation('matrix.addArtefact', environment.id);
  const [hand, setHand] = useState(emptyHand);
  const filled = givenOf(hand);

  const add = async (event: FormEvent) => {
    event.preventDefault();
    if ('missing' in filled) return;
    const result = await adding.start({ environment: environment.id, from: filled.from });
    setHand(withoutSecrets);
    if (!result.ok) return;
    adding.forget();
    onAdded();
  };

  return (
    <Card title="Add a backup">
      <form className={styles.fields} onSubmit={(event) => void add(event)}>
        <p>
          The key restored from it is kept in memory as a row until you remove it or Keel locks. The key ring
          does not change.
        </p>
        <GivenArtefactFields
          draft={hand}
          onChange={(change) => setHand((before) => ({ ...before, ...change }))}
        />
        {adding.progress && <OperationProgress title="Restoring the key" progress={adding.progress} />}
        {adding.outcome?.ok === false && (
          <FailureNotice failure={adding.outcome.error} environment={environment} />
        )}
        <div className={styles.actions}>
          <Button type="submit" loading={adding.running} disabled={'missing' in filled}>
            Restore the key
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      </form>
    </Card>
  );
}
