import { Input, Radio } from '@mantine/core';
import type { KeyEntry } from '#contract/keys';
import { Fingerprint } from '../../../components/marks/fingerprint.tsx';
import { KeyStateBadge } from '../../../components/marks/key-state.tsx';
import styles from '../backup.module.css';

export interface WhichKeyProps {
  readonly candidates: readonly KeyEntry[];
  readonly value: string;
  readonly onChange: (fingerprint: string) => void;
}

/** The key that goes into the backup: a choice where there are several, said where there is one. */
export function WhichKey({ candidates, value, onChange }: WhichKeyProps) {
  const [only] = candidates;
  if (candidates.length === 1 && only) {
    return (
      <Input.Wrapper label="Which key" labelElement="div" description={proofInWords(only)}>
        <p className={styles.only}>
          <KeyName entry={only} />
        </p>
      </Input.Wrapper>
    );
  }
  return (
    <Radio.Group label="Which key" value={value} onChange={onChange}>
      <div className={styles.choices}>
        {candidates.map((entry) => (
          <Radio
            key={entry.fingerprint}
            value={entry.fingerprint}
            label={<KeyName entry={entry} />}
            description={proofInWords(entry)}
          />
        ))}
      </div>
    </Radio.Group>
  );
}

function KeyName({ entry: { fingerprint, state } }: { readonly entry: KeyEntry }) {
  return (
    <>
      <Fingerprint value={fingerprint} copyable={false} /> <KeyStateBadge state={state} />
    </>
  );
}

function proofInWords({ proofs }: KeyEntry): string {
  return proofs.length === 0 ? 'No tested backup' : 'Has a tested backup';
}
