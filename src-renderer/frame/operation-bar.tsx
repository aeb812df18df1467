import { Button } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import type { LongName } from '#contract/procedures';
import { ProgressBar } from '../components/operation-progress.tsx';
import {
  operationTitles,
  progressAloud,
  progressInWords,
  stepInWords,
} from '../components/operation-words.ts';
import type { ScreenId } from '../history.ts';
import { useNavigation } from '../navigation.tsx';
import { useChosenEnvironment, useSession } from '../session.tsx';
import { useClient } from '../use-client.ts';
import styles from './operation-bar.module.css';

/** The screen on which work is seen in full. */
const homes: Readonly<Record<LongName, ScreenId>> = {
  'connection.test': 'connect',
  'inventory.discover': 'prove',
  'proof.run': 'prove',
  'backup.create': 'backup',
  'backup.drill': 'backup',
  'rotation.preflight': 'rotate',
  'rotation.rehearse': 'rotate',
  'rotation.rotate': 'rotate',
  'rotation.undo': 'rotate',
  'rotation.sweep': 'handoff',
  'rotation.sweepRewrite': 'handoff',
  'rotation.recover': 'rotate',
  'practice.start': 'home',
};

/** Work under way that the screen in sight does not show itself. */
export function OperationBar() {
  const client = useClient();
  const { environments } = useSession();
  const { place, go } = useNavigation();
  const chosen = useChosenEnvironment();
  const all = useSyncExternalStore(client.operations.subscribe, client.operations.list);
  const elsewhere = all.filter(
    ({ outcome, procedure, environment }) =>
      !outcome &&
      !(homes[procedure] === place.screen && (environment === undefined || environment === chosen?.id)),
  );
  if (elsewhere.length === 0) return null;
  return (
    <section className={styles.bar} aria-label="Work under way">
      {elsewhere.map(({ operation, procedure, environment, progress }) => {
        const name = environments.value?.find(({ id }) => id === environment)?.name;
        const title = [operationTitles[procedure], name].filter(Boolean).join(' · ');
        return (
          <div key={operation} className={styles.operation}>
            <p className={styles.title}>{title}</p>
            <p className={styles.words}>{progressInWords(progress) || stepInWords(progress.step)}</p>
            <div className={styles.track}>
              <ProgressBar title={title} progress={progress} />
            </div>
            <Button variant="default" size="xs" onClick={() => go(homes[procedure], environment)}>
              Show
            </Button>
            <Button
              variant="default"
              size="xs"
              disabled={!progress.cancellable}
              onClick={() => void client.cancel(operation)}
            >
              Cancel
            </Button>
            <span className={styles.aloud} aria-live="polite">
              {progressAloud(progress)}
            </span>
          </div>
        );
      })}
    </section>
  );
}
