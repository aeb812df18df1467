import type { KeyboardEvent, ReactNode } from 'react';
import { asSentence } from './format.ts';
import { Icon } from './icon.tsx';
import styles from './reveal-hold.module.css';
import type { Reveal } from './use-reveal.ts';

export interface HoldToShowProps {
  /** On the button, like `Hold to show the key`. */
  readonly label: string;
  readonly reveal: Reveal<unknown>;
  /** What is shown while held, or stands in its place. */
  readonly children: ReactNode;
}

/** A button that shows a secret for as long as it, or Space on it, is held. */
export function HoldToShow({ label, reveal, children }: HoldToShowProps) {
  const { shown, failure, holding, press, release } = reveal;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    if (!event.repeat) press();
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key === ' ') release();
  };

  return (
    <div className={styles.reveal}>
      <button
        type="button"
        className={styles.button}
        data-holding={holding}
        onPointerDown={(event) => event.button === 0 && press()}
        onPointerUp={release}
        onPointerLeave={release}
        onPointerCancel={release}
        onKeyDown={onKeyDown}
        onKeyUp={onKeyUp}
        onBlur={release}
        onContextMenu={(event) => event.preventDefault()}
      >
        <Icon name="eye" />
        <span>{label}</span>
      </button>
      {children}
      <p role="status" className={styles.words}>
        {failure
          ? `${asSentence(failure.message)} ${asSentence(failure.remedy)}`
          : shown !== undefined
            ? 'Shown until you let go. This is written to the activity log.'
            : 'Hold the button, or Space on it. It is written to the activity log.'}
      </p>
    </div>
  );
}
