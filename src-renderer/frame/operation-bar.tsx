import { Button, VisuallyHidden } from '@mantine/core';
import { useEffect, useSyncExternalStore } from 'react';
import { asSentence } from '../components/format.ts';
import { ProgressBar } from '../components/notices/operation-progress.tsx';
import {
  operationTitles,
  progressAloud,
  progressInWords,
  stepInWords,
} from '../components/notices/operation-text.ts';
import { useNavigation } from '../navigation.tsx';
import { useChosenEnvironment, useSession } from '../session.tsx';
import type { TrackedOperation } from '../tracked-operations.ts';
import { useClient } from '../use-client.ts';
import styles from './operation-bar.module.css';
import { homeOf } from '../screen-list.ts';

/** Work that the screen in sight does not show itself: under way, or ended where nobody looked. */
export function OperationBar() {
  const client = useClient();
  const { place } = useNavigation();
  const chosen = useChosenEnvironment();
  const all = useSyncExternalStore(client.operations.subscribe, client.operations.list);
  const isHere = ({ procedure, environment }: TrackedOperation) =>
    homeOf(procedure) === place.screen && (environment === undefined || environment === chosen?.id);
  const shownHere = all.filter((one) => one.outcome && !one.seen && isHere(one));
  const elsewhere = all.filter((one) => !one.seen && !isHere(one));

  useEffect(() => {
    for (const { operation } of shownHere) client.operations.see(operation);
  }, [client, shownHere]);

  if (elsewhere.length === 0) return null;
  return (
    <section className={styles.bar} aria-label="Operations on other screens">
      {elsewhere.map((one) => (
        <Line key={one.operation} work={one} />
      ))}
    </section>
  );
}

function Line({ work }: { readonly work: TrackedOperation }) {
  const client = useClient();
  const { environments } = useSession();
  const { go } = useNavigation();
  const { operation, procedure, environment, progress, outcome } = work;
  const name = environments.value?.find(({ id }) => id === environment)?.name;
  const title = name === undefined ? operationTitles[procedure] : `${operationTitles[procedure]} · ${name}`;
  const ended = outcome && (outcome.ok ? 'Done.' : asSentence(outcome.error.message));
  return (
    <div className={styles.operation}>
      <p className={styles.title}>{title}</p>
      <p className={styles.words}>{ended ?? (progressInWords(progress) || stepInWords(progress.step))}</p>
      {!outcome && (
        <div className={styles.track}>
          <ProgressBar title={title} progress={progress} />
        </div>
      )}
      <Button variant="default" size="xs" onClick={() => go(homeOf(procedure), environment)}>
        Show
      </Button>
      {outcome ? (
        <Button variant="default" size="xs" onClick={() => client.operations.see(operation)}>
          Dismiss
        </Button>
      ) : (
        <Button
          variant="default"
          size="xs"
          disabled={!progress.cancellable}
          onClick={() => void client.cancel(operation)}
        >
          Cancel
        </Button>
      )}
      <VisuallyHidden aria-live="polite">{ended ?? progressAloud(progress)}</VisuallyHidden>
    </div>
  );
}
