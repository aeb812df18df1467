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
        title="No credentials can be decrypted yet"
        actions={<Button onClick={() => go('prove', id)}>Find columns and prove the key</Button>}
      >
        To test the credentials, Keel needs to know which columns contain them and which key decrypts them.
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
          Each credential is decrypted with <Fingerprint value={fingerprint} copyable={false} /> and tested at
          its own server. Nothing is changed there.
        </>
      }
      step={test.running ? 'working' : 'ready'}
      footer={
        <FooterBar
          status={
            test.running ? (
              'You can leave this screen; this continues in the background.'
            ) : (
              <Since report={report} />
            )
          }
          {...(!test.running && {
            primary: <Button onClick={start}>{report ? 'Test again' : 'Test connections'}</Button>,
          })}
        />
      }
    >
      {last.failure && <FailureNotice failure={last.failure} onRetry={() => void last.reload()} />}
      {test.outcome?.ok === false && (
        <FailureNotice failure={test.outcome.error} environment={environment} onRetry={start} />
      )}
      {test.progress && (
        <OperationProgress title="Testing the credentials" progress={test.progress} onCancel={test.cancel} />
      )}
      {!test.running && environment.practice && (
        <Notice tone="info" title="The sample credentials are made up: nothing is sent anywhere.">
          Keel shows how it classifies each credential.
        </Notice>
      )}
      {!test.running && (
        <Switch
          label="Include private networks"
          description="Also contacts servers on this machine and in its network. Otherwise, only servers on the internet are contacted."
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
  if (!report) return 'Not tested yet';
  return (
    <>
      Tested <RelativeTime at={report.at} />
    </>
  );
}

function WhatHappens() {
  return (
    <EmptyState icon="connections" title="Do the credentials still work?">
      Keel logs in to databases without querying them, and presents each token to its provider, which reports
      who it belongs to. Certificates are checked before anything is sent, redirects are not followed, and
      refresh tokens are not used, because using one replaces it. Run the test after a rotation, and whenever
      a source stops syncing.
    </EmptyState>
  );
}
