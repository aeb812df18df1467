import type { EnvironmentCard } from '#contract/environments';
import type { KeyMemory } from '#contract/key-ring';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../components/layout/card.tsx';
import { Facts } from '../../components/layout/facts.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { formatMoment } from '../../components/format.ts';
import { KeyStateBadge, keyStateInWords } from '../../components/marks/key-state.tsx';
import { RevealHold } from '../../components/secrets/reveal-hold.tsx';
import { CopyKey } from './copy-key.tsx';
import { dumpsInWords, placeOf } from '../../components/dump-text.ts';
import styles from './key.module.css';
import { placeInWords, usedInWords } from './key-table.tsx';

export interface KeyDetailProps {
  readonly environment: EnvironmentCard;
  readonly entry: KeyEntry;
  readonly hasActive: boolean;
  /** Absent until it was read. */
  readonly memory: KeyMemory | undefined;
}

/** One key: what its state means, its dates and proofs, and the ways to see it. */
export function KeyDetail({ environment, entry, hasActive, memory }: KeyDetailProps) {
  const { fingerprint, state, createdAt, proofs } = entry;
  const last = proofs.at(-1);
  return (
    <Card
      title={<Fingerprint value={fingerprint} />}
      aside={<KeyStateBadge state={state} origin={entry.origin} hasActive={hasActive} />}
    >
      <div className={styles.detail}>
        <p>{keyStateInWords(state, { waits: environment.pendingKey === fingerprint, hasActive })}</p>
        <Facts
          facts={[
            { name: 'Added', value: formatMoment(createdAt) },
            { name: 'In use', value: usedInWords(entry) },
            ...(memory ? [{ name: 'Decrypts dumps', value: dumpsInWords(memory.opens) }] : []),
            {
              name: 'Backup tested',
              value: last
                ? `${formatMoment(last.provenAt)}, from ${last.location}`
                : 'never restored from a backup',
            },
            ...(state === 'destroyed'
              ? []
              : [
                  { name: 'Stored in', value: memory ? placeOf(memory) : placeInWords(environment.keyPlace) },
                ]),
            ...(memory?.destroyedAt ? [{ name: 'Destroyed', value: formatMoment(memory.destroyedAt) }] : []),
          ]}
        />
        {state !== 'destroyed' && (
          <>
            <RevealHold key={fingerprint} environment={environment.id} fingerprint={fingerprint} />
            <div className={styles.actions}>
              <CopyKey key={fingerprint} environment={environment} fingerprint={fingerprint} />
            </div>
          </>
        )}
      </div>
    </Card>
  );
}
