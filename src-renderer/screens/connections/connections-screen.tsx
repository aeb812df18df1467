import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { ConnectionsReport } from '#contract/connections';
import type { EnvironmentCard } from '#contract/environments';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useCall } from '../../use-call.ts';
import { useOperation } from '../../use-operation.ts';
import { TestResult } from './test-result.tsx';

const title = 'Connections';

/** Whether the credentials still work: each tried where it belongs, and what became of it. */
export function ConnectionsScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { go } = useNavigation();
  const { activeKey, id } = environment;
  if (activeKey && environment.columns > 0)
    return <ConnectionsOf environment={environment} fingerprint={activeKey.fingerprint} />;
  return (
    <Screen title={title}>
      <EmptyState
        icon="connections"
        title="No credential can be opened yet"
        actions={<Button onClick={() => go('prove', id)}>Find columns and prove the key</Button>}
      >
        To try the credentials, Keel has to know which columns hold them and which key opens them.
      </EmptyState>
    </Screen>
  );
}

interface ConnectionsOfProps {
  readonly environment: EnvironmentCard;
  readonly fingerprint: string;
}

function ConnectionsOf({ environment, fingerprint }: ConnectionsOfProps) {
  const { id } = environment;
  const last = useCall('connections.last', { environment: id });
  const test = useOperation('connections.test', id);
  const [allowPrivate, setAllowPrivate] = useState<boolean>();
  // what this window ran still knows the servers, which are not kept
  const report = test.outcome?.ok ? test.outcome.value : last.value?.report;
  const isAllowed = allowPrivate ?? report?.allowPrivate ?? false;
  const start = () => void test.start({ environment: id, allowPrivate: isAllowed });

  return (
    <Screen
      title={title}
      subtitle={
        <>
          Each credential is opened with <Fingerprint value={fingerprint} copyable={false} /> and tried where
          it belongs. Nothing is changed there.
        </>
      }
      step={test.running ? 'working' : 'ready'}
      footer={
        <FooterBar
          status={
            test.running ? (
              'You may leave this screen meanwhile; the work goes on.'
            ) : (
              <Since report={report} />
            )
          }
          {...(!test.running && {
            primary: <Button onClick={start}>{report ? 'Verify again' : 'Verify connections'}</Button>,
          })}
        />
      }
    >
      {last.failure && <FailureNotice failure={last.failure} onRetry={() => void last.reload()} />}
      {test.outcome?.ok === false && (
        <FailureNotice failure={test.outcome.error} environment={environment} onRetry={start} />
      )}
      {test.progress && (
        <OperationProgress title="Trying the credentials" progress={test.progress} onCancel={test.cancel} />
      )}
      {!test.running && environment.practice && (
        <Notice tone="info" title="The credentials of the sample are made up: nothing is sent anywhere.">
          Keel tells what it takes each for.
        </Notice>
      )}
      {!test.running && (
        <Switch
          label="Also try servers in private networks"
          description="Addresses of this machine and its network. Without it only servers on the internet are asked."
          checked={isAllowed}
          onChange={(event) => setAllowPrivate(event.currentTarget.checked)}
        />
      )}
      {last.loading && <Loading what="the last results" heights={[90, 320]} />}
      {report && !test.running && <TestResult report={report} />}
      {!report && !last.loading && !test.running && <WhatHappens />}
    </Screen>
  );
}

function Since({ report }: { readonly report: ConnectionsReport | undefined }) {
  if (!report) return 'Not verified yet';
  return (
    <>
      Verified <RelativeTime at={report.at} />
    </>
  );
}

function WhatHappens() {
  return (
    <EmptyState icon="connections" title="Do the credentials still work?">
      Databases are logged in to and asked for nothing; tokens are shown to their own provider, which says
      whose they are. Certificates are checked before anything is sent, no redirect is followed, and refresh
      tokens are left alone, since using one replaces it. Worth doing after a rotation, and whenever a source
      stops syncing.
    </EmptyState>
  );
}
