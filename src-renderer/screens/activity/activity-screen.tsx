import { Button, SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import { actionText } from '#shared/action-text';
import { counted, formatCount } from '#shared/counted';
import type { ActivityEntry } from '#contract/app';
import type { EnvironmentCard } from '#contract/environments';
import { FilterField } from '../../components/fields/filter-field.tsx';
import { holdsWords } from '../../components/fields/holds-words.ts';
import { StateBadge, type Tone } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { asSentence, formatMoment } from '../../components/format.ts';
import { Loading } from '../../components/notices/loading.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useSession } from '../../session.tsx';
import { anyChange, useCall } from '../../use-call.ts';
import styles from './activity.module.css';
import { useExport } from './use-export.ts';

/** More than this nobody reads here: the export has all. */
const limit = 500;

type Shown = 'all' | ActivityEntry['outcome'];

const tones: Readonly<Record<ActivityEntry['outcome'], Tone>> = {
  done: 'good',
  failed: 'stop',
  refused: 'warn',
};

/** What was done, tried and refused, newest first, and whether the log is whole. */
export function ActivityScreen() {
  const { environments } = useSession();
  const [environment, setEnvironment] = useState<string | null>(null);
  const [shown, setShown] = useState<Shown>('all');
  const [typed, setTyped] = useState('');
  const activity = useCall(
    'activity.list',
    { limit, ...(environment !== null && { environment }) },
    { reloadOn: anyChange },
  );
  const exporting = useExport();
  const cards = environments.value ?? [];
  const entries = activity.value?.entries ?? [];
  const rows = entries.filter(
    (entry) => (shown === 'all' || entry.outcome === shown) && holdsWords(textOf(entry, cards), typed),
  );

  return (
    <Screen
      title="Activity"
      subtitle="What was done, attempted and refused, newest first. It never contains a secret."
      actions={
        <>
          <Select
            aria-label="Environment"
            className={styles.environment ?? ''}
            placeholder="All environments"
            clearable
            data={cards.map(({ id, name }) => ({ value: id, label: name }))}
            value={environment}
            onChange={setEnvironment}
          />
          <SegmentedControl
            aria-label="Outcome"
            value={shown}
            onChange={(value) => setShown(value as Shown)}
            data={[
              { value: 'all', label: 'All' },
              { value: 'done', label: 'Done' },
              { value: 'failed', label: 'Failed' },
              { value: 'refused', label: 'Refused' },
            ]}
          />
          <Button variant="default" onClick={() => void exporting.start(environment)}>
            Export…
          </Button>
        </>
      }
    >
      {activity.failure && (
        <FailureNotice failure={activity.failure} onRetry={() => void activity.reload()} />
      )}
      {exporting.failure && (
        <FailureNotice failure={exporting.failure} onRetry={() => void exporting.start(environment)} />
      )}
      {exporting.saved && (
        <Notice
          live
          tone="good"
          title={`${counted(exporting.saved.entries, 'entry', 'entries')} written to ${exporting.saved.path}`}
          remedy="Each entry includes its hash. Keep the last hash elsewhere: it shows whether the log was rewritten."
        />
      )}
      {activity.value && !activity.value.intact && (
        <Notice
          live
          tone="stop"
          title="The log was altered outside Keel: an entry was changed or removed."
          remedy="Treat it as evidence: keep a copy of Keel’s data folder, and find out who could write there."
        />
      )}
      {activity.loading && <Loading what="the activity log" heights={[420]} />}
      {activity.value && (
        <Card padded={false}>
          <div className={styles.bar} role="search">
            <FilterField
              what="activity"
              placeholder="Action, detail, environment or key"
              value={typed}
              onChange={setTyped}
              className={styles.filter}
            />
            <span role="status">
              {entries.length < limit
                ? counted(rows.length, 'entry', 'entries')
                : `${formatCount(rows.length)} of the newest ${formatCount(limit)}; the export has all`}
            </span>
          </div>
          <DataTable
            caption="Activity"
            columns={columnsFor(cards)}
            rows={rows}
            rowKey={(row) => `${row.at} ${row.action} ${rows.indexOf(row)}`}
            empty={entries.length === 0 ? 'No activity yet.' : 'No matching entries.'}
          />
        </Card>
      )}
      {activity.value?.intact && rows.length > 0 && (
        <p className={styles.intact}>
          Each entry’s hash covers the entry before it. The chain was checked just now and is intact.
        </p>
      )}
    </Screen>
  );
}

function textOf(
  { action, detail, environment, fingerprint = '', outcome }: ActivityEntry,
  cards: readonly EnvironmentCard[],
): string {
  const name = cards.find(({ id }) => id === environment)?.name ?? environment ?? '';
  return `${actionText(action)} ${detail} ${name} ${fingerprint} ${outcome}`;
}

function columnsFor(cards: readonly EnvironmentCard[]): DataColumn<ActivityEntry>[] {
  return [
    {
      key: 'at',
      head: 'When',
      cell: ({ at }) => (
        <time dateTime={at} className={styles.when}>
          {formatMoment(at)}
        </time>
      ),
    },
    {
      key: 'environment',
      head: 'Environment',
      cell: ({ environment }) => (
        <span className={styles.name}>
          {cards.find(({ id }) => id === environment)?.name ?? environment ?? '–'}
        </span>
      ),
    },
    {
      key: 'action',
      head: 'What',
      cell: ({ action, detail }) => (
        <>
          {asSentence(actionText(action)).replace(/\.$/, '')}
          {detail !== '' && <span className={styles.detail}>{detailInWords(detail)}</span>}
        </>
      ),
    },
    {
      key: 'key',
      head: 'Key',
      cell: ({ fingerprint }) =>
        fingerprint === undefined ? '–' : <Fingerprint value={fingerprint} copyable={false} />,
    },
    {
      key: 'outcome',
      head: 'Outcome',
      cell: ({ outcome }) => (
        <StateBadge tone={tones[outcome]}>{asSentence(outcome).replace('.', '')}</StateBadge>
      ),
    },
  ];
}

/** An address or a name at its beginning stays as it is written. */
function detailInWords(detail: string): string {
  return /^\S*[./:_]\S/.test(detail) ? detail : asSentence(detail);
}
