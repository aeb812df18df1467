import { PassphraseField } from './passphrase-field.tsx';
import type { PassphraseStrength } from './passphrase-strength.ts';
import styles from './new-passphrase.module.css';

export interface NewPassphraseProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly again: string;
  readonly onChange: (value: string, again: string) => void;
  readonly disabled?: boolean;
  /** What the main process says of it, instead of the quick guess. */
  readonly judgement?: PassphraseStrength;
}

/** A passphrase that is being chosen, typed twice: nobody can recover one that was mistyped. */
export function NewPassphrase(props: NewPassphraseProps) {
  const { label, description, value, again, onChange, disabled = false, judgement } = props;
  const differs = again !== '' && !value.startsWith(again) && value !== again;
  return (
    <div className={styles.pair}>
      <PassphraseField
        fresh
        label={label}
        description={description ?? 'Use at least five random words.'}
        value={value}
        disabled={disabled}
        {...(judgement && { judgement })}
        onChange={(text) => onChange(text, again)}
      />
      <PassphraseField
        label="Confirm passphrase"
        description="Catches typos."
        value={again}
        disabled={disabled}
        error={differs && 'The passphrases do not match'}
        onChange={(text) => onChange(value, text)}
      />
    </div>
  );
}
