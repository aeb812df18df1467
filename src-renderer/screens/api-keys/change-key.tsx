import { Button, Group } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ApiKey, ApiKeyList } from '#contract/api-keys';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { Dialog } from '../../components/layout/dialog.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { formatAgo } from '../../components/format.ts';
import { useClient } from '../../use-client.ts';
import styles from './api-keys.module.css';
import { emptyDraft, expiryOf } from './new-key-draft.ts';
import { NewKeyFields } from './new-key-fields.tsx';

export interface ChangeKeyProps {
  readonly environment: EnvironmentCard;
  readonly list: ApiKeyList;
  readonly apiKey: ApiKey & { readonly id: string };
  readonly act: 'revoke' | 'replace';
  readonly onClose: () => void;
}

/** Revokes a key, or puts another in its place. */
export function ChangeKey({ environment, list, apiKey, act, onClose }: ChangeKeyProps) {
  const client = useClient();
  const { id, label, lastUsedAt } = apiKey;
  const { columns } = list.table;
  const [draft, setDraft] = useState(() => emptyDraft([], apiKey.name));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const expiry = columns.expires === undefined ? {} : expiryOf(draft, Date.now());
  const nameless = columns.name !== undefined && draft.name.trim() === '' && apiKey.name !== undefined;
  const ready = act === 'revoke' || (expiry !== undefined && !nameless);

  const change = async () => {
    const which = { environment: environment.id, id };
    setBusy(true);
    const result =
      act === 'revoke'
        ? await client.call('apiKeys.revoke', which)
        : await client.call('apiKeys.replace', {
            ...which,
            ...(draft.name.trim() !== '' && draft.name !== apiKey.name && { name: draft.name.trim() }),
            ...expiry,
            cost: Number(draft.cost),
            values: {},
          });
    setBusy(false);
    if (result.ok) onClose();
    else setFailure(result.error);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy) void change();
  };

  const use =
    lastUsedAt === undefined
      ? columns.lastUsed === undefined
        ? ''
        : 'It was never used.'
      : `It was last used ${formatAgo(lastUsedAt, Date.now())}.`;
  return (
    <Dialog
      onClose={onClose}
      title={act === 'revoke' ? `Revoke ${label}` : `Replace ${label}`}
      size="lg"
      closeOnClickOutside={false}
    >
      <form className={styles.fields} onSubmit={submit}>
        <p className={styles.quiet}>
          {act === 'revoke'
            ? 'Anyone who uses it loses access. Its row is kept and marked as revoked.'
            : 'Creates a new key with the same scope and revokes this one: both, or neither. Anyone who uses it needs the new key.'}{' '}
          {use}
        </p>
        {act === 'replace' && (
          <NewKeyFields
            withScope={false}
            draft={draft}
            columns={columns}
            needed={[]}
            onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
          />
        )}
        {failure && (
          <FailureNotice failure={failure} environment={environment} onRetry={() => void change()} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={!ready}>
            {act === 'revoke' ? 'Revoke the key' : 'Replace the key'}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
