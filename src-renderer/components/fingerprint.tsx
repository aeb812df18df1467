import { useEffect, useState } from 'react';
import { useClient } from '../use-client.ts';
import styles from './fingerprint.module.css';
import { Icon } from './icon.tsx';

export interface FingerprintProps {
  readonly value: string;
  /** False inside a sentence or a row that is a target itself. */
  readonly copyable?: boolean;
}

/** The short id of a key, safe to show and to read out; it can be copied. */
export function Fingerprint({ value, copyable = true }: FingerprintProps) {
  const client = useClient();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    const result = await client.call('clipboard.write', { text: value });
    setCopied(result.ok);
  };

  return (
    <span className={styles.fingerprint}>
      <code>{value}</code>
      {copyable && (
        <button
          type="button"
          className={styles.copy}
          aria-label={`Copy the fingerprint ${value}`}
          title="Copy the fingerprint"
          onClick={() => void copy()}
        >
          <Icon name={copied ? 'done' : 'copy'} size={13} />
        </button>
      )}
      <span className={styles.said} role="status">
        {copied ? 'Copied' : ''}
      </span>
    </span>
  );
}
