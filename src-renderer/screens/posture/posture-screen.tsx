import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { formatMoment } from '../../components/format.ts';
import { Loading } from '../../components/notices/loading.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useCall } from '../../use-call.ts';
import { useOperation } from '../../use-operation.ts';
import { PlacesForm } from './places-form.tsx';
import { ReportView } from './report-view.tsx';

/** What protects the way, the disk and the keys of an environment, row by row of Ballast's page on encryption. */
export function PostureScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { id } = environment;
  const posture = useCall('posture.read', { environment: id });
  const check = useOperation('posture.check', id);
  const [editing, setEditing] = useState(false);
  const { value } = posture;
  const report = value?.report;

  const look = async () => {
    setEditing(false);
    await check.start({ environment: id });
    await posture.reload();
  };
  const failure = check.outcome?.ok === false ? check.outcome.error : undefined;

  const footer = value && !editing && !check.running && (
    <FooterBar
      status={
        report ? `Last checked ${formatMoment(report.at)}` : 'Read-only; checks only the places you configure'
      }
      secondary={
        <Button variant="default" onClick={() => setEditing(true)}>
          What to check…
        </Button>
      }
      primary={<Button onClick={() => void look()}>{report ? 'Check again' : 'Check now'}</Button>}
    />
  );

  return (
    <Screen
      title="Posture"
      subtitle={
        environment.application.id === 'ballast'
          ? 'TLS, encryption at rest and key handling, checked against Ballast’s security page.'
          : `TLS, encryption at rest and key handling of ${environment.application.name}, checked against what Ballast’s security page recommends.`
      }
      footer={footer}
      step={editing ? 'places' : 'report'}
    >
      {posture.failure && (
        <FailureNotice
          failure={posture.failure}
          environment={environment}
          onRetry={() => void posture.reload()}
        />
      )}
      {failure && <FailureNotice failure={failure} environment={environment} onRetry={() => void look()} />}
      {posture.loading && <Loading what="the posture" />}
      {check.progress && (
        <OperationProgress title="Checking the posture" progress={check.progress} onCancel={check.cancel} />
      )}
      {value && editing && (
        <PlacesForm
          environment={environment}
          places={value.places}
          onDone={() => setEditing(false)}
          onSaved={posture.reload}
        />
      )}
      {value && !editing && !report && !check.running && (
        <EmptyState
          icon="posture"
          title="Not checked yet"
          actions={<Button onClick={() => setEditing(true)}>Set up checks</Button>}
        >
          The database is already known. Add the API, Qdrant, OAuth endpoints and the files that contain the
          key, so that no check stays unknown.
        </EmptyState>
      )}
      {value && report && !editing && (
        <ReportView environment={environment} report={report} runs={value.runs} onAnswered={posture.reload} />
      )}
    </Screen>
  );
}
