import type { ReactNode, Ref } from 'react';
import styles from './columns.module.css';

export interface ColumnsProps {
  readonly ref?: Ref<HTMLDivElement>;
  /** The wider one first. */
  readonly children: ReactNode;
}

/** Two cards side by side, one above the other where the window is narrow. */
export function Columns({ ref, children }: ColumnsProps) {
  return (
    <div className={styles.columns} ref={ref}>
      {children}
    </div>
  );
}
