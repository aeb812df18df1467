import { Button } from '@mantine/core';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { RestartAdvice } from '#contract/handoff';
import type { Output } from '#contract/procedures';
import { Card } from '../../components/layout/card.tsx';
import { CopyableText } from '../../components/secrets/copyable-text.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { useCall } from '../../use-call.ts';
import styles from './handoff.module.css';

export interface RestartCardProps {
  readonly environment: EnvironmentCard;
  /** Of the place in sight; absent until it was looked at. */
  readonly advice: RestartAdvice | undefined;
  readonly handedOff: boolean;
}

/** How the application takes the new key in, and whether those who are connected started since the cutover. */
export function RestartCard({ environment, advice, handedOff }: RestartCardProps) {
  const { application } = environment;
  const running = useCall('handoff.running', { environment: environment.id }, { enabled: handedOff });
  return (
    <Card
      title={handedOff ? `Restart ${application.name}` : `Then restart ${application.name}`}
      {...(handedOff && {
        aside: (
          <Button variant="default" size="xs" onClick={() => void running.reload()}>
            Check again
          </Button>
        ),
      })}
    >
      <div className={styles.target}>
        {advice && (
          <div className={styles.command}>
            <CopyableText text={advice.command} what="the restart command" />
            <span className={styles.dim}>{advice.note}</span>
          </div>
        )}
        {running.failure && <FailureNotice failure={running.failure} />}
        {running.value && <Running {...running.value} application={application.name} />}
      </div>
    </Card>
  );
}

function Running(props: Output<'handoff.running'> & { readonly application: string }) {
  const { before, since, names, application } = props;
  if (before > 0) {
    const who = names.length > 0 ? ` (${names.join(', ')})` : '';
    return (
      <Notice
        tone="warn"
        title={`${counted(before, 'session')} on the database started before the cutover${who}`}
        remedy="The client may still write with the old key: restart it, then check again."
      />
    );
  }
  return (
    <p className={styles.dim}>
      {since > 0
        ? `${counted(since, 'session')} on the database, all started since the cutover.`
        : `No session is connected to the database: ${application} has not connected yet.`}
    </p>
  );
}
