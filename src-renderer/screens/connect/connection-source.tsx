import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { Card } from '../../components/layout/card.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import styles from './connect.module.css';
import { chosenIn, type SourceKind } from './connection-draft.ts';
import { FileSource } from './file-source.tsx';
import { FormSource } from './form-source.tsx';
import type { SourceProps } from './source-props.ts';
import { UrlSource } from './url-source.tsx';

const sources: { readonly value: SourceKind; readonly label: string }[] = [
  { value: 'url', label: 'Paste a URL' },
  { value: 'file', label: 'Import from file' },
  { value: 'form', label: 'Enter manually' },
];

/** Whose database, which, by one of three ways, and its password. */
export function ConnectionSource({
  draft,
  onChange,
  children,
}: SourceProps & { readonly children: ReactNode }) {
  const kept = draft.source === 'file' && chosenIn(draft)?.hasPassword === true;
  return (
    <Card title="Database connection">
      <div className={styles.fields}>
        {children}
        <SegmentedControl
          fullWidth
          aria-label="How to specify the database"
          data={sources}
          value={draft.source}
          onChange={(source) => onChange({ ...draft, source: source as SourceKind })}
        />
        {draft.source === 'url' && <UrlSource draft={draft} onChange={onChange} />}
        {draft.source === 'file' && <FileSource draft={draft} onChange={onChange} />}
        {draft.source === 'form' && <FormSource draft={draft} onChange={onChange} />}
        <PassphraseField
          label="Database password"
          description={
            kept
              ? 'The file contains one. It is used unless you enter another here.'
              : 'Leave empty if the server needs none, or if it is in ~/.pgpass.'
          }
          value={draft.password}
          onChange={(password) => onChange({ ...draft, password })}
        />
      </div>
    </Card>
  );
}
