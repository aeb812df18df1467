import { Button } from '@mantine/core';
import { useId, useRef, useState } from 'react';
import { counted } from '#shared/counted';
import { useClient } from '../../use-client.ts';
import { asSentence, fileName } from '../format.ts';
import { Icon } from '../marks/icon.tsx';
import type { ShareDraft } from './given-artefact.ts';
import styles from './share-fields.module.css';

export interface ShareFieldsProps {
  readonly shares: readonly ShareDraft[];
  readonly onChange: (shares: readonly ShareDraft[]) => void;
}

/** The shares of a set: files, several at once, or words that are typed or pasted. */
export function ShareFields({ shares, onChange }: ShareFieldsProps) {
  const client = useClient();
  const id = useId();
  const next = useRef(0);
  const [trouble, setTrouble] = useState<string>();

  const newId = () => {
    next.current += 1;
    return `${id} ${next.current}`;
  };

  const choose = async () => {
    const result = await client.call('files.chooseSeveral', { purpose: 'open-shares' });
    setTrouble(result.ok ? undefined : asSentence(result.error.message));
    if (!result.ok) return;
    const known = shares.flatMap((share) => ('path' in share ? [share.path] : []));
    const added = result.value.paths.filter((path) => !known.includes(path));
    onChange([...shares, ...added.map((path) => ({ id: newId(), path }))]);
  };

  return (
    <div className={styles.shares}>
      <ul className={styles.list} aria-label="Shares added">
        {shares.map((share, at) => (
          <li key={share.id} className={styles.share}>
            {'path' in share ? (
              <span className={styles.file} title={share.path}>
                <Icon name="file" size={15} />
                <span>{fileName(share.path)}</span>
              </span>
            ) : (
              <textarea
                className={styles.typed}
                aria-label={`Words of share ${at + 1}`}
                placeholder="33 words"
                rows={3}
                autoComplete="off"
                spellCheck={false}
                value={share.text}
                onChange={({ currentTarget: { value: text } }) =>
                  onChange(shares.map((one) => (one.id === share.id ? { id: share.id, text } : one)))
                }
              />
            )}
            <Button
              variant="default"
              size="xs"
              aria-label={`Remove share ${at + 1}`}
              onClick={() => onChange(shares.filter((one) => one.id !== share.id))}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <div className={styles.add}>
        <Button variant="default" onClick={() => void choose()}>
          Add share files…
        </Button>
        <Button variant="default" onClick={() => onChange([...shares, { id: newId(), text: '' }])}>
          Enter a share
        </Button>
        <span className={styles.count}>
          {shares.length === 0 ? 'None yet' : counted(shares.length, 'share')}
        </span>
      </div>
      <span role="status" className={styles.trouble}>
        {trouble}
      </span>
    </div>
  );
}
