import type { ReactNode } from 'react';
import styles from './tick-box.module.css';

export interface TickBoxProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  /** Some of what it stands for is ticked. */
  readonly mixed?: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** The system's own box: a thousand of them in a table are no burden. */
export function TickBox({ label, checked, mixed = false, disabled = false, onChange }: TickBoxProps) {
  return (
    <label className={styles.tick}>
      <input
        type="checkbox"
        ref={(box) => {
          if (box) box.indeterminate = mixed;
        }}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
