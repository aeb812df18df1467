import { PasswordInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import styles from './passphrase-field.module.css';
import { judgePassphrase, type PassphraseStrength } from './passphrase-strength.ts';

export interface PassphraseFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  /** It is being chosen: says how strong it is. */
  readonly fresh?: boolean;
  /** What is said of it instead of the quick guess. */
  readonly judgement?: PassphraseStrength;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
}

/** Where a password or passphrase is typed: it can be shown, and Caps Lock is reported. */
export function PassphraseField(props: PassphraseFieldProps) {
  const { label, value, onChange, description, error, fresh = false, judgement, autoFocus, disabled } = props;
  const [capsLock, setCapsLock] = useState(false);
  const watch = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));
  const strength = fresh && value !== '' ? (judgement ?? judgePassphrase(value)) : undefined;

  return (
    <div>
      <PasswordInput
        label={label}
        description={description}
        error={error}
        value={value}
        disabled={disabled ?? false}
        data-autofocus={autoFocus || undefined}
        autoFocus={autoFocus ?? false}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={watch}
        onKeyUp={watch}
        onBlur={() => setCapsLock(false)}
      />
      <p className={styles.hint} role="status">
        {capsLock && <span data-tone="warn">Caps Lock is on. </span>}
        {strength && <span data-tone={strength.tone}>{strength.words}.</span>}
      </p>
    </div>
  );
}
