import type { ReactNode } from 'react';
import styles from './empty-state.module.css';
import { Icon } from '../marks/icon.tsx';
import type { IconName } from '../marks/icon-outlines.ts';

export interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** Why there is nothing, and what would change that. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** There is nothing yet, and that is no failure. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.sign}>
        <Icon name={icon} size={26} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
