import { Radio } from '@mantine/core';
import { useState } from 'react';
import type { Failure } from '#contract/shapes';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { FileField } from '../../components/fields/file-field.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { useClient } from '../../use-client.ts';
import styles from './connect.module.css';
import type { SourceProps } from './source-props.ts';
import { AddressNotes } from './address-notes.tsx';
import { chosenIn, type Found } from './connection-draft.ts';

/** Addresses that a file holds. Passwords in it stay in the main process. */
export function FileSource({ draft, onChange }: SourceProps) {
  const client = useClient();
  const [failure, setFailure] = useState<Failure>();
  const { file, found, chosen } = draft;

  const read = async (path: string) => {
    const result = await client.call('connection.import', { path });
    setFailure(result.ok ? undefined : result.error);
    const first = result.ok && result.value.length === 1 ? result.value[0] : undefined;
    // more may have been typed while the file was read
    onChange(({ chosen: _, ...before }) => ({
      ...before,
      file: path,
      found: result.ok ? result.value : [],
      ...(first && { chosen: first.imported }),
    }));
  };

  return (
    <>
      <FileField
        label="File"
        description="The application’s .env, a .pgpass file or a pg_service.conf file."
        purpose="open-connection"
        value={file}
        onChange={(path) => void read(path)}
      />
      {failure && <FailureNotice failure={failure} />}
      {!failure && file !== undefined && found.length === 0 && (
        <Notice
          live
          tone="warn"
          title="This file contains no database connection."
          remedy="Choose another file, or paste a URL."
        />
      )}
      {found.length > 0 && (
        <Radio.Group
          label={found.length === 1 ? 'Found' : `Found ${found.length}, choose one`}
          value={chosen ?? null}
          onChange={(imported) => onChange({ ...draft, chosen: imported })}
        >
          <div className={styles.choices}>
            {found.map((one) => (
              <Radio key={one.imported} value={one.imported} label={addressOf(one)} description={one.from} />
            ))}
          </div>
        </Radio.Group>
      )}
      <AddressNotes notes={chosenIn(draft)?.notes ?? []} />
    </>
  );
}

function addressOf({ address: { user, host, port, database }, hasPassword }: Found) {
  return (
    <>
      <code>
        {user}@{host.includes(':') ? `[${host}]` : host}:{port}/{database}
      </code>
      {hasPassword ? ', with a password' : ', without a password'}
    </>
  );
}
