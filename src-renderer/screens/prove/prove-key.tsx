import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyEntry } from '#contract/keys';
import type { Output } from '#contract/procedures';
import type { Failure } from '#contract/shapes';
import { withEntries } from '../../components/census-text.ts';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import type { Result } from '../../tracked-operations.ts';
import { useClient } from '../../use-client.ts';
import { useOperation } from '../../use-operation.ts';
import { KnownColumns } from './known-columns.tsx';
import { ProofResult } from './proof-result.tsx';
import { ProofNext } from './proof-next.tsx';
import { ReviewStep } from './review-step.tsx';
import { WholeDatabase } from './whole-database.tsx';

export interface ProveKeyProps {
  readonly environment: EnvironmentCard;
  /** The key ring. */
  readonly keys: readonly KeyEntry[];
  readonly candidates: readonly [KeyEntry, ...KeyEntry[]];
  readonly inventory: Output<'inventory.read'>;
  readonly onInventory: () => Promise<void>;
}

type Columns = Output<'inventory.read'>['columns'];

/** Finding encrypted columns, reviewing them, and proving the key on them. */
export function ProveKey({ environment, keys, candidates, inventory, onInventory }: ProveKeyProps) {
  const client = useClient();
  const { id } = environment;
  const discovery = useOperation('inventory.discover', id);
  const proof = useOperation('proof.run', id);
  const [chosen, setChosen] = useState(candidates[0].fingerprint);
  const [failure, setFailure] = useState<Failure>();
  const key = candidates.find(({ fingerprint }) => fingerprint === chosen) ?? candidates[0];
  const { fingerprint } = key;

  const discover = (withKey: boolean) => {
    proof.forget();
    void discovery.start({ environment: id, ...(withKey && { fingerprint }) });
  };
  const prove = () => void proof.start({ environment: id, fingerprint });

  const write = async (columns: Columns, excluded: readonly string[]) => {
    const result = await client.call('inventory.write', {
      environment: id,
      columns,
      excluded: [...excluded],
    });
    setFailure(result.ok ? undefined : result.error);
    if (result.ok) await onInventory();
    return result.ok;
  };

  const saveAndProve = async (columns: Columns) => {
    if (!(await write(columns, inventory.excluded))) return;
    discovery.forget();
    prove();
  };

  const known = inventory.columns.length;
  const busy = discovery.running || proof.running;
  // what was found with another key says nothing of this one
  const found = resultFor(fingerprint, discovery.outcome);
  const done = resultFor(fingerprint, proof.outcome);
  const subtitle = (
    <>
      Keel decrypts values in {environment.address.database} on {environment.address.host} with{' '}
      <Fingerprint value={fingerprint} copyable={false} /> and checks the results. Nothing is written.
    </>
  );

  if (found && !busy) {
    return (
      <ReviewStep
        // another look is another review
        key={JSON.stringify(found)}
        subtitle={subtitle}
        found={found}
        known={inventory.columns}
        failure={failure}
        onSave={saveAndProve}
        onByLooks={() => discover(false)}
        onLeave={discovery.forget}
      />
    );
  }

  return (
    <Screen
      title="Prove the key"
      subtitle={subtitle}
      actions={
        !busy &&
        known > 0 && (
          <Button variant="default" onClick={() => discover(true)}>
            Scan again
          </Button>
        )
      }
      step={busy ? 'working' : done ? 'proven' : 'ready'}
      footer={
        !busy && known > 0 ? (
          <ProofNext
            environment={environment}
            proof={done}
            columns={inventory.columns}
            excluded={inventory.excluded}
            onProve={prove}
            onFindForm={() => discover(true)}
          />
        ) : (
          busy && <FooterBar status="You can leave this screen; this continues in the background." />
        )
      }
    >
      {candidates.length > 1 && !busy && (
        <NativeSelect
          label="Key to prove"
          description="The key ring has several keys, and none is proven yet."
          data={candidates.map((one) => ({ value: one.fingerprint, label: one.fingerprint }))}
          value={fingerprint}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
            proof.forget();
          }}
        />
      )}
      {discovery.progress && (
        <OperationProgress
          title="Finding encrypted columns"
          progress={discovery.progress}
          onCancel={discovery.cancel}
        />
      )}
      {proof.progress && (
        <OperationProgress title="Proving the key" progress={proof.progress} onCancel={proof.cancel} />
      )}
      {discovery.outcome?.ok === false && (
        <FailureNotice
          failure={discovery.outcome.error}
          environment={environment}
          onRetry={() => discover(true)}
        />
      )}
      {proof.outcome?.ok === false && (
        <FailureNotice failure={proof.outcome.error} environment={environment} onRetry={prove} />
      )}
      {failure && <FailureNotice failure={failure} environment={environment} />}
      {!busy && known === 0 && (
        <EmptyState
          icon="search"
          title="Which columns are encrypted?"
          actions={<Button onClick={() => discover(true)}>Find encrypted columns</Button>}
        >
          {environment.application.id === 'ballast' && 'Ballast does not publish its schema. '}
          Keel takes a sample of every column that could hold ciphertexts, tries the key on it, and proposes
          the columns it decrypts. You review the list before it is saved. The scan is read-only.
        </EmptyState>
      )}
      {done && (
        <ProofResult
          proof={done}
          excluded={inventory.excluded}
          onFindForm={() => discover(true)}
          onLeave={async (excluded) => {
            await write(inventory.columns, excluded);
          }}
        />
      )}
      {!done && known > 0 && !busy && (
        <KnownColumns environment={environment} columns={inventory.columns} excluded={inventory.excluded} />
      )}
      {!busy && (
        <WholeDatabase
          environment={environment}
          keys={keys}
          fingerprint={fingerprint}
          inventory={inventory.columns}
          onAdd={(entries) => write(withEntries(inventory.columns, entries), inventory.excluded)}
        />
      )}
    </Screen>
  );
}

/** The result of a run, unless it was one with another key. */
function resultFor<Value extends { readonly fingerprint?: string | undefined }>(
  fingerprint: string,
  outcome: Result<Value> | undefined,
): Value | undefined {
  if (outcome?.ok !== true) return undefined;
  const { value } = outcome;
  return value.fingerprint === undefined || value.fingerprint === fingerprint ? value : undefined;
}
