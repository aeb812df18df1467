import { CopyButton } from '../secrets/copy-button.tsx';
import styles from './fingerprint.module.css';

export interface FingerprintProps {
  readonly value: string;
  /** False inside a sentence or a row that is a target itself. */
  readonly copyable?: boolean;
}

/** The short id of a key, safe to show and to read out; it can be copied. */
export function Fingerprint({ value, copyable = true }: FingerprintProps) {
  return (
    <span className={styles.fingerprint}>
      <code>{value}</code>
      {copyable && <CopyButton text={value} what={`the fingerprint ${value}`} />}
    </span>
  );
}
