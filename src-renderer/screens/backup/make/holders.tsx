import { Button, Input, NativeSelect, TextInput } from '@mantine/core';
import { useId } from 'react';
import styles from '../backup.module.css';
import type { MakeDraft } from './new-artefact.ts';

export interface HoldersProps {
  readonly draft: MakeDraft;
  readonly onChange: (change: Partial<MakeDraft>) => void;
}

const maxHolders = 16;

/** Who gets a share each, and how many of them have to come together. */
export function Holders({ draft, onChange }: HoldersProps) {
  const { holders, threshold } = draft;
  const id = useId();
  const change = (next: readonly string[]) =>
    onChange({ holders: next, threshold: Math.min(threshold, next.length) });
  return (
    <div className={styles.group}>
      <Input.Label id={id} labelElement="div">
        Share holders
      </Input.Label>
      <div role="group" aria-labelledby={id} className={styles.holders}>
        {holders.map((name, at) => (
          // a place is what a share is
          <div key={`holder ${at + 1}`} className={styles.holder}>
            <TextInput
              aria-label={`Holder ${at + 1}`}
              placeholder={`Holder ${at + 1}`}
              maxLength={100}
              value={name}
              onChange={(event) => change(holders.with(at, event.currentTarget.value))}
            />
            <Button
              variant="default"
              disabled={holders.length <= 2}
              aria-label={`Remove holder ${at + 1}`}
              onClick={() => change(holders.toSpliced(at, 1))}
            >
              Remove
            </Button>
          </div>
        ))}
      </div>
      <div className={styles.inline}>
        <Button
          variant="default"
          disabled={holders.length >= maxHolders}
          onClick={() => change([...holders, ''])}
        >
          Add holder
        </Button>
      </div>
      <NativeSelect
        label="Shares needed to restore the key"
        description={`Fewer reveal nothing about the key. ${lossInWords(holders.length - threshold)}`}
        data={Array.from({ length: holders.length - 1 }, (_, at) => ({
          value: String(at + 2),
          label: `${at + 2} of ${holders.length}`,
        }))}
        value={String(threshold)}
        onChange={(event) => onChange({ threshold: Number(event.currentTarget.value) })}
      />
    </div>
  );
}

function lossInWords(spare: number): string {
  if (spare === 0) return 'No share may be lost.';
  return spare === 1 ? 'One share may be lost.' : `${spare} shares may be lost.`;
}
