import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { counted } from '#shared/counted';
import type { Output } from '#contract/procedures';
import { DataTable } from '../../../components/layout/data-table.tsx';
import { RelativeTime } from '../../../components/marks/relative-time.tsx';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { Loading } from '../../../components/notices/loading.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import { useCall } from '../../../use-call.ts';
import styles from './findings.module.css';

export interface ConnectedNowProps {
  readonly environment: string;
  /** Runs the check that stopped at them once more. */
  readonly onAgain: () => void;
}

const everyMs = 3000;

/** Who else is connected, followed until nobody is: whom to stop, and that it worked. */
export function ConnectedNow({ environment, onAgain }: ConnectedNowProps) {
  const now = useCall('rotation.sessions', { environment });
  const { value, failure, reload } = now;

  useEffect(() => {
    // only while somebody looks
    const timer = setInterval(() => {
      if (!document.hidden) void reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [reload]);

  if (failure) return <FailureNotice failure={failure} onRetry={() => void reload()} />;
  if (!value) return <Loading what="who is connected" heights={[64]} />;
  if (value.total === 0)
    return (
      <Notice
        live
        tone="good"
        title="No other session is connected now."
        action={
          <Button variant="default" size="xs" onClick={onAgain}>
            Run preflight again
          </Button>
        }
      />
    );
  return (
    <div className={styles.connected}>
      <DataTable
        caption="Sessions that are connected to the database now"
        columns={columns}
        rows={value.sessions}
        rowKey={({ pid }) => String(pid)}
        maxHeight={220}
      />
      <p className={styles.remedy} role="status">
        {counted(value.total, 'session')} connected; checked again every {everyMs / 1000} s.
      </p>
    </div>
  );
}

type Session = Output<'rotation.sessions'>['sessions'][number];

const hidden = <span>not visible to this role</span>;

const columns = [
  { key: 'pid', head: 'Process ID', mono: true, cell: ({ pid }: Session) => pid },
  { key: 'application', head: 'Application', cell: ({ application }: Session) => application },
  { key: 'user', head: 'Role', cell: ({ user }: Session) => user ?? hidden },
  { key: 'host', head: 'From', cell: ({ host }: Session) => host ?? hidden },
  {
    key: 'since',
    head: 'Connected',
    cell: ({ since }: Session) => (since === undefined ? hidden : <RelativeTime at={since} />),
  },
];
