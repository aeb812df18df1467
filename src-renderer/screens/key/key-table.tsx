import type { KeyEntry } from '#contract/keys';
import { DataTable } from '../../components/layout/data-table.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { formatDay } from '../../components/format.ts';
import { KeyStateBadge } from '../../components/marks/key-state.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import styles from './key.module.css';

export interface KeyTableProps {
  /** Newest first. */
  readonly keys: readonly KeyEntry[];
  readonly selected: string | undefined;
  readonly onSelect: (fingerprint: string) => void;
}

/** The key ring: every key that this environment has or had. */
export function KeyTable({ keys, selected, onSelect }: KeyTableProps) {
  const hasActive = keys.some(({ state }) => state === 'active');
  return (
    <DataTable
      caption="Keys of this environment"
      rows={keys}
      rowKey={({ fingerprint }) => fingerprint}
      onOpen={({ fingerprint }) => onSelect(fingerprint)}
      {...(selected !== undefined && { selected })}
      columns={[
        {
          key: 'fingerprint',
          head: 'Fingerprint',
          cell: ({ fingerprint }) => <Fingerprint value={fingerprint} copyable={false} />,
        },
        {
          key: 'state',
          head: 'State',
          cell: ({ state, origin }) => <KeyStateBadge state={state} origin={origin} hasActive={hasActive} />,
        },
        {
          key: 'created',
          head: 'Added',
          cell: ({ createdAt }) => <span className={styles.day}>{formatDay(createdAt)}</span>,
        },
        {
          key: 'used',
          head: 'In use',
          cell: (entry) => <span className={styles.used}>{usedInWords(entry)}</span>,
        },
        {
          key: 'proven',
          head: 'Backup tested',
          cell: ({ proofs }) => {
            const last = proofs.at(-1);
            return last ? <RelativeTime at={last.provenAt} /> : 'never';
          },
        },
      ]}
    />
  );
}

/**
 * Like `since 3 Oct 2025`, `3 Oct 2025 to 24 Nov 2026`, `not yet`. Of a key that was made elsewhere nobody knows since when, so like
 * `since before 3 Oct 2025`.
 */
export function usedInWords({
  origin,
  activatedAt,
  retiredAt,
}: Pick<KeyEntry, 'origin' | 'activatedAt' | 'retiredAt'>): string {
  if (activatedAt === undefined) return 'not yet';
  const from = origin === 'generated' ? formatDay(activatedAt) : `before ${formatDay(activatedAt)}`;
  return retiredAt === undefined ? `since ${from}` : `${from} to ${formatDay(retiredAt)}`;
}

export function placeInWords(place: 'keychain' | 'sealed-file'): string {
  return place === 'keychain' ? 'keychain' : 'encrypted key file';
}
