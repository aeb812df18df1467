import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import { counted } from '#shared/counted';
import type { CensusReport } from '#contract/census';
import type { EnvironmentCard } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../components/layout/card.tsx';
import {
  CensusListed,
  CensusPlaces,
  CensusUndecided,
  CensusUnread,
} from '../../components/census-report.tsx';
import { placesOutside, proposalsOf } from '../../components/census-text.ts';
import { columnName } from '../../components/column-text.ts';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import { useOperation } from '../../use-operation.ts';
import { censusInWords } from './census-verdict.ts';
import styles from './prove.module.css';

export interface WholeDatabaseProps {
  readonly environment: EnvironmentCard;
  /** The key ring. */
  readonly keys: readonly KeyEntry[];
  /** The key that is proven here: places under it can be added. */
  readonly fingerprint: string;
  readonly inventory: readonly EncryptedColumn[];
  /** Adds entries to the inventory; false where that failed. */
  readonly onAdd: (entries: readonly EncryptedColumn[]) => Promise<boolean>;
}

/** A census: every cell that the role may read, under every key of the ring, and what of it the inventory lacks. */
export function WholeDatabase({ environment, keys, fingerprint, inventory, onAdd }: WholeDatabaseProps) {
  const { id } = environment;
  const census = useOperation('census.take', id);
  const check = () => void census.start({ environment: id });
  const { outcome, progress, running, startedAt } = census;
  const taken = outcome?.ok ? outcome.value : undefined;
  return (
    <Card
      title="Whole database"
      aside={
        !running && (
          <Button variant="default" onClick={check}>
            {taken ? 'Check again' : 'Check the whole database'}
          </Button>
        )
      }
    >
      <div className={styles.fields}>
        {progress && (
          <OperationProgress
            title="Checking the whole database"
            progress={progress}
            onCancel={census.cancel}
          />
        )}
        {outcome?.ok === false && (
          <FailureNotice failure={outcome.error} environment={environment} onRetry={check} />
        )}
        {!taken && !running && (
          <p className={styles.quiet}>
            Encrypted columns are found by sampling, which can miss some. This check reads every cell that can
            contain text or bytes, as far as the database role may read it, tries every key in the key ring,
            and lists the values that the inventory does not cover. It is read-only.
          </p>
        )}
        {taken && startedAt !== undefined && (
          <Taken
            census={taken}
            at={new Date(startedAt).toISOString()}
            keys={keys}
            fingerprint={fingerprint}
            inventory={inventory}
            onAdd={onAdd}
          />
        )}
      </div>
    </Card>
  );
}

interface TakenProps extends Omit<WholeDatabaseProps, 'environment'> {
  readonly census: CensusReport;
  readonly at: string;
}

function Taken({ census, at, keys, fingerprint, inventory, onAdd }: TakenProps) {
  const [busy, setBusy] = useState(false);
  const said = useRef<HTMLDivElement>(null);
  const outside = placesOutside(census, inventory);
  const addable = outside.filter((place) => place.key === fingerprint && place.proposal);
  const { tone, title, scope, remedy } = censusInWords(census, { outside, addable });
  const states = new Map(keys.map((entry) => [entry.fingerprint, `${entry.state} key`]));
  const keyInWords = (key: string) => states.get(key);

  const add = async (entries: readonly EncryptedColumn[]) => {
    setBusy(true);
    const added = await onAdd(entries);
    setBusy(false);
    // the button that was pressed is gone
    if (added) said.current?.focus();
  };

  return (
    <>
      <div ref={said} tabIndex={-1} className={styles.said}>
        <Notice live tone={tone} title={title} remedy={remedy}>
          {scope} Checked <RelativeTime at={at} />.
        </Notice>
      </div>
      <CensusPlaces
        title="Outside the inventory"
        aside={
          addable.length > 1 && (
            <Button variant="default" size="xs" loading={busy} onClick={() => void add(proposalsOf(addable))}>
              Add {counted(proposalsOf(addable).length, 'column')} to the inventory
            </Button>
          )
        }
        places={outside}
        keyInWords={keyInWords}
        remarkOn={(place) => {
          if (place.isMisread) return 'The IV of these values is not where the inventory says.';
          if (place.isComputed)
            return 'Computed by the server from its row, so it changes when the row does.';
          return place.key === fingerprint
            ? undefined
            : 'A rotation leaves values encrypted with this key unchanged.';
        }}
        action={(place) =>
          addable.includes(place) && (
            <Button
              variant="default"
              size="xs"
              disabled={busy}
              aria-label={`Add to the inventory: ${columnName(place)}`}
              onClick={() => void add(proposalsOf([place]))}
            >
              Add to the inventory
            </Button>
          )
        }
      />
      <CensusUnread unread={census.unread} />
      <CensusPlaces
        title="Possibly encrypted with a key, with too little text to tell"
        places={census.possible ?? []}
      />
      <CensusUndecided undecided={census.undecided} />
      <CensusListed census={census} keyInWords={keyInWords} />
    </>
  );
}
