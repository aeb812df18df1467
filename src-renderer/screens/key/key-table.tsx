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
  readonly place: 'keychain' | 'sealed-file';
  readonly selected: string | undefined;
  readonly onSelect: (fingerprint: string) => void;
}

/** The key ring: every key that this environment has or had. */
export function KeyTable({ keys, place, selected, onSelect }: KeyTableProps) {
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
        { key: 'state', head: 'State', cell: ({ state }) => <KeyStateBadge state={state} /> },
        { key: 'created', head: 'In the ring since', cell: ({ createdAt }) => formatDay(createdAt) },
        {
          key: 'used',
          head: 'In use',
          cell: ({ activatedAt, retiredAt }) => (
            <span className={styles.used}>{usedInWords(activatedAt, retiredAt)}</span>
          ),
        },
        {
          key: 'proven',
          head: 'Backup proven',
          cell: ({ proofs }) => {
            const last = proofs.at(-1);
            return last ? <RelativeTime at={last.provenAt} /> : 'never';
          },
        },
        {
          key: 'where',
          head: 'Kept in',
          cell: ({ state }) => (state === 'destroyed' ? 'nowhere' : placeInWords(place)),
        },
      ]}
    />
  );
}

/** Like `since 3 Oct 2025`, `3 Oct 2025 to 24 Nov 2026`, `not yet`. */
export function usedInWords(activatedAt: string | undefined, retiredAt: string | undefined): string {
  if (activatedAt === undefined) return 'not yet';
  if (retiredAt === undefined) return `since ${formatDay(activatedAt)}`;
  return `${formatDay(activatedAt)} to ${formatDay(retiredAt)}`;
}

export function placeInWords(place: 'keychain' | 'sealed-file'): string {
  return place === 'keychain' ? 'keychain' : 'sealed file';
}
