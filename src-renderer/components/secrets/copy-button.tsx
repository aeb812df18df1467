import { useEffect, useState } from 'react';
import { useClient } from '../../use-client.ts';
import styles from './copy-button.module.css';
import { Icon } from '../marks/icon.tsx';

export interface CopyButtonProps {
  /** No secret: it goes through the plain clipboard. */
  readonly text: string;
  /** What it is, for a screen reader, like `the command for systemd`. */
  readonly what: string;
}

/** Copies a text that is next to it, and says so for two seconds. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const client = useClient();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    const result = await client.call('clipboard.write', { text });
    setCopied(result.ok);
  };

  return (
    <>
      <button
        type="button"
        className={styles.copy}
        aria-label={`Copy ${what}`}
        title="Copy"
        onClick={() => void copy()}
      >
        <Icon name={copied ? 'done' : 'copy'} size={13} />
      </button>
      <span className={styles.said} role="status">
        {copied ? 'Copied' : ''}
      </span>
    </>
  );
}
