import { UnstyledButton } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import styles from './stat-tiles.module.css';

export interface StatTile {
  /** The number with its unit, like `18,412 bits`. */
  readonly value: ReactNode;
  /** What it counts, like `of evidence`. */
  readonly label: ReactNode;
  readonly tone?: 'good' | 'warn' | 'stop';
  /** What it counts is listed below, and can be shown alone: whether it is, and what a press does. */
  readonly isChosen?: boolean;
  readonly onChoose?: () => void;
}

/** Numbers first: two to five of them in a row. */
export function StatTiles({ tiles }: { readonly tiles: readonly StatTile[] }) {
  const id = useId();
  return (
    <dl className={styles.tiles} data-count={tiles.length}>
      {tiles.map(({ value, label, tone, isChosen, onChoose }, at) => (
        // the tiles of a screen never change places
        <div key={at} className={styles.tile} data-chosen={isChosen}>
          <dt id={`${id}-${at}`}>{label}</dt>
          <dd data-tone={tone}>
            {onChoose ? (
              <UnstyledButton
                id={`${id}-choose-${at}`}
                className={styles.choose}
                aria-pressed={isChosen}
                aria-labelledby={`${id}-choose-${at} ${id}-${at}`}
                onClick={onChoose}
              >
                {value}
              </UnstyledButton>
            ) : (
              value
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
