import { Button, Group } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ApiKeyList } from '#contract/api-keys';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { Dialog } from '../../components/layout/dialog.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { useClient } from '../../use-client.ts';
import styles from './api-keys.module.css';
import { emptyDraft, expiryOf, missingInDraft, scopeOf } from './new-key-draft.ts';
import { NewKeyFields } from './new-key-fields.tsx';

export interface CreateKeyProps {
  readonly environment: EnvironmentCard;
  readonly list: ApiKeyList;
  readonly onClose: () => void;
}

/** Asks what the key is for; the key itself is shown by what comes next. */
export function CreateKey({ environment, list, onClose }: CreateKeyProps) {
  const client = useClient();
  const { columns } = list.table;
  const [draft, setDraft] = useState(() => emptyDraft(list.needed));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const missing = missingInDraft(draft, columns, list.needed, Date.now());

  const create = async () => {
    const expiry = columns.expires === undefined ? {} : expiryOf(draft, Date.now());
    const scope = columns.scope === undefined ? undefined : scopeOf(draft);
    setBusy(true);
    const result = await client.call('apiKeys.create', {
      environment: environment.id,
      // where the table keeps no names, it is called by its beginning
      name: draft.name.trim() || 'API key',
      ...(scope !== undefined && { scope }),
      ...expiry,
      cost: Number(draft.cost),
      values: draft.values,
    });
    setBusy(false);
    if (result.ok) onClose();
    else setFailure(result.error);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === undefined && !busy) void create();
  };

  return (
    <Dialog onClose={onClose} title="Create an API key" size="lg" closeOnClickOutside={false}>
      <form className={styles.fields} onSubmit={submit}>
        <p className={styles.quiet}>
          Keel generates it from 32 random bytes and writes its hash to {list.table.schema}.{list.table.table}
          . The key is shown once, right afterwards.
        </p>
        <NewKeyFields
          withScope
          draft={draft}
          columns={columns}
          needed={list.needed}
          onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
        />
        {failure && (
          <FailureNotice failure={failure} environment={environment} onRetry={() => void create()} />
        )}
        <Group justify="flex-end" gap="xs">
          <span className={styles.small} role="status">
            {missing}
          </span>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={missing !== undefined}>
            Create the key
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
