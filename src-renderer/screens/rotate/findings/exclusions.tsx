import { Switch } from '@mantine/core';
import { useState } from 'react';
import type { EncryptedColumn } from '#contract/inventory';
import type { Failure } from '#contract/shapes';
import { Card } from '../../../components/layout/card.tsx';
import { columnKey } from '../../../components/column-text.ts';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { useClient } from '../../../use-client.ts';
import { excludableColumns, exclude, exclusionInWords, exclusionName } from './exclusion.ts';
import styles from './exclusions.module.css';
import type { Wizard } from '../use-wizard.ts';
import { namesPlace } from '#shared/names-place';

export interface ExclusionsProps {
  readonly wizard: Wizard;
  /** `table.column`s with values that open with no known key; they stand first. */
  readonly suspects: readonly string[];
  /** After a change: what was found out before is about another rotation. */
  readonly onChanged: (excluded: string[]) => void;
}

/** Columns whose foreign values are left as they are, by name. */
export function Exclusions({ wizard, suspects, onChanged }: ExclusionsProps) {
  const { environment, inventory, reload, preflight } = wizard;
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const { columns, excluded } = inventory;
  const isSuspect = (column: EncryptedColumn) => namesPlace(suspects, column);
  const shown = excludableColumns(columns).filter(
    (column) => isSuspect(column) || namesPlace(excluded, column),
  );
  if (shown.length === 0) return null;

  const change = async (column: EncryptedColumn, on: boolean) => {
    setBusy(true);
    const next = exclude(excluded, column, on, columns);
    const result = await client.call('inventory.write', {
      environment: environment.id,
      columns,
      excluded: next,
    });
    setFailure(result.ok ? undefined : result.error);
    if (result.ok) {
      await reload();
      onChanged(next);
    }
    setBusy(false);
  };

  return (
    <Card title="Rows that do not decrypt in their column’s format">
      <div className={styles.exclusions}>
        <p className={styles.words}>
          {environment.application.id === 'ballast' &&
            'Ballast encrypts personal sources with their users’ own keys. '}
          In the columns you exclude, values that the old key does not decrypt are left unchanged, byte for
          byte; everything else in the column is rotated.
        </p>
        {shown.map((column) => (
          <Switch
            key={columnKey(column)}
            label={<code>{exclusionInWords(exclusionName(column))}</code>}
            description="Leave values that no known key decrypts in this format unchanged"
            checked={namesPlace(excluded, column)}
            disabled={busy || preflight.running}
            onChange={(event) => void change(column, event.currentTarget.checked)}
          />
        ))}
        {failure && <FailureNotice failure={failure} environment={environment} />}
      </div>
    </Card>
  );
}
