import { Button } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import type { KeepReason } from '#contract/key-ring';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { counted } from '#shared/counted';
import { Notice } from '../../components/notices/notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { useOperation } from '../../use-operation.ts';

export interface SearchDatabasesProps {
  readonly environment: EnvironmentCard;
  readonly reasons: readonly KeepReason[];
  readonly onSearched: () => void;
}

/** Offers the census that a key waits for, and says what it could read. */
export function SearchDatabases({ environment, reasons, onSearched }: SearchDatabasesProps) {
  const search = useOperation('keyring.search', environment.id);
  const { progress, outcome } = search;
  const missing = reasons.filter(({ code }) => code === 'no-census').length;
  if (progress) {
    return (
      <OperationProgress
        title="Searching databases for values encrypted with old keys"
        progress={progress}
        onCancel={search.cancel}
      />
    );
  }
  return (
    <>
      {outcome && !outcome.ok && <FailureNotice failure={outcome.error} environment={environment} />}
      {outcome?.ok &&
        outcome.value.failed.map(({ name, message, remedy }) => (
          <Notice key={name} tone="warn" title={`${name} was not searched: ${message}`} remedy={remedy} />
        ))}
      {missing > 0 && (
        <div>
          <Button
            variant="default"
            onClick={() => void search.start({ environment: environment.id }).then(onSearched)}
          >
            {`Search ${counted(missing, 'database')} now`}
          </Button>
        </div>
      )}
    </>
  );
}
