import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import { asSentence } from '../../components/format.ts';
import { Icon } from '../../components/marks/icon.tsx';
import { useClient } from '../../use-client.ts';
import styles from './posture.module.css';

export interface KeyFilesProps {
  readonly files: readonly string[];
  readonly onChange: (files: readonly string[]) => void;
}

/** The files in which the key may stand, each chosen in the native dialog. */
export function KeyFiles({ files, onChange }: KeyFilesProps) {
  const client = useClient();
  const id = useId();
  const [trouble, setTrouble] = useState('');

  const add = async () => {
    const result = await client.call('files.choose', { purpose: 'open-key-file' });
    setTrouble(result.ok ? '' : asSentence(result.error.message));
    const path = result.ok ? result.value.path : undefined;
    if (path !== undefined && !files.includes(path)) onChange([...files, path]);
  };

  return (
    <div className={styles.files} role="group" aria-labelledby={id}>
      <span id={id} className={styles.label}>
        Files that contain the key
      </span>
      <span className={styles.hint}>
        A .env, a compose file, a manifest: Keel checks who can read it, whether git tracks it, and which key
        is in it.
      </span>
      {files.length > 0 && (
        <ul className={styles.paths}>
          {files.map((path) => (
            <li key={path}>
              <Icon name="file" size={15} />
              <span className={styles.path} title={path}>
                <bdi>{path}</bdi>
              </span>
              <Button
                size="xs"
                variant="default"
                aria-label={`Remove ${path}`}
                onClick={() => onChange(files.filter((one) => one !== path))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <span>
        <Button variant="default" disabled={files.length >= 20} onClick={() => void add()}>
          Add a file…
        </Button>
      </span>
      <span role="status" className={styles.trouble}>
        {trouble}
      </span>
    </div>
  );
}
