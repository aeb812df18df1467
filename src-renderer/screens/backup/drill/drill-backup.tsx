import { NativeSelect } from '@mantine/core';
import type { FormEvent } from 'react';
import type { ApplicationInBrief } from '#contract/application';
import type { ArtefactName } from '#contract/backup';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../../components/layout/card.tsx';
import { Fingerprint } from '../../../components/marks/fingerprint.tsx';
import { type GivenDraft, givenOf } from '../../../components/fields/given-artefact.ts';
import { GivenArtefactFields } from '../../../components/fields/given-artefact-fields.tsx';
import styles from '../backup.module.css';

/** What is drilled. */
export interface DrillDraft {
  /** The key that it should give back. */
  readonly fingerprint: string;
  /** The one of the list that this is. */
  readonly artefact?: ArtefactName | undefined;
  readonly hand: GivenDraft;
}

export const drillFormId = 'drill-backup';

export interface DrillBackupProps {
  readonly application: ApplicationInBrief;
  readonly draft: DrillDraft;
  /** The keys that an artefact may hold. */
  readonly keys: readonly KeyEntry[];
  readonly onChange: (draft: DrillDraft) => void;
  readonly onSubmit: () => void;
}

const from = {
  file: 'this file and the passphrase',
  identity: 'this file and the identity',
  words: 'the words',
  'words-file': 'this file',
  shares: 'the shares',
  photo: 'the image and the passphrase',
} as const;

/** Restoring a key as if everything else were lost: from the artefact alone. */
export function DrillBackup({ application, draft, keys, onChange, onSubmit }: DrillBackupProps) {
  const { fingerprint, artefact, hand } = draft;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ('from' in givenOf(hand)) onSubmit();
  };
  return (
    <form id={drillFormId} onSubmit={submit}>
      <Card title="Test restore (drill)">
        <div className={styles.fields}>
          <p className={styles.quiet}>
            Keel restores the key from {from[hand.kind]} alone, then compares it with{' '}
            <Fingerprint value={fingerprint} copyable={false} />. {adviceFor(hand.kind)}
          </p>
          {artefact === undefined && keys.length > 1 && (
            <NativeSelect
              label="Key it should restore"
              data={keys.map(({ fingerprint: value, state }) => ({ value, label: `${value}, ${state}` }))}
              value={fingerprint}
              onChange={(event) => onChange({ ...draft, fingerprint: event.currentTarget.value })}
            />
          )}
          <GivenArtefactFields
            draft={hand}
            application={application}
            isSettled={artefact !== undefined}
            onChange={(change) => onChange({ ...draft, hand: { ...hand, ...change } })}
          />
        </div>
      </Card>
      <button type="submit" hidden />
    </form>
  );
}

function adviceFor(kind: GivenDraft['kind']): string {
  if (kind === 'shares') return 'Every share is tested, not only as many as a restore needs.';
  if (kind === 'words') return 'Type them from the paper; four letters of a word are enough.';
  return kind === 'file'
    ? 'Use the copy that you would rely on, and enter the passphrase from where you keep it.'
    : 'Use the copy that you would rely on.';
}
