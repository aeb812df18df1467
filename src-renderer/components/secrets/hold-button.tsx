import { Loader, VisuallyHidden } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { Icon } from '../marks/icon.tsx';
import styles from './reveal-hold.module.css';
import type { Reveal } from './use-reveal.ts';

export interface HoldButtonProps {
  readonly label: string;
  /** What it shows, for ears, where the label alone does not tell. */
  readonly subject?: string;
  readonly reveal: Reveal<unknown>;
}

/** Held down, or Space on it, it shows a secret. */
export function HoldButton({
  label,
  subject,
  reveal: { holding, reading, press, release },
}: HoldButtonProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    if (!event.repeat) press();
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key === ' ') release();
  };
  return (
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
      {reading ? <Loader size={14} aria-hidden="true" /> : <Icon name="eye" />}
      <span>
        {label}
        {subject !== undefined && <VisuallyHidden> {subject}</VisuallyHidden>}
      </span>
    </button>
  );
}
