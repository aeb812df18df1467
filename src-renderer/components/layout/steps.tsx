import { VisuallyHidden } from '@mantine/core';
import { Icon } from '../marks/icon.tsx';
import styles from './steps.module.css';

export interface Step {
  readonly id: string;
  readonly title: string;
}

export interface StepsProps {
  /** Names the wizard for a screen reader. */
  readonly label: string;
  readonly steps: readonly Step[];
  /** The one that is examined. */
  readonly current: string;
  /** Steps whose work is done, whatever their place. */
  readonly done: readonly string[];
  /** Makes steps that are done, or may be examined, places to go. */
  readonly onGo?: (id: string) => void;
  readonly canGo?: (id: string) => boolean;
}

/** Where a wizard stands. */
export function Steps({ label, steps, current, done, onGo, canGo = (id) => done.includes(id) }: StepsProps) {
  return (
    <nav aria-label={label}>
      <ol className={styles.steps}>
        {steps.map(({ id, title }, at) => {
          const isDone = done.includes(id);
          const state = id === current ? 'current' : isDone ? 'done' : 'ahead';
          const words = (
            <>
              {isDone ? <Icon name="done" size={13} /> : <span>{at + 1}</span>}
              <span>{title}</span>
              {isDone && <VisuallyHidden>, done</VisuallyHidden>}
            </>
          );
          return (
            <li
              key={id}
              data-state={state}
              data-done={isDone}
              aria-current={state === 'current' ? 'step' : undefined}
            >
              {onGo && state !== 'current' && canGo(id) ? (
                <button type="button" onClick={() => onGo(id)}>
                  {words}
                </button>
              ) : (
                <span className={styles.words}>{words}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
