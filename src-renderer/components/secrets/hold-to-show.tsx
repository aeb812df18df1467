import type { ReactNode } from 'react';
import { asSentence } from '../format.ts';
import { HoldButton } from './hold-button.tsx';
import styles from './reveal-hold.module.css';
import type { Reveal } from './use-reveal.ts';

export interface HoldToShowProps {
  /** On the button, like `Hold to show the key`. */
  readonly label: string;
  readonly reveal: Reveal<unknown>;
  /** What is shown while held, or is in its place. */
  readonly children: ReactNode;
}

/** A button that shows a secret for as long as it, or Space on it, is held. */
export function HoldToShow({ label, reveal, children }: HoldToShowProps) {
  const { shown, failure, reading } = reveal;
  return (
    <div className={styles.reveal}>
      <HoldButton label={label} reveal={reveal} />
      {children}
      <p role="status" className={styles.words}>
        {failure
          ? `${asSentence(failure.message)} ${asSentence(failure.remedy)}`
          : reading
            ? 'Keep holding: loading…'
            : shown !== undefined
              ? 'Shown until you release the button. Each reveal is recorded in the activity log.'
              : 'Press and hold the button, or hold Space. Each reveal is recorded in the activity log.'}
      </p>
    </div>
  );
}
