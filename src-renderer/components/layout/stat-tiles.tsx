import type { ReactNode } from 'react';
import styles from './stat-tiles.module.css';

export interface StatTile {
  /** The number with its unit, like `18,412 bits`. */
  readonly value: ReactNode;
  /** What it counts, like `of evidence`. */
  readonly label: ReactNode;
  readonly tone?: 'good' | 'warn' | 'stop';
}

/** Numbers first: two to five of them in a row. */
export function StatTiles({ tiles }: { readonly tiles: readonly StatTile[] }) {
  return (
    <dl className={styles.tiles} data-count={tiles.length}>
      {tiles.map(({ value, label, tone }, at) => (
        // the tiles of a screen never change places
        <div key={at} className={styles.tile}>
          <dt>{label}</dt>
          <dd data-tone={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
