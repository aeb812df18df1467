import type { KeyboardEvent } from 'react';
import { asSentence } from './format.ts';
import { Icon } from './icon.tsx';
import styles from './reveal-hold.module.css';
import { useReveal } from './use-reveal.ts';

export interface RevealHoldProps {
  readonly environment: string;
  readonly fingerprint: string;
}

/** A key in clear for as long as the button, or Space on it, is held. It is never selectable. */
export function RevealHold({ environment, fingerprint }: RevealHoldProps) {
  const { key, failure, holding, press, release } = useReveal(environment, fingerprint);

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
        <span>Hold to show the key</span>
      </button>
      <code className={styles.key} data-shown={key !== undefined} aria-hidden={key === undefined}>
        {key ?? '•'.repeat(44)}
      </code>
      <p role="status" className={styles.words}>
        {failure
          ? `${asSentence(failure.message)} ${asSentence(failure.remedy)}`
          : key !== undefined
            ? 'Shown until you let go. This is written to the activity log.'
            : 'Hold the button, or Space on it. It is written to the activity log.'}
      </p>
    </div>
  );
}
