import { Button } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import type { FilePurpose } from '#contract/app';
import { useClient } from '../../use-client.ts';
import styles from './file-field.module.css';
import { asSentence } from '../format.ts';
import { Icon } from '../marks/icon.tsx';

export interface FileFieldProps {
  readonly label: string;
  readonly purpose: FilePurpose;
  /** The path, as the native dialog named it; only such paths are accepted. */
  readonly value: string | undefined;
  readonly onChange: (path: string) => void;
  /** Makes the file one that can be left out again. */
  readonly onClear?: () => void;
  readonly description?: ReactNode;
  readonly suggestedName?: string;
  /** Fingerprint of the key that is to be written there, which the dialog names. */
  readonly writes?: string | undefined;
  readonly disabled?: boolean;
}

/** A file that is chosen in the native dialog. */
export function FileField(props: FileFieldProps) {
  const {
    label,
    purpose,
    value,
    onChange,
    onClear,
    description,
    suggestedName,
    writes,
    disabled = false,
  } = props;
  const client = useClient();
  const id = useId();
  const [trouble, setTrouble] = useState<string>();

  const choose = async () => {
    const result = await client.call('files.choose', {
      purpose,
      ...(suggestedName !== undefined && { suggestedName }),
      ...(writes !== undefined && { fingerprint: writes }),
    });
    setTrouble(result.ok ? undefined : asSentence(result.error.message));
    if (result.ok && result.value.path !== undefined) onChange(result.value.path);
  };

  return (
    <div className={styles.field}>
      <span id={id} className={styles.label}>
        {label}
      </span>
      {description !== undefined && <span className={styles.description}>{description}</span>}
      <div className={styles.row}>
        <span className={styles.path} data-chosen={value !== undefined}>
          <Icon name="file" size={15} />
          <span className={styles.text} title={value}>
            <bdi>{value ?? 'No file chosen'}</bdi>
          </span>
        </span>
        {onClear && value !== undefined && (
          <Button variant="default" disabled={disabled} aria-label={`Remove: ${label}`} onClick={onClear}>
            Remove
          </Button>
        )}
        <Button
          id={`${id}-choose`}
          variant="default"
          disabled={disabled}
          // several of these may be on one screen
          aria-labelledby={`${id}-choose ${id}`}
          onClick={() => void choose()}
        >
          {purpose.startsWith('save') ? 'Choose location…' : 'Choose…'}
        </Button>
      </div>
      <span role="status" className={styles.trouble}>
        {trouble}
      </span>
    </div>
  );
}
