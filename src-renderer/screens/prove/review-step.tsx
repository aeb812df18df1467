import { Button } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { counted } from '#shared/counted';
import type { EncryptedColumn } from '#contract/inventory';
import type { Discovery } from '#contract/rotation';
import type { Failure } from '#contract/shapes';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { DiscoveryReview } from './discovery-review.tsx';
import { reviewRows } from './review.ts';
import { useApplicationName } from '../../environment-here.ts';

export interface ReviewStepProps {
  readonly subtitle: ReactNode;
  readonly found: Discovery;
  readonly known: readonly EncryptedColumn[];
  readonly failure: Failure | undefined;
  readonly onSave: (columns: EncryptedColumn[]) => Promise<void>;
  /** Looks again without a key. */
  readonly onByLooks: () => void;
  readonly onLeave: () => void;
}

/** The admin judges what was found; what is ticked becomes the inventory. */
export function ReviewStep(props: ReviewStepProps) {
  const { subtitle, found, known, failure, onSave, onByLooks, onLeave } = props;
  const application = useApplicationName();
  const { go } = useNavigation();
  const rows = useMemo(() => reviewRows(found, known), [found, known]);
  const [taken, setTaken] = useState<ReadonlySet<string>>(() => new Set(rows.map(({ key }) => key)));
  const [busy, setBusy] = useState(false);
  const opensNothing =
    found.proposed.length === 0 && found.unresolved.length === 0 && found.unopened.length > 0;
  const nothing = rows.length === 0 && found.unresolved.length === 0 && !opensNothing;

  const take = (keys: readonly string[], isTaken: boolean) =>
    setTaken((before) => {
      const next = new Set(before);
      for (const key of keys) {
        if (isTaken) next.add(key);
        else next.delete(key);
      }
      return next;
    });

  const save = async () => {
    setBusy(true);
    await onSave(rows.filter(({ key }) => taken.has(key)).map(({ entry }) => entry));
    setBusy(false);
  };

  const footer = opensNothing ? (
    <FooterBar
      status="This key decrypts none of the sampled values that look encrypted"
      secondary={
        <Button variant="default" onClick={onByLooks}>
          List them anyway (unverified)
        </Button>
      }
      primary={<Button onClick={() => go('key')}>Use another key</Button>}
    />
  ) : (
    <FooterBar
      status={
        rows.length === 0
          ? 'No column can be added to the inventory yet'
          : taken.size === 0
            ? 'Select at least one column'
            : `${counted(taken.size, 'column')} selected`
      }
      secondary={
        <Button variant="default" onClick={onLeave}>
          Cancel
        </Button>
      }
      primary={
        <Button loading={busy} disabled={taken.size === 0} onClick={() => void save()}>
          Save and prove the key
        </Button>
      }
    />
  );

  return (
    <Screen
      title="Review the encrypted columns"
      subtitle={subtitle}
      step="review"
      footer={nothing ? undefined : footer}
    >
      {failure && <FailureNotice failure={failure} />}
      {opensNothing && (
        <Notice
          live
          tone="stop"
          title={
            found.unopened.length === 1
              ? 'In a sample, this key does not decrypt the one column that looks encrypted.'
              : `In samples, this key decrypts none of the ${found.unopened.length} columns that look encrypted.`
          }
          remedy={`It is most likely another deployment’s key, or one from before a rotation. Import the key that this ${application} uses.`}
        />
      )}
      {nothing && (
        <EmptyState
          icon="search"
          title="Nothing encrypted was found"
          actions={<Button onClick={onLeave}>Back</Button>}
        >
          In a sample of each table{found.skipped.length > 0 && ' except those listed below'}, no value looks
          like a ciphertext. {application} may not have stored a credential yet, the dump may not be loaded
          yet, or this is another database. To be sure, go back and check the whole database.
        </EmptyState>
      )}
      <DiscoveryReview rows={rows} found={found} taken={taken} onTake={take} />
    </Screen>
  );
}
